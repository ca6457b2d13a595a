import type { SpawnRequest } from '../commands.ts';
import { type Spawner, spawnEvents } from '../decideSpawn.ts';
import { requestOf } from '../decideStart.ts';
import type { FleetEvent } from '../events.ts';
import { openingContextOf } from '../context/openingContext.ts';
import type { Start } from './planQueue.ts';
import { endBelow, settled } from './planSettle.ts';
import { taskOf } from './planGraph.ts';
import { assigneeOf } from './planQueue.ts';
import { renderReport } from '../brief/reportText.ts';
import { reportOf } from '../selectors.ts';
import type { FleetState, Plan, Task } from '../state.ts';

/** The facts that set an agent to work on a task that is ready. A task whose agent cannot be made fails with the reason. */
export function startFacts(state: FleetState, plan: Plan, start: Start, context: Spawner): readonly FleetEvent[] {
  return start.kind === 'fresh' ? fresh(state, plan, start, context) : goOn(state, plan, start, context);
}

function fresh(state: FleetState, plan: Plan, start: Extract<Start, { kind: 'fresh' }>, context: Spawner): readonly FleetEvent[] {
  const { task, takesOver } = start;
  const spawn = start.fallback ? fallbackOf(task) : requestOf(task);
  const predecessor = takesOver === undefined ? undefined : state.agents[takesOver];
  const owner = task.owner === undefined ? undefined : state.agents[task.owner];
  const decision = spawnEvents(
    state,
    {
      spawn,
      runId: plan.runId,
      parent: owner ?? (predecessor?.parentId === undefined ? undefined : state.agents[predecessor.parentId]),
      by: { kind: 'engine' },
      taskId: task.id,
      given: openingContextOf(state, plan.runId, task),
      takesOver,
    },
    context,
  );
  return decision.ok
    ? decision.events
    : [
        ...settled(
          state,
          plan,
          task,
          { status: 'failed', reason: `${decision.rejection.message} ${decision.rejection.next}`.trim() },
          context.mint,
        ),
        ...(predecessor === undefined ? [] : endBelow(state, predecessor)),
      ];
}

function fallbackOf(task: Task): SpawnRequest {
  const { fallback } = task;
  const request = requestOf(task);
  return {
    ...request,
    agentType: fallback?.agentType ?? request.agentType,
    model: fallback?.model ?? request.model,
    effort: fallback?.effort ?? request.effort,
  };
}

/** The agent of the last round goes on with what it knows: it is told what is wanted now, and what came of the tasks before its own. */
function goOn(
  state: FleetState,
  plan: Plan,
  { task, agentId }: Extract<Start, { kind: 'goOn' }>,
  { mint }: Spawner,
): readonly FleetEvent[] {
  return [
    {
      type: 'messageQueued',
      messageId: mint('message'),
      to: agentId,
      from: { kind: 'engine' },
      sender: 'engine',
      kind: 'followUp',
      text: roundText(state, plan, task),
      interrupt: false,
    },
    { type: 'agentContinued', agentId, reason: 'round', by: { kind: 'engine' } },
  ];
}

function roundText(state: FleetState, plan: Plan, task: Task): string {
  const results = task.dependencies.flatMap((id) => {
    const other = taskOf(plan, id);
    const agent = other === undefined || other.round < task.round ? undefined : assigneeOf(state, other);
    const report = agent === undefined ? undefined : reportOf(agent);
    return report === undefined || agent === undefined || other === undefined
      ? []
      : [`The new result of "${other.title}" (${other.id}), by ${agent.label}:\n${renderReport(report)}`];
  });
  const verdict = task.gate === undefined ? [] : ['Judge again, and give your verdict in the report.'];
  return [task.note ?? '', ...results, ...verdict].filter((part) => part !== '').join('\n\n');
}
