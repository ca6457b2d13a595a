import type { PlanProblem } from '../../core/plan/validatePlan.ts';
import type { Range } from '../problem.ts';
import type { ReadPlan, TextTask } from './readPlan.ts';

/** Which keys of a task a problem of the plan can come from. */
const keysOf: Record<PlanProblem['code'], readonly string[]> = {
  empty: [],
  name: ['id'],
  duplicate: ['id'],
  self: ['dependsOn', 'forEach', 'collects', 'gate'],
  missing: ['dependsOn', 'forEach', 'collects', 'gate'],
  cycle: ['dependsOn', 'needs', 'forEach', 'collects'],
  total: [],
  type: ['agent'],
  gate: ['gate'],
  artefact: ['needs'],
  overlap: ['paths'],
};

/** Where a text says what a problem is about: the very name, else the key, else the task. */
export function planRange(problem: PlanProblem, read: ReadPlan): Range {
  const tasks = problem.taskIds.flatMap((id) => read.tasks.filter((task) => task.id === id));
  const [first] = tasks;
  if (first === undefined) {
    return read.top;
  }
  const others: readonly string[] = problem.code === 'missing' ? [] : problem.taskIds;
  for (const key of keysOf[problem.code]) {
    const index = itemOf(first, key, others, problem.message);
    if (index !== undefined) {
      return first.rangeOf(key, index);
    }
  }
  const key = keysOf[problem.code].find((name) => first.values[name] !== undefined);
  return key === undefined ? first.head : first.rangeOf(key);
}

/** The item of a list that names one of the others, or that the message quotes. */
function itemOf(task: TextTask, key: string, others: readonly string[], message: string): number | undefined {
  const value = task.values[key];
  if (!Array.isArray(value)) {
    return undefined;
  }
  const index = value.findIndex((item) => {
    const itself = item === task.id && others.length > 1;
    return (
      typeof item === 'string' &&
      !itself &&
      (others.includes(item) || message.includes(`names "${item}"`) || message.includes(`needs "${item}"`))
    );
  });
  return index < 0 ? undefined : index;
}
