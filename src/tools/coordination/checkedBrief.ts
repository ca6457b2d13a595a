import * as z from 'zod';
import { lintBrief } from '../../core/brief/briefLint.ts';
import { pathsToLookAt } from '../../core/brief/briefPaths.ts';
import type { Brief } from '../../core/events.ts';
import type { AgentType, PathFacts } from '../../orchestrator/ports.ts';
import { ToolError } from '../defineTool.ts';

/** The fields of a brief as every tool takes them that writes one; part of a `z.strictObject`. */
export const briefFields = {
  objective: z.string().min(1).describe('What to achieve, complete in itself: the agent knows nothing but this brief.'),
  paths: z.array(z.string()).optional().describe('Files and folders the task is about; "." is the whole workspace.'),
  focus: z.string().optional().describe('What to look at within them.'),
  context: z.string().optional().describe('Facts, decisions and findings of others that it needs.'),
  output_format: z.string().optional().describe('What its report must contain.'),
  done_criteria: z.array(z.string()).optional().describe('How it knows that it is done.'),
};

/** A brief as a model writes it in a tool call. */
export interface BriefInput {
  readonly agent_type: string;
  readonly objective: string;
  readonly paths?: readonly string[] | undefined;
  readonly focus?: string | undefined;
  readonly context?: string | undefined;
  readonly output_format?: string | undefined;
  readonly done_criteria?: readonly string[] | undefined;
  readonly depends_on?: readonly string[] | undefined;
}

export interface CheckBriefDeps {
  readonly pathFacts: PathFacts;
  readonly agentTypes: readonly Pick<AgentType, 'name' | 'tools'>[];
}

/** A brief that an agent can get, and what its author is told about it. */
export interface CheckedBrief {
  readonly brief: Brief;
  readonly notes: readonly string[];
}

/** Lints the brief of a tool call against the workspace. Throws a ToolError with all reasons when it has to be written anew; `name` is the task's, where there are several. */
export function checkBrief(input: BriefInput, deps: CheckBriefDeps, name?: string): Promise<CheckedBrief> {
  return checkWholeBrief(toBrief(input), { agentType: input.agent_type, waits: (input.depends_on ?? []).length > 0, name }, deps);
}

/** Like {@link checkBrief}, for a brief that was put together from what was there before and what a model changed. */
export async function checkWholeBrief(
  brief: Brief,
  task: { readonly agentType: string; readonly waits: boolean; readonly name?: string | undefined },
  deps: CheckBriefDeps,
): Promise<CheckedBrief> {
  const facts = await deps.pathFacts.look(pathsToLookAt(brief.scope?.paths ?? []));
  const linted = lintBrief({
    brief,
    by: 'agent',
    agentType: task.agentType,
    changesFiles: changesFiles(deps.agentTypes.find((type) => type.name === task.agentType)),
    facts,
    waits: task.waits,
  });
  const reasons = linted.problems.filter(({ severity }) => severity === 'error').map(({ message }) => message);
  if (reasons.length > 0) {
    const head = `The brief${task.name === undefined ? '' : ` of ${task.name}`} was not taken; nothing was done.`;
    throw new ToolError([head, ...reasons.map((reason) => `- ${reason}`), 'Correct it and call again.'].join('\n'));
  }
  return { brief: linted.brief, notes: [...linted.fixes, ...linted.problems.map(({ message }) => message)] };
}

/** Whether agents of a type can change files with the file tools. */
function changesFiles(type: Pick<AgentType, 'tools'> | undefined): boolean {
  return type?.tools.some((tool) => tool === 'edit_file' || tool === 'write_file') ?? false;
}

function toBrief(input: BriefInput): Brief {
  const { objective, paths, focus, context, output_format: outputFormat, done_criteria: doneCriteria } = input;
  return {
    objective,
    ...(paths === undefined && focus === undefined ? {} : { scope: { paths: [...(paths ?? [])], focus } }),
    ...(context === undefined ? {} : { context }),
    ...(outputFormat === undefined ? {} : { outputFormat }),
    ...(doneCriteria === undefined ? {} : { constraints: { doneCriteria: [...doneCriteria] } }),
  };
}
