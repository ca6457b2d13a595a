import type { PlanRequest, PlanTemplate } from '../core/decideSpawn.ts';
import { toId } from '../core/ids.ts';
import { briefOfTask } from './renderBrief.ts';

/** The plan of a run that a lead divides as it goes. */
export function orchestrate({ task, place }: PlanRequest): PlanTemplate {
  return {
    workflow: 'orchestrate',
    tasks: [
      {
        id: toId('task', 'lead'),
        title: 'lead',
        agentType: 'lead',
        brief: briefOfTask(task, place),
        dependencies: [],
        priority: 'medium',
        attempts: 1,
      },
    ],
  };
}
