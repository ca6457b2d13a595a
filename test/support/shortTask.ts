import { type TaskSpec, type TaskSpecInput, taskSpecSchema } from '../../src/core/events.ts';

/** A task with everything a test does not care about left to defaults; its id is its title, its agent's label and its script. */
export type ShortTask = Partial<Omit<TaskSpecInput, 'id' | 'dependencies'>> & {
  readonly id: string;
  readonly after?: readonly string[] | undefined;
};

export function shortTask({ id, after = [], ...rest }: ShortTask): TaskSpec {
  return taskSpecSchema.parse({ title: id, agentType: 'general', brief: { objective: `do ${id}` }, ...rest, id, dependencies: after });
}
