import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type E2eWindow, openWindow } from './support/openWindow.ts';
import { createRunDriver, type RunDriver } from './support/runs.ts';

const renaming = 'Rename `addMonths` to `plusMonths`';

/** Agents in worktrees of their own, what a command to approve looks like, and the work merged when the person says so, with the practice model. */
describe('safe hands in a window', function () {
  this.timeout(300_000);
  let window: E2eWindow;
  let runs: RunDriver;

  before(async () => {
    const settings = {
      'flotilla.approvals.mode': 'editFreely',
      'flotilla.isolation': 'worktree',
      'workbench.colorTheme': 'Default Dark Modern',
    };
    window = await openWindow({ settings });
    runs = createRunDriver(window);
  });

  afterEach(async function () {
    await window.screenshot(`safe-hands/${(this.currentTest?.title ?? '').replace(/\W+/g, '-')}`);
  });

  after(() => window.close());

  it('shows the whole plan of a command before it is allowed', async () => {
    await runs.start(renaming, 'refactor-files', ['npm test --silent']);
    await window.showFleet();
    await runs.eventually('a command waits', () => runs.hasRow(/wants to run a command/));
    await window.row(' wants to ').click();
    const dialog = window.page.locator('.monaco-dialog-box');
    await dialog.getByText('Asked by').waitFor();
    assert.match(await dialog.innerText(), /Folder:[\s\S]*Runs:[\s\S]*May change:[\s\S]*\| npm test --silent/);
    await window.screenshot('safe-hands/approval');
  });

  it('lets agents work apart from the open folder', async () => {
    await runs.eventually('the run ends', async () => {
      await runs.agree();
      return await runs.hasRow(new RegExp(`^Run ${renaming}, (done|partial)`));
    });
    assert.match(readFileSync(join(window.folder, 'src', 'dates.js'), 'utf8'), /addMonths/);
  });

  it('merges their work when the person says so', async () => {
    await window.palette('Flotilla: Merge Run');
    await window.pick('Rename');
    await window.answer('npm test --silent');
    await window.showFleet();
    // The first half of a rename does not pass by itself: the merge stops there, and the person keeps it.
    await runs.eventually('the check of the first agent is red', () => runs.hasRow(/^Merge: The check failed/));
    await window.row('The check failed').click();
    await window.screenshot('safe-hands/merge-red');
    await window.pick('Keep');
    await runs.eventually(
      'the merge asks to be landed',
      async () => (await runs.hasRow(/^Merge: /)) && !(await runs.hasRow(/^Merge: The check failed/)),
    );
    await window.screenshot('safe-hands/merge-asks');
    await window.row('merge into').click();
    await window.screenshot('safe-hands/merge-choices');
    await window.pick('Move');
    await runs.eventually('the work is in the open folder', async () =>
      /plusMonths/.test(readFileSync(join(window.folder, 'src', 'dates.js'), 'utf8')),
    );
  });
});
