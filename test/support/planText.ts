import type { TaskSpec } from '../../src/core/events.ts';

/** A plan as text, one line for each task: what it is, what it waits for, and by which rules it goes. */
export function planText(tasks: readonly TaskSpec[]): string {
  return tasks.map((task) => `${lineOf(task)}\n`).join('');
}

function lineOf(task: TaskSpec): string {
  const { gate } = task;
  const back = gate?.backTo === undefined ? '' : ` back to ${gate.backTo}, ${gate.rounds} rounds`;
  const rules = [
    gate === undefined ? undefined : `gate: ${gate.kind}${back}`,
    task.attempts === 1 ? undefined : `attempts: ${task.attempts}`,
    task.priority === 'medium' ? undefined : `priority: ${task.priority}`,
    task.partial === true ? 'partial' : undefined,
    task.rollback === true ? 'rollback' : undefined,
    task.forEach === undefined ? undefined : `for each file of ${task.forEach}`,
    task.collects === undefined ? undefined : `collects ${task.collects}`,
  ].filter((rule) => rule !== undefined);
  const after = task.dependencies.length === 0 ? '' : ` after ${task.dependencies.join(', ')}`;
  return `${task.phase}: ${task.id} (${task.agentType})${after}${rules.length === 0 ? '' : ` [${rules.join('; ')}]`}`;
}
