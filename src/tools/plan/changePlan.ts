import type { PlanChange } from '../../core/events.ts';
import { taskOf, waitsFor } from '../../core/plan/planGraph.ts';
import { countText, firstLine } from '../../core/rowText.ts';
import type { Plan } from '../../core/state.ts';
import type { AgentType, Tool, ToolContext } from '../../orchestrator/ports.ts';
import type { CheckBriefDeps } from '../coordination/checkedBrief.ts';
import { acceptedOf } from '../coordination/target.ts';
import { defineTool, ToolError } from '../defineTool.ts';
import { isLead, planOf } from './ownPlan.ts';
import { changeProblem, changesOf } from './planChanges.ts';
import { type ChangeInput, changeSchema } from './planFields.ts';

export interface ChangePlanDeps extends CheckBriefDeps {
  readonly agentTypes: readonly Pick<AgentType, 'name' | 'description' | 'tools'>[];
}

/** The tool `change_plan` of those who lead or plan. A lead gets the reports of the tasks it adds. */
export function createChangePlanTool(deps: ChangePlanDeps): Tool {
  return defineTool({
    name: 'change_plan',
    description:
      'Adds, edits and cancels tasks of the plan, all at once or, when the plan would not hold, not at all. The engine starts each task when those it depends on are done. A task at work that is cancelled is stopped; one that is edited is told.',
    input: changeSchema(deps.agentTypes),
    prepare: (input) => ({
      kind: 'ready',
      title: `Change the plan: ${firstLine(input.reason, 80)}`,
      outside: false,
      run: async (context) => {
        refuseProblem(input);
        const owner = isLead(context) ? context.agentId : undefined;
        const { changes, notes } = await changesOf(input, planOf(context), owner, deps);
        const accepted = acceptedOf(context.coordination.changePlan(changes, input.reason.trim()));
        return { text: changedText(changes, planOf(context), [...notes, ...(accepted.notes ?? [])]), isError: false };
      },
    }),
  });
}

/** The tool `propose_change` of those who do not lead: whoever does decides. */
export function createProposeChangeTool(deps: ChangePlanDeps): Tool {
  return defineTool({
    name: 'propose_change',
    description:
      'Proposes a change of the plan to whoever leads, for example when you find that a task is missing, impossible or no longer needed. Go on with your own task meanwhile; the decision comes as a message.',
    input: changeSchema(deps.agentTypes),
    prepare: (input) => ({
      kind: 'ready',
      title: `Propose: ${firstLine(input.reason, 80)}`,
      outside: false,
      run: async (context: ToolContext) => {
        refuseProblem(input);
        const { changes, notes } = await changesOf(input, planOf(context), undefined, deps);
        const { proposalId } = acceptedOf(context.coordination.proposeChange(changes, input.reason.trim()));
        const name = proposalId === undefined ? '' : ` as ${proposalId}`;
        const text = `Proposed${name}: ${summaryOf(changes)}. Nothing is changed yet; the decision comes as a message. Go on with what does not depend on it.`;
        return { text: [text, ...notes].join('\n'), isError: false };
      },
    }),
  });
}

function refuseProblem(input: ChangeInput): void {
  const problem = changeProblem(input);
  if (problem !== undefined) {
    throw new ToolError(`${problem} Nothing was changed.`);
  }
}

/** What a change does, in a line: "add a, b; edit c; cancel d". */
export function summaryOf(changes: readonly PlanChange[]): string {
  const kinds = [...new Set(changes.map((change) => change.kind))];
  return kinds
    .map((kind) => {
      const steps = changes.filter((change) => change.kind === kind);
      return `${kind} ${steps.map(idOf).join(', ')}`;
    })
    .join('; ');
}

function idOf(change: PlanChange): string {
  return change.kind === 'add' || change.kind === 'edit' ? change.task.id : change.taskId;
}

function changedText(changes: readonly PlanChange[], plan: Plan, notes: readonly string[]): string {
  const starts = changes.flatMap((change) => (change.kind === 'add' ? [startText(change.task.id, plan)] : []));
  return [`Changed the plan: ${summaryOf(changes)}. It has ${countText(plan.tasks.length, 'task')}.`, ...starts, ...notes].join('\n');
}

function startText(id: string, plan: Plan): string {
  const task = plan.tasks.find((candidate) => candidate.id === id);
  const waits = task === undefined ? [] : waitsFor(plan, task);
  const names = waits.map((wait) => (wait.kind === 'task' ? (taskOf(plan, wait.taskId)?.id ?? wait.name) : `the artefact ${wait.name}`));
  return names.length === 0 ? `${id} starts as soon as a slot is free.` : `${id} waits for ${names.join(', ')}.`;
}
