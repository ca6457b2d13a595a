import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type E2eWindow, openWindow } from './support/openWindow.ts';
import { createRunDriver, type RunDriver } from './support/runs.ts';

const task = 'Correct the slips of spelling in the documents';
const guide = '# Guide\n\nOpen teh ledger first.\n\nThen add an entry.\n\nYou recieve a total at the end.\n';
const notes = '# Notes\n\nTotals are kept seperate.\n';

/** Reviewing by keyboard and by pointer what a run changed, as a person does it. */
describe('a person who reviews changes', function () {
  this.timeout(240_000);
  let folder: string;
  let window: E2eWindow;
  let runs: RunDriver;

  before(async () => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'flotilla-review-')));
    writeFileSync(join(folder, 'guide.md'), guide);
    writeFileSync(join(folder, 'notes.md'), notes);
    window = await openWindow({
      workspace: folder,
      env: { FLOTILLA_DEV_UNWATCHED: '1' },
      settings: { 'flotilla.approvals.mode': 'editFreely', 'workbench.colorTheme': 'Default Dark Modern' },
    });
    runs = createRunDriver(window);
    await runs.start(task, 'scout-build');
    await window.showFleet();
    await runs.eventually('the run is done', async () => {
      await runs.agree();
      return await runs.hasRow(new RegExp(`^Run ${task}, done`));
    });
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') {
      await window.screenshot(this.currentTest.fullTitle().replace(/\W+/g, '-'));
    }
  });

  after(async () => {
    await window.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const textOf = (name: string) => readFileSync(join(folder, name), 'utf8');
  const editor = () => window.page.locator('.multiDiffEntry');

  it('sees all files side by side with what they were', async () => {
    assert.notEqual(textOf('guide.md'), guide);
    await window.palette('Flotilla: Review Changes');
    await window.pick(task);
    await editor().filter({ hasText: 'guide.md' }).first().waitFor();
    await window.page.getByText('recieve').first().waitFor();
    await window.screenshot('review-dark');
  });

  it('accepts and rejects from the hover over a changed line', async () => {
    const line = editor().filter({ hasText: 'guide.md' }).locator('.modified .view-line', { hasText: 'receive' }).first();
    await line.hover();
    const hover = window.page.locator('.monaco-hover:visible', { hasText: 'Change 2 of 2 in this file' });
    await hover.waitFor();
    await window.screenshot('review-hover');
    await hover.getByText('Reject').click();
    await runs.eventually('the file says what it said', async () => textOf('guide.md') === guide.replace('teh', 'the'));
  });

  it('goes through the rest by keyboard, comments, and sends the comments to the agent', async () => {
    await window.palette('Flotilla: Step Through Changes');
    const step = (of: number) => window.page.locator('.quick-input-widget', { hasText: new RegExp(`Change \\d of ${of}`) }).waitFor();
    await step(2);
    await window.screenshot('review-step');
    await window.pick('Comment…');
    await window.answer('Write the name of the ledger too');
    await step(2);
    await window.page.getByText('Write the name of the ledger too').first().waitFor();
    await window.screenshot('review-comment');
    await window.pick('Send Feedback');
    await step(2);
    await window.pick('Accept');
    await step(1);
    await window.page.keyboard.press('Escape');
    assert.equal(textOf('guide.md'), guide.replace('teh', 'the'));
  });
});
