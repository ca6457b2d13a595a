import type { WorkflowTask } from './workflow.ts';

/**
 * The tasks that each task of a workflow depends on, by their ids in the file. Without `dependsOn` they are all tasks of the phase before. What a
 * task is made from, or collects, comes before it as well.
 */
export function dependenciesOf(phases: readonly (readonly WorkflowTask[])[]): ReadonlyMap<string, readonly string[]> {
  const dependencies = new Map<string, readonly string[]>();
  for (const [index, tasks] of phases.entries()) {
    const phaseBefore = (phases[index - 1] ?? []).map((task) => task.id);
    for (const task of tasks) {
      const madeFrom = task.forEach?.kind === 'findings' ? [task.forEach.taskId] : [];
      dependencies.set(task.id, [...new Set([...(task.dependsOn ?? phaseBefore), ...madeFrom])]);
    }
  }
  for (const { id, collects } of phases.flat()) {
    const before = dependencies.get(id) ?? [];
    // Through a gate between the two, the collecting task must not start when the gate is not passed.
    if (collects !== undefined && !isUpstream(dependencies, before, collects)) {
      dependencies.set(id, [...before, collects]);
    }
  }
  return dependencies;
}

function isUpstream(dependencies: ReadonlyMap<string, readonly string[]>, from: readonly string[], wanted: string): boolean {
  const open = [...from];
  const seen = new Set<string>();
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (id === wanted) {
      return true;
    }
    if (!seen.has(id)) {
      seen.add(id);
      open.push(...(dependencies.get(id) ?? []));
    }
  }
  return false;
}
