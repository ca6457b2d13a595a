import type { PlanTemplate } from '../../src/core/decideSpawn.ts';
import type { Budget } from '../../src/core/events.ts';
import { toId } from '../../src/core/ids.ts';
import { type RunPhase, runPhase } from '../../src/core/selectors.ts';
import type { Decision, Plan, Run, Task } from '../../src/core/state.ts';
import { type ShortTask, shortTask } from './shortTask.ts';
import { TestFleet, type TestFleetOptions } from './testFleet.ts';
import type { Script } from './scriptedModel.ts';

export { type ShortTask, shortTask };

/** A fleet whose every run has these tasks. */
export function planFleet(
  tasks: readonly ShortTask[],
  scripts: Readonly<Record<string, Script>>,
  { budget, ...options }: TestFleetOptions & { readonly budget?: Budget } = {},
): TestFleet {
  const template: PlanTemplate = { workflow: 'test', tasks: tasks.map(shortTask), budget };
  return new TestFleet(scripts, { ...options, template: () => template });
}

/** The only run's task of a name. */
export function taskNamed(test: TestFleet, id: string): Task {
  const plans = Object.values(test.state.plans);
  const task = plans.flatMap((plan) => plan.tasks).find((one) => one.id === toId('task', id));
  if (task === undefined) {
    throw new Error(`There is no task ${id}`);
  }
  return task;
}

/** The only run's tasks and how they stand: `a done, b skipped`. */
export function standing(test: TestFleet): string {
  const plans = Object.values(test.state.plans);
  return plans.flatMap((plan) => plan.tasks.map((task) => `${task.id} ${task.status}`)).join(', ');
}

/** The only run with its plan. */
export function onlyRun(test: TestFleet): { readonly run: Run; readonly plan: Plan } {
  const [run] = Object.values<Run>(test.state.runs);
  const plan = run === undefined ? undefined : test.state.plans[run.id];
  if (run === undefined || plan === undefined) {
    throw new Error('There is no run');
  }
  return { run, plan };
}

/** How the only run stands. */
export function runWord(test: TestFleet): RunPhase {
  return runPhase(test.state, onlyRun(test).run);
}

/** What the person has not decided about the only run. */
export function openDecisions(test: TestFleet): readonly Decision[] {
  return onlyRun(test).plan.decisions.filter((decision) => decision.answer === undefined);
}

/** The person answers the first open question. */
export function answer(test: TestFleet, choice: string, text?: string): void {
  const [decision] = openDecisions(test);
  if (decision === undefined) {
    throw new Error(`Nothing is asked that "${choice}" could answer`);
  }
  test.do({ type: 'decide', askId: decision.askId, choice, text });
}

/** All that the agent of a label was sent with one of its requests, counted from 0. */
export function told(test: TestFleet, label: string, request = 0): string {
  const seen = test.model.requests.filter((one) => one.label === label)[request];
  return JSON.stringify(seen?.request.messages);
}
