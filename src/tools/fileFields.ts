import * as z from 'zod';
import type { PreparedCall, ToolContext, ToolOutcome } from '../orchestrator/ports.ts';
import { visibleName } from '../policy/visibleText.ts';
import type { EditPlan, EditRequest } from '../workspace/fileEdits.ts';
import type { FoundPaths } from '../workspace/findFiles.ts';
import type { AgentEdits } from '../workspace/leasedEdits.ts';
import type { Refusal } from '../workspace/refusal.ts';

/** A path in the workspace, as all file tools take it. */
export const pathField = z.string().min(1).max(4096).describe('Path relative to the workspace folder.');

/** A list of paths as text for the model. */
export function pathsOutcome(found: FoundPaths | Refusal, nothing: string): ToolOutcome {
  if (!found.ok) {
    return { text: found.text, isError: true };
  }
  const more = found.more ? [`(more than ${found.paths.length}; look in a folder of it, or narrow the pattern)`] : [];
  return { text: found.paths.length === 0 ? nothing : [...found.paths.map(visibleName), ...more].join('\n'), isError: false };
}

/** Prepares a change of a file: the exact diff is what a person may be asked about, and what is made afterwards. */
export async function prepareEdit(
  edits: AgentEdits,
  agentId: Parameters<AgentEdits['plan']>[0],
  path: string,
  request: EditRequest,
): Promise<PreparedCall> {
  const plan = await edits.plan(agentId, path, request);
  if (!plan.ok) {
    return { kind: 'refused', text: plan.text };
  }
  const { display, real, lines, diff, concern } = plan;
  const title = titleOf(plan);
  return {
    kind: 'ready',
    title,
    place: { path: display, ...(lines === undefined ? {} : { line: lines.from, endLine: lines.to }) },
    outside: true,
    ask: { kind: 'write', title, path: real, diff: diff.text, ...(concern === undefined ? {} : { concern }) },
    run: async (context, signal) => editOutcome(edits, plan, context, signal),
  };
}

function titleOf({ change, request, display, real, diff }: EditPlan): string {
  const verb = change === 'created' ? 'Create' : request.kind === 'write' ? 'Overwrite' : 'Edit';
  const target = real === display ? display : `${display}, which is ${real}`;
  return `${verb} ${target} (+${diff.added} -${diff.removed})`;
}

async function editOutcome(
  edits: AgentEdits,
  plan: EditPlan,
  { agentId, whileWaiting }: ToolContext,
  signal: AbortSignal,
): Promise<ToolOutcome> {
  const done = await edits.apply(agentId, plan, { signal, whileWaiting });
  if (!done.ok) {
    const effects = done.showed === undefined ? [] : [{ kind: 'read' as const, path: done.showed }];
    return { text: done.text, isError: true, effects };
  }
  const { display, change, diff, saved, excerpt, before, after } = done;
  const { added, removed, line } = diff;
  const head = `${change === 'created' ? 'Created' : 'Edited'} ${display}: ${added} ${added === 1 ? 'line' : 'lines'} added, ${removed} removed.`;
  const unsaved = saved
    ? []
    : ['The file has unsaved changes in the editor, so the edit was made there and is not saved; the person saves it.'];
  return {
    text: [head, ...unsaved, ...(excerpt === '' ? [] : [excerpt])].join('\n'),
    isError: false,
    effects: [{ kind: 'changed', path: display, change, added, removed, line, ...before, after }],
  };
}
