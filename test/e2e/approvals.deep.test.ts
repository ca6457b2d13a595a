import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type MessagesServer, startMessagesServer } from '../support/messagesServer/server.ts';
import { type E2eWindow, openWindow } from './support/openWindow.ts';
import { createRunDriver, type RunDriver } from './support/runs.ts';
import { call, report, scriptedTeam } from './support/scripted.ts';

const key = 'sk-test-0123456789';
const task = 'Keep the books';
const tell = call('run_command', { command: 'node -p 6*7' });

/** Two agents want to run the very same command, the first twice; the third wants to write two files, one of which it should not. */
const team = scriptedTeam({
  One: [tell, tell, report('I counted.')],
  Two: [tell, report('I counted too.')],
  Three: [
    call('read_file', { path: 'README.md' }),
    call('write_file', { path: 'books.md', content: '# Books\n' }),
    call('write_file', { path: 'secret-books.md', content: '# Hidden\n' }),
    report('I wrote.'),
  ],
});

const theme = process.env['FLOTILLA_E2E_THEME'] ?? 'Default Light Modern';

/** What agents ask a person for, answered in every way there is, and what one of them did undone. */
describe('a person who is asked', function () {
  this.timeout(240_000);
  let server: MessagesServer;
  let window: E2eWindow;
  let runs: RunDriver;
  const dialog = () => window.page.locator('.monaco-dialog-box');
  const picture = (name: string) => window.screenshot(`asked/${theme.includes('Dark') ? 'dark' : 'light'}-${name}`);
  const has = (name: string) => existsSync(join(window.folder, name));

  before(async () => {
    server = await startMessagesServer({ key, script: team });
    window = await openWindow({
      settings: {
        'flotilla.provider': 'anthropic',
        'flotilla.anthropic.baseUrl': server.url,
        'workbench.colorTheme': theme,
      },
    });
    runs = createRunDriver(window);
    await window.palette('Flotilla: Set API Key');
    await window.answer(key);
    await window.palette('Flotilla: Start Run');
    await window.answer(task);
    await window.pick('orchestrate');
    await window.showFleet();
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') {
      await window.screenshot(this.currentTest.fullTitle().replace(/\W+/g, '-'));
    }
  });

  after(async () => {
    await window.close();
    await server.close();
  });

  it('sees the same command of two agents as one question, and allows it once for both', async () => {
    await runs.eventually('two want the same', () => runs.hasRow(/^(One|Two) wants to run a command, like 1 other/));
    await runs.eventually('a change waits', () => runs.hasRow(/^Three wants to change a file: Create books\.md/));
    await picture('grouped');
    await window.row('run a command').click();
    await dialog().getByText('Asked by').waitFor();
    assert.match(await dialog().innerText(), /One[\s\S]*Two[\s\S]*node -p 6\*7/);
    await picture('command');
    await dialog().getByRole('button', { name: 'Allow Once', exact: true }).click();
    await runs.eventually('the second is done', () => runs.hasRow(/^Two, general agent, done/));
  });

  it('is led on to the change that waits, which it sees as a diff and allows', async () => {
    await window.page
      .getByPlaceholder(/Make the change shown/)
      .first()
      .waitFor();
    await picture('write');
    await window.pick('Allow once');
    await runs.eventually('the file is there', async () => has('books.md'));
  });

  it('is asked again for what was allowed once, and denies it with a reason that the agent reads', async () => {
    await dialog().getByRole('button', { name: 'Deny with Reason…' }).click();
    await window.answer('Once is enough');
    await runs.eventually('the first is done', () => runs.hasRow(/^One, general agent, done/));
    const told = server.seen.some(({ request }) => JSON.stringify(request.messages).includes('Once is enough'));
    assert.ok(told, 'the agent was told why');
  });

  it('denies another change, by the row that asks', async () => {
    await runs.eventually('the next change waits', () => runs.hasRow(/^Three wants to .*secret-books\.md/));
    if (
      !(await window.page
        .getByPlaceholder(/Make the change shown/)
        .first()
        .isVisible())
    ) {
      await window.row('Three wants to').click();
    }
    await window.page
      .getByPlaceholder(/Make the change shown/)
      .first()
      .waitFor();
    await window.pick('Deny');
    await runs.eventually('the run is done', () => runs.hasRow(new RegExp(`^Run ${task}, done`)));
    assert.ok(!has('secret-books.md'));
  });

  it('undoes what one agent did', async () => {
    const readme = readFileSync(join(window.folder, 'README.md'), 'utf8');
    await window.palette('Flotilla: Undo Changes');
    await window.pick('Three');
    await window.page.getByText('All its changes').waitFor();
    await picture('undo');
    await window.pick('All its changes');
    await dialog().getByRole('button', { name: 'Undo' }).waitFor();
    await picture('undo-confirm');
    await dialog().getByRole('button', { name: 'Undo' }).click();
    await runs.eventually('the file is gone', async () => !has('books.md'));
    assert.equal(readFileSync(join(window.folder, 'README.md'), 'utf8'), readme);
    await picture('undone');
  });
});
