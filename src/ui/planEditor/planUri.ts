import * as vscode from 'vscode';
import { isIdText, type RunId, toId } from '../../core/ids.ts';
import type { Run } from '../../core/state.ts';

/** Scheme of the plans of runs, as documents that can be saved. */
export const planScheme = 'flotilla-run';
/** Scheme of the histories of plans. */
export const historyScheme = 'flotilla-run-history';
/** Language of the text of a plan: YAML that no save by itself may take half-typed. */
export const planLanguage = 'flotilla-plan';

export function planUri(run: Run): vscode.Uri {
  return vscode.Uri.from({ scheme: planScheme, path: `/${encodeURIComponent(run.id)}/${fileName(run)}.plan.yaml` });
}

export function historyUri(run: Run): vscode.Uri {
  return vscode.Uri.from({ scheme: historyScheme, path: `/${encodeURIComponent(run.id)}/${fileName(run)}.history.diff` });
}

/** The run that a document is about; undefined for anything that is no document of a run. */
export function runOfUri(uri: vscode.Uri): RunId | undefined {
  if (uri.scheme !== planScheme && uri.scheme !== historyScheme) {
    return undefined;
  }
  const [, id = '', name] = uri.path.split('/');
  const text = decoded(id);
  return name !== undefined && name !== '' && isIdText(text) ? toId('run', text) : undefined;
}

function fileName({ label, id }: Run): string {
  const name = label
    .replaceAll(/[^\p{L}\p{N} ._-]+/gu, ' ')
    .replaceAll(/\s+/g, ' ')
    .replace(/^[ .]+/, '');
  const short = [...name].slice(0, 50).join('').trim();
  return short === '' ? id.replaceAll(/[^\w-]+/g, ' ') : short;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // Not written by us.
    return '';
  }
}
