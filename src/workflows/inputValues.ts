import { nearestName } from '../lib/nearest.ts';
import type { Workflow, WorkflowInput } from './workflow.ts';

/** What was given when a run is started, by the names of inputs; of a list as one text, one value per line. */
export type GivenInputs = Readonly<Record<string, string | readonly string[]>>;

/** The values of a workflow's inputs, defaults filled in; an input without a value is left out. Each problem says what to do. */
export interface InputValues {
  readonly values: ReadonlyMap<string, readonly string[]>;
  readonly problems: readonly string[];
}

export function readInputValues({ name: workflow, inputs }: Workflow, given: GivenInputs): InputValues {
  const values = new Map<string, readonly string[]>();
  const problems: string[] = [];
  const known = inputs.map((input) => input.name);
  for (const name of Object.keys(given).filter((one) => !known.includes(one))) {
    const near = nearestName(name, known);
    const advice =
      near !== undefined ? `Did you mean "${near}"?` : known.length === 0 ? 'It has no inputs.' : `Its inputs are: ${known.join(', ')}.`;
    problems.push(`The workflow ${workflow} has no input "${name}". ${advice}`);
  }
  for (const input of inputs) {
    const own = Object.hasOwn(given, input.name) ? valuesOf(input, given[input.name] ?? '') : [];
    const value = own.length > 0 ? own : valuesOf(input, input.fallback ?? '');
    if (!input.list && value.length > 1) {
      problems.push(`The input "${input.name}" takes one value, not ${value.length}.`);
    } else if (value.length > 0) {
      values.set(input.name, value);
    } else if (input.required) {
      problems.push(`The workflow ${workflow} needs the input "${input.name}": ${input.description}`);
    }
  }
  return { values, problems };
}

function valuesOf(input: WorkflowInput, given: string | readonly string[]): readonly string[] {
  const parts = typeof given !== 'string' ? given : input.list ? given.split(/\r\n|\n|\r/) : [given];
  return parts.map((part) => part.trim()).filter((part) => part !== '');
}
