import type { FieldPath } from './fields.ts';
import { findPlaceholders, type Placeholder } from './placeholders.ts';
import type { WorkflowTask } from './workflow.ts';
import type { ReadTask, ReadWorkflow } from './workflowChecks.ts';

/*
 * Placeholders that stand for nothing, and a task of the person that reaches nobody.
 */

/** A text of a workflow, with where it stands; the body has no path. */
interface Text {
  readonly path: FieldPath | undefined;
  readonly text: string;
  /** Whether `{{item}}` means something in it. */
  readonly hasItem: boolean;
}

export function checkTexts(workflow: ReadWorkflow): void {
  const tasks = workflow.phases.flatMap((phase) => phase.tasks);
  const texts: readonly Text[] = [...tasks.flatMap(textsOf), { path: undefined, text: workflow.context, hasItem: false }];
  let reached = false;
  for (const text of texts) {
    for (const { raw, placeholder } of findPlaceholders(text.text)) {
      reached ||= placeholder.kind === 'task';
      checkPlaceholder(workflow, text, raw, placeholder);
    }
  }
  if (!reached && tasks.length > 0) {
    workflow.source.warn(['phases'], 'No agent is told what the person asks for. Write {{task}} where the task of the run belongs.');
  }
}

function textsOf({ path, task }: ReadTask): readonly Text[] {
  const repeated = task.forEach !== undefined;
  // Of a task for each finding the engine fills in the objective; the file itself becomes its title and its path.
  const everywhere = repeated && task.forEach.kind !== 'findings';
  const one = (key: keyof WorkflowTask, text: string | undefined, hasItem = everywhere): readonly Text[] =>
    text === undefined ? [] : [{ path: [...path, key], text, hasItem }];
  const each = (key: keyof WorkflowTask, items: readonly string[]): readonly Text[] =>
    items.map((text, index) => ({ path: [...path, key, index], text, hasItem: everywhere }));
  return [
    ...one('title', task.title),
    ...one('objective', task.objective, repeated),
    ...each('paths', task.paths),
    ...one('focus', task.focus),
    ...one('outputFormat', task.outputFormat),
    ...each('doneCriteria', task.doneCriteria),
    ...(task.gate?.check === undefined ? [] : [{ path: [...path, 'gate', 'check'], text: task.gate.check, hasItem: everywhere }]),
  ];
}

function checkPlaceholder({ source, inputs }: ReadWorkflow, { path, hasItem }: Text, raw: string, placeholder: Placeholder): void {
  switch (placeholder.kind) {
    case 'task':
      return;
    case 'item':
      if (!hasItem) {
        source.atWords(
          'error',
          path,
          raw,
          `${raw} stands for nothing here. It is known in a task with "forEach"; in one for findings, in the objective.`,
        );
      }
      return;
    case 'input':
      if (!inputs.some((input) => input.name === placeholder.name)) {
        source.atWords('error', path, raw, `There is no input "${placeholder.name}". Declare it under "inputs", or correct its name.`);
      }
      return;
    case 'unknown':
      source.atWords('warning', path, raw, `${raw} is no placeholder and stays as it is. There are {{task}}, {{item}} and {{input.NAME}}.`);
  }
}
