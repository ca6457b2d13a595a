import assert from 'node:assert/strict';
import type { E2eWindow } from './openWindow.ts';

/** What a person does with runs in a window; each waits for what it names, and tells the rows of the tree when that does not come. */
export interface RunDriver {
  /** Whether the tree of the fleet has such a row. */
  hasRow(pattern: RegExp): Promise<boolean>;
  eventually(what: string, holds: () => Promise<boolean>): Promise<void>;
  /** Says yes to what is asked, or begins with the first row of what waits. */
  agree(): Promise<void>;
  /** Starts a workflow from the palette with these answers to what it asks for. */
  start(task: string, workflow: string, answers?: readonly string[]): Promise<void>;
  /** The text of the document in front, once it says this. */
  documentWith(kind: 'preview' | 'text', text: string): Promise<string>;
  /** The text of a run's result, opened from the palette. */
  resultOf(task: string): Promise<string>;
}

const patienceMs = 110_000;

/** Drives the runs of a window. */
export function createRunDriver(window: E2eWindow): RunDriver {
  const { page } = window;
  const entries = page.locator('.quick-input-list .monaco-list-row');
  const hasRow = async (pattern: RegExp) => (await window.treeRows()).some((row) => pattern.test(row));
  const eventually = async (what: string, holds: () => Promise<boolean>) => {
    for (const until = Date.now() + patienceMs; !(await holds()); ) {
      assert.ok(Date.now() < until, `${what}; the rows are:\n${(await window.treeRows()).join('\n')}`);
      await page.waitForTimeout(100);
    }
  };
  const yes = () =>
    page
      .locator('.monaco-dialog-box')
      .getByRole('button', { name: 'Allow Once', exact: true })
      .or(entries.filter({ hasText: /^\s*(Allow once|Approve)/ }))
      .filter({ visible: true })
      .first();
  const agree = async () => {
    const next = (await yes().isVisible()) ? yes() : window.row(' your decision').or(window.row(' wants to ')).first();
    try {
      await next.click({ timeout: 1000 });
    } catch {
      // Nothing is asked, or it is answered and on its way out; the next look tells.
    }
  };
  const start = async (task: string, workflow: string, answers: readonly string[] = []) => {
    await window.palette('Flotilla: Start Run');
    await window.answer(task);
    // The list draws only what fits; what is typed brings the workflow into it.
    await page.locator('.quick-input-box input').fill(workflow);
    await entries.filter({ has: page.locator('.label-name', { hasText: new RegExp(`^${workflow}$`) }) }).click();
    for (const answer of answers) {
      await page.locator('.quick-input-widget').getByText(`${workflow} · `).waitFor();
      await window.answer(answer);
    }
  };
  const documentWith = async (kind: 'preview' | 'text', text: string) => {
    // A preview is a page of its own, a text is drawn line by line.
    const body = kind === 'preview' ? window.webview().locator('body') : page.locator('.editor-instance .view-lines').first();
    let shown = '';
    await eventually(`a document says "${text}"`, async () => {
      shown = (await body.isVisible()) ? (await body.innerText()).replaceAll('\u00a0', ' ') : '';
      return shown.includes(text);
    });
    return shown;
  };
  const resultOf = async (task: string) => {
    await window.palette('View: Close All Editors');
    await window.palette('Flotilla: Open Result');
    await window.pick(task);
    return await documentWith('preview', 'Where the time went');
  };
  return { hasRow, eventually, agree, start, documentWith, resultOf };
}
