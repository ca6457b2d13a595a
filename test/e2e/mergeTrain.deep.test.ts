import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type MessagesServer, startMessagesServer } from '../support/messagesServer/server.ts';
import { type E2eWindow, openWindow } from './support/openWindow.ts';
import { createRunDriver, type RunDriver } from './support/runs.ts';
import { call, report, scriptedTeam } from './support/scripted.ts';

const key = 'sk-test-0123456789';
const check = 'node check.mjs';
const greeting = '# Greetings\n\nHello.\n\nGoodbye.\n';

const edit = (path: string, from: string, to: string) => call('edit_file', { path, old_text: from, new_text: to });
const read = (path: string) => call('read_file', { path });

/** Three agents, of whom the second changes a line that the first changes too; and what the second does when its work comes back. */
const team = scriptedTeam(
  {
    Formal: [read('greetings.md'), edit('greetings.md', 'Hello.', 'Good day.'), report('The greeting is formal.')],
    Friendly: [read('greetings.md'), edit('greetings.md', 'Hello.', 'Hi there.'), report('The greeting is friendly.')],
    Words: [call('write_file', { path: 'words.md', content: '# Words\n\nSalut.\n' }), report('There is a list of words.')],
  },
  {
    Friendly: [
      read('greetings.md'),
      call('write_file', { path: 'greetings.md', content: greeting.replace('Hello.', 'Good day, and hi there.') }),
      report('Both greetings are kept.'),
    ],
  },
);

const theme = process.env['FLOTILLA_E2E_THEME'] ?? 'Default Light Modern';

/** A merge of three agents with one conflict, driven as a person does: sent back once, resolved by hand once. */
describe('a person who merges the work of three agents', function () {
  this.timeout(240_000);
  let server: MessagesServer;
  let folder: string;
  let window: E2eWindow;
  let runs: RunDriver;
  const git = (...args: string[]) => execFileSync('git', args, { cwd: folder, encoding: 'utf8' });
  const textOf = (name: string) => readFileSync(join(folder, name), 'utf8');
  const picture = (name: string) => window.screenshot(`merge/${theme.includes('Dark') ? 'dark' : 'light'}-${name}`);

  before(async () => {
    folder = join(realpathSync(mkdtempSync(join(tmpdir(), 'flotilla-merge-'))), 'greetings');
    mkdirSync(folder);
    writeFileSync(join(folder, 'greetings.md'), greeting);
    writeFileSync(
      join(folder, 'check.mjs'),
      "import { readFileSync } from 'node:fs';\nif (readFileSync('greetings.md', 'utf8').includes('<<<')) process.exit(1);\n",
    );
    git('init', '--quiet', '--initial-branch=main');
    git('add', '--all');
    git('-c', 'user.name=A', '-c', 'user.email=a@localhost', 'commit', '--quiet', '--message', 'Begin');
    server = await startMessagesServer({ key, script: team });
    window = await openWindow({
      workspace: folder,
      settings: {
        'flotilla.provider': 'anthropic',
        'flotilla.anthropic.baseUrl': server.url,
        'flotilla.approvals.mode': 'editFreely',
        'flotilla.isolation': 'worktree',
        'workbench.colorTheme': theme,
      },
    });
    runs = createRunDriver(window);
    await window.palette('Flotilla: Set API Key');
    await window.answer(key);
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') {
      await window.screenshot(this.currentTest.fullTitle().replace(/\W+/g, '-'));
    }
  });

  after(async () => {
    await window.close();
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** The row with what the merge asks. */
  const question = () => window.page.locator('.sidebar .monaco-list-row[aria-label^="Merge: "]').first();
  /** What earlier runs brought is taken out by a commit of the person. */
  const beginAgain = () => {
    rmSync(join(folder, 'words.md'), { force: true });
    writeFileSync(join(folder, 'greetings.md'), greeting);
    git('add', '--all');
    git('-c', 'user.name=A', '-c', 'user.email=a@localhost', 'commit', '--quiet', '--allow-empty', '--message', 'Begin again');
  };
  /** Starts the run, and waits until its work can be merged. */
  const work = async (task: string) => {
    await window.palette('Flotilla: Start Run');
    await window.answer(task);
    await window.pick('orchestrate');
    await window.showFleet();
    await runs.eventually('the run is done', () => runs.hasRow(new RegExp(`^Run ${task}, done`)));
  };
  const merge = async (task: string) => {
    await window.palette('Flotilla: Merge Run');
    await window.pick(task);
    await window.answer(check);
    await window.showFleet();
    await runs.eventually('the conflict is told', () => runs.hasRow(/^Merge: .*conflict/i));
  };
  const land = async () => {
    await runs.eventually('the merge asks to move the branch', () => runs.hasRow(/^Merge: Ready/));
    await picture('asks');
    await question().click();
    await window.pick('Move main');
  };

  it('is told whose work does not fit, and sends it back with a word', async () => {
    await work('Greet twice');
    await picture('before');
    assert.equal(textOf('greetings.md'), greeting, 'agents worked apart from the open folder');
    await window.palette('View: Show Explorer');
    const shared = window.page.locator('.explorer-folders-view .monaco-list-row', { hasText: 'greetings.md' });
    await runs.eventually('the file that two change is marked', () =>
      shared
        .first()
        .evaluate((row) => [...row.querySelectorAll('*')].some((each) => getComputedStyle(each, '::after').content.includes('⇄'))),
    );
    await picture('overlap');
    await merge('Greet twice');
    await question().click();
    await window.page.locator('.quick-input-widget').getByText('Send Back to Its Agent').waitFor();
    await picture('conflict');
    await window.pick('Send Back to Its Agent');
    await window.answer('Keep both greetings');
    await runs.eventually('the agent is at work again or done', () => runs.hasRow(/Friendly/));
    await land();
    await runs.eventually('the work is in the open folder', async () => textOf('greetings.md').includes('Good day, and hi there.'));
    assert.equal(textOf('words.md'), '# Words\n\nSalut.\n');
    assert.equal(git('status', '--porcelain'), '', 'nothing is left over in the open folder');
    assert.deepEqual(server.violations, []);
    await picture('landed');
  });

  it('resolves by hand what the next run brings, apart from the open folder', async () => {
    beginAgain();
    await work('Greet once more');
    await merge('Greet once more');
    await question().click();
    await window.pick('Resolve by Hand');
    const lines = window.page.locator('.editor-instance .view-lines').first();
    await lines.getByText('<<<<<<<').first().waitFor();
    await picture('by-hand');
    await window.page.locator('.monaco-editor .view-line').first().click();
    await window.page.keyboard.press('Control+a');
    await window.page.keyboard.insertText('# Greetings\n\nHello, by hand.\n\nGoodbye.\n');
    await window.palette('File: Save');
    await window.showFleet();
    await picture('by-hand-saved');
    await question().click();
    await window.pick('Done');
    await land();
    await runs.eventually('the resolved text is in the open folder', async () => textOf('greetings.md').includes('Hello, by hand.'));
    assert.equal(git('status', '--porcelain'), '');
  });

  it('hears where the work of deleted agents is kept, and makes a branch of it', async () => {
    beginAgain();
    await work('Greet for nothing');
    await window.palette('Flotilla: Delete Ended Agents');
    await window.page.locator('.monaco-dialog-box').getByRole('button', { name: 'Delete' }).click();
    await runs.eventually('the person is told', async () =>
      (await window.notifications()).some((text) => /worktrees were removed.*kept below/.test(text)),
    );
    await picture('kept');
    await window.page.locator('.notifications-center').getByRole('button', { name: 'Restore as Branch…' }).click();
    await window.page.locator('.quick-input-list .monaco-list-row').first().waitFor();
    await picture('restore');
    await window.page.keyboard.press('Enter');
    await window.answer('greetings-again');
    await runs.eventually('there is a branch', async () => git('branch', '--list', 'greetings-again').includes('greetings-again'));
    assert.equal(git('status', '--porcelain'), '');
  });
});
