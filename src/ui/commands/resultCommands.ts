import * as vscode from 'vscode';
import type { JournalEntry } from '../../core/events.ts';
import { entriesOfRun } from '../../core/result/runEntries.ts';
import { metricsOf } from '../../core/result/runMetrics.ts';
import { resultOf } from '../../core/result/runResult.ts';
import type { FleetState, Run } from '../../core/state.ts';
import { toError } from '../../lib/errors.ts';
import { type CommandReply, cancelled, done, refused } from '../commandReply.ts';
import { noIcons } from '../plainText.ts';
import type { ResultDocuments } from '../resultDocuments.ts';
import { toGiven } from '../targets.ts';
import { type CommandDeps, type CommandTable, withFleet } from './commandDeps.ts';
import { chooseRun, type RunQuestion } from './runActs.ts';

/** What the commands about what a run came to need. */
export interface ResultCommandDeps extends CommandDeps {
  readonly results: ResultDocuments;
  /** Every fact there is, those not yet on the disk included. */
  readonly entries: () => Promise<readonly JournalEntry[]>;
}

/** The commands about what a run came to. */
export function createResultCommands(deps: ResultCommandDeps): CommandTable {
  return {
    'flotilla.openResult': (first) =>
      withFleet(deps.door, async ({ state }) => {
        const run = await chooseRun(state, question('Open Result', 'Whose result?'), toGiven(first));
        if (run === undefined || 'ok' in run) {
          return run ?? cancelled;
        }
        await deps.results.show(state, run.id);
        return { ...done, runId: run.id };
      }),
    'flotilla.exportRun': (first, second) =>
      withFleet(deps.door, async ({ state }) => {
        const run = await chooseRun(state, question('Export Run', 'Which run should be saved to a file?'), toGiven(first));
        return run === undefined || 'ok' in run ? (run ?? cancelled) : await exportRun(deps, state, run, second);
      }),
  };
}

function question(title: string, placeholder: string): RunQuestion {
  return { title, placeholder, fits: () => true, none: 'There is no run yet.' };
}

/** From code: `(runId, file)` with the path or address of the file; its ending says what is saved: `.json` everything, else the result. */
async function exportRun(deps: ResultCommandDeps, state: FleetState, run: Run, given: unknown): Promise<CommandReply> {
  const file = typeof given === 'string' ? toUri(given) : given instanceof vscode.Uri ? given : await askFile(run);
  if (file === undefined) {
    return cancelled;
  }
  const text = file.path.endsWith('.json') ? await everythingOf(deps, state, run) : (deps.results.textOf(state, run.id) ?? '');
  try {
    await vscode.workspace.fs.writeFile(file, Buffer.from(text));
  } catch (error) {
    const message = `The run could not be saved to ${file.fsPath}: ${toError(error).message}`;
    return refused({ code: 'unavailable', message, next: 'Choose another folder, or make room on the disk.' });
  }
  if (typeof given !== 'string') {
    tellSaved(file, deps.logError);
  }
  return { ...done, runId: run.id };
}

function toUri(text: string): vscode.Uri {
  return /^[a-z][a-z0-9+.-]+:\/\//i.test(text) ? vscode.Uri.parse(text) : vscode.Uri.file(text);
}

async function askFile(run: Run): Promise<vscode.Uri | undefined> {
  const kind = await vscode.window.showQuickPick(
    [
      { label: 'The result', description: 'Markdown', detail: 'Summary, findings, files changed, failures and numbers.', ending: 'md' },
      {
        label: 'Everything',
        description: 'JSON',
        detail: 'The result, the plan, and every fact of the run, with all that models and tools said.',
        ending: 'json',
      },
    ],
    { title: `Export “${noIcons(run.label)}”`, placeHolder: 'What should be saved?' },
  );
  if (kind === undefined) {
    return undefined;
  }
  const name = run.label
    .replaceAll(/[^\p{L}\p{N}.-]+/gu, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 60);
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const fileName = `${name === '' ? 'run' : name}.${kind.ending}`;
  return await vscode.window.showSaveDialog({
    title: 'Export Run',
    saveLabel: 'Export',
    filters: kind.ending === 'md' ? { Markdown: ['md'] } : { JSON: ['json'] },
    ...(folder === undefined ? {} : { defaultUri: vscode.Uri.joinPath(folder, fileName) }),
  });
}

async function everythingOf(deps: ResultCommandDeps, state: FleetState, run: Run): Promise<string> {
  const entries = entriesOfRun(await deps.entries(), run.id);
  const whole = { run, result: resultOf(state, run.id), metrics: metricsOf(state, run, deps.now()), plan: state.plans[run.id], entries };
  return `${JSON.stringify(whole, undefined, 1)}\n`;
}

function tellSaved(file: vscode.Uri, logError: (error: unknown) => void): void {
  vscode.window.showInformationMessage(`The run was saved to ${file.fsPath}.`, 'Open').then(async (button) => {
    if (button === 'Open') {
      await vscode.commands.executeCommand('vscode.open', file);
    }
  }, logError);
}
