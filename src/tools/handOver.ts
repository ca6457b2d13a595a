import * as z from 'zod';
import type { AgentId } from '../core/ids.ts';
import type { Tool } from '../orchestrator/ports.ts';
import { defineTool } from './defineTool.ts';

export interface HandOverDeps {
  /** Whether so much of an agent's context is used that it may hand over. */
  readonly mayHandOver: (agentId: AgentId) => boolean;
}

const inputSchema = z.strictObject({
  done: z.string().trim().min(1).describe('What is done, with file and line; what was decided and why; what was tried and did not work.'),
  left: z.string().trim().min(1).describe('What is left, step by step, in the order in which it is to be done.'),
  findings: z
    .array(
      z.strictObject({
        text: z.string().min(1),
        path: z.string().optional(),
        line: z.number().int().positive().optional(),
        severity: z.enum(['high', 'medium', 'low', 'info']).optional(),
      }),
    )
    .optional()
    .describe('Facts found so far that belong into the report in the end.'),
  files: z.array(z.string()).optional().describe('Files that were changed.'),
});

/** The tool `hand_over`: ends an agent whose context is nearly full, and has a fresh one go on with its task. */
export function createHandOverTool({ mayHandOver }: HandOverDeps): Tool {
  return defineTool({
    name: 'hand_over',
    description:
      'Ends your work and has a fresh agent go on with your task, when your context is nearly full and more is left than fits. It gets your brief and what you write here, and nothing else. Agents you have at work stay at work and become its agents.',
    input: inputSchema,
    prepare: ({ done, left, findings = [], files = [] }, agent) =>
      mayHandOver(agent.id)
        ? {
            kind: 'ready',
            title: 'Hand over to a fresh agent',
            outside: false,
            run: async () => ({
              text: 'Handed over.',
              isError: false,
              report: {
                summary: `Handed over to a fresh agent. Done: ${done}`,
                findings,
                filesRead: [],
                filesChanged: files,
                recommendations: [],
                openQuestions: [],
                notes: [],
                handoff: { done, left },
              },
            }),
          }
        : { kind: 'refused', text: 'Your context has room left: go on with the task yourself, and call report when it is done.' },
  });
}
