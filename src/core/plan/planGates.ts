import type { Rejection } from '../commands.ts';
import type { Actor, PlanChange } from '../events.ts';
import type { TaskId } from '../ids.ts';
import { isSettled, taskOf, upstreamOf } from './planGraph.ts';
import { isForPerson } from './planQueue.ts';
import { reducePlan } from './reducePlan.ts';
import type { FleetState, Plan, Task } from '../state.ts';

/*
 * What is to wait for the person waits for the person, whatever agents make of the plan.
 */

/** Why an agent may not change a plan so: something would begin without an approval of the person. */
export function loosenedGate(
  state: FleetState,
  plan: Plan,
  changes: readonly PlanChange[],
  by: Extract<Actor, { kind: 'agent' }>,
): Rejection | undefined {
  const gates = plan.tasks.filter((task) => isForPerson(task) && !isSettled(task));
  const touched = gates.find((gate) => changes.some((one) => one.kind !== 'move' && one.kind !== 'add' && idOf(one) === gate.id));
  if (touched !== undefined) {
    return {
      code: 'invalid',
      message: `"${touched.title}" (${touched.id}) is for the person.`,
      next: 'Leave it as it is; the person alone can change it or take it out of the plan.',
    };
  }
  const after = reducePlan(plan, { type: 'planChanged', runId: plan.runId, by, reason: '', changes: [...changes] }, 0);
  const [wanted, kept] = [gatesBefore(plan), gatesBefore(after)];
  const own = ofOwnWork(gates, state.agents[by.agentId]?.taskId);
  for (const task of after.tasks.filter(({ status }) => status === 'waiting')) {
    const added = taskOf(plan, task.id) === undefined;
    const ids = added ? (task.owner === undefined ? own : []) : (wanted.get(task.id) ?? []);
    const lost = ids.find((id) => kept.get(task.id)?.includes(id) !== true);
    if (lost !== undefined) {
      return {
        code: 'invalid',
        message: `"${task.title}" (${task.id}) would begin without the person's approval in "${lost}".`,
        next: `Let it depend on "${lost}", directly or through other tasks.`,
      };
    }
  }
  return undefined;
}

/** The approvals that an agent's own work is waiting for: what it adds for the run is part of what the person is to judge. */
function ofOwnWork(gates: readonly Task[], author: TaskId | undefined): readonly TaskId[] {
  return gates.filter((gate) => author !== undefined && gate.dependencies.includes(author)).map((gate) => gate.id);
}

/** The open approvals that each unfinished task waits for, directly or through other unfinished tasks. */
function gatesBefore({ tasks }: Plan): ReadonlyMap<TaskId, readonly TaskId[]> {
  const open = tasks.filter((task) => !isSettled(task));
  const gates = new Set(open.filter(isForPerson).map((task) => task.id));
  return new Map([...upstreamOf(open)].map(([id, before]) => [id, [...before].filter((other) => gates.has(other))]));
}

function idOf(change: Exclude<PlanChange, { kind: 'add' }>): TaskId {
  return change.kind === 'edit' ? change.task.id : change.taskId;
}
