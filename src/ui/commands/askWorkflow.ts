import * as vscode from 'vscode';
import { sentence } from '../../core/rowText.ts';
import { noIcons } from '../plainText.ts';
import type { Inputs, WorkflowFacts, WorkflowInputFacts } from '../workflowFacts.ts';

/** Asks for a workflow, the one that fits every task first; undefined if the person closes the list. */
export async function pickWorkflow(workflows: readonly WorkflowFacts[], title: string): Promise<WorkflowFacts | undefined> {
  const startable = workflows.filter((workflow) => workflow.problems.every(({ severity }) => severity !== 'error'));
  const first = startable.filter(({ name }) => name === 'orchestrate');
  const rest = startable.filter(({ name }) => name !== 'orchestrate');
  const items = [...first, ...rest].map((workflow) => ({
    label: noIcons(workflow.name),
    description: workflow.source === 'built-in' ? '' : `of the ${workflow.source}`,
    detail: noIcons(workflow.description),
    workflow,
  }));
  const placeHolder = 'How should it be done?';
  const picked = await vscode.window.showQuickPick(items, { title, placeHolder, matchOnDetail: true });
  return picked?.workflow;
}

/** Asks for what a workflow needs beside the task; undefined if the person closes a question. */
export async function askInputs(workflow: WorkflowFacts, folders: readonly string[]): Promise<Inputs | undefined> {
  const given: Record<string, string | string[]> = {};
  for (const input of workflow.inputs) {
    const value = isFolders(input) ? await pickFolders(workflow, input, folders) : await askText(workflow, input);
    if (value === undefined) {
      return undefined;
    }
    if (value.length > 0) {
      given[input.name] = value;
    }
  }
  return given;
}

function isFolders({ name, list }: WorkflowInputFacts): boolean {
  return list && name === 'folders';
}

async function pickFolders(
  workflow: WorkflowFacts,
  { name, description, required }: WorkflowInputFacts,
  folders: readonly string[],
): Promise<string[] | undefined> {
  const picked = await vscode.window.showQuickPick(
    folders.map((folder) => ({ label: folder })),
    { title: `${workflow.name} · ${name}`, placeHolder: noIcons(description), canPickMany: true, ignoreFocusOut: true },
  );
  return picked === undefined || (required && picked.length === 0) ? undefined : picked.map(({ label }) => label);
}

async function askText(workflow: WorkflowFacts, input: WorkflowInputFacts): Promise<string | string[] | undefined> {
  const { name, description, required, list, fallback } = input;
  const standard = fallback === undefined || typeof fallback === 'string' ? (fallback ?? '') : fallback.join('; ');
  const optional = required || standard !== '' ? '' : ' Enter alone leaves it out.';
  const text = await vscode.window.showInputBox({
    title: `${workflow.name} · ${name}`,
    prompt: `${sentence(description)}${list ? ' Separate several by ";".' : ''}${optional}`,
    value: standard,
    ignoreFocusOut: true,
    validateInput: (value) => (required && value.trim() === '' ? 'This workflow needs it.' : undefined),
  });
  if (text === undefined) {
    return undefined;
  }
  return list
    ? text
        .split(';')
        .map((part) => part.trim())
        .filter((part) => part !== '')
    : text.trim();
}
