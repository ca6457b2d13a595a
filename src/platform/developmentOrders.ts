import { appendFileSync, readFileSync, rmSync } from 'node:fs';
import * as vscode from 'vscode';
import type { Disposable } from '../lib/disposables.ts';

/** A task with the workflow for it; without one, the usual. */
export interface OrderedRun {
  readonly task: string;
  readonly workflow?: string;
}

/** What the launcher of a development window wants to happen in it, and where it wants to read about it. */
export interface DevelopmentOrders extends Disposable {
  /** The run to start by itself; given once, so that a reloaded window does not start it again. */
  takeRun(): OrderedRun | undefined;
  /** Answer whatever is asked, because nobody is there who could. */
  readonly approve: boolean;
  /** Tells the launcher one thing, as plain JSON. */
  tell(fact: Readonly<Record<string, unknown>>): void;
}

/** Whether tests drive this window and no person watches it, so that nothing need be slow enough to read. Never in an installed extension. */
export function isUnwatched(mode: vscode.ExtensionMode, env: Readonly<Record<string, string | undefined>>): boolean {
  return mode === vscode.ExtensionMode.Test || (mode === vscode.ExtensionMode.Development && env['FLOTILLA_DEV_UNWATCHED'] === '1');
}

/** The orders that `npm start` left in the environment of this extension host, if it was started by that. */
export function readDevelopmentOrders(env: Readonly<Record<string, string | undefined>>): DevelopmentOrders | undefined {
  const runFile = env['FLOTILLA_DEV_RUN'];
  const progressFile = env['FLOTILLA_DEV_PROGRESS'];
  if (progressFile === undefined || progressFile === '') {
    return undefined;
  }
  let isOver = false;
  return {
    takeRun: () => (runFile === undefined ? undefined : takeRun(runFile)),
    approve: env['FLOTILLA_DEV_APPROVE'] === '1',
    tell: (fact) => {
      if (!isOver) {
        appendFileSync(progressFile, `${JSON.stringify(fact)}\n`);
      }
    },
    dispose: () => {
      isOver = true;
    },
  };
}

function takeRun(file: string): OrderedRun | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      return undefined;
    }
    throw error;
  }
  rmSync(file, { force: true });
  const order: unknown = JSON.parse(text);
  if (typeof order !== 'object' || order === null || !('task' in order) || typeof order.task !== 'string') {
    return undefined;
  }
  const { task } = order;
  return 'workflow' in order && typeof order.workflow === 'string' ? { task, workflow: order.workflow } : { task };
}
