import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type MessagesServer, startMessagesServer } from '../support/messagesServer/server.ts';
import { type E2eWindow, openWindow } from './support/openWindow.ts';
import { createRunDriver, type RunDriver } from './support/runs.ts';
import { call, report, scriptedTeam } from './support/scripted.ts';

const key = 'sk-test-0123456789';
const pause = 'sleep 6';
const write = (path: string, content: string) => call('write_file', { path, content });

/** The second wants the file that the first has begun and goes on with after a command. */
const team = scriptedTeam({
  First: [write('list.md', 'one\n'), call('run_command', { command: pause }), report('The list begins with one.')],
  Second: [
    call('run_command', { command: 'sleep 2' }),
    call('read_file', { path: 'list.md' }),
    call('edit_file', { path: 'list.md', old_text: 'one\n', new_text: 'one\ntwo\n' }),
    report('The list goes on with two.'),
  ],
});

/** One writer for each file, as a person sees it. */
describe('a person whose agents share files one by one', function () {
  this.timeout(180_000);
  let server: MessagesServer;
  let window: E2eWindow;
  let runs: RunDriver;

  before(async () => {
    server = await startMessagesServer({ key, script: team });
    window = await openWindow({
      settings: {
        'flotilla.provider': 'anthropic',
        'flotilla.anthropic.baseUrl': server.url,
        'flotilla.approvals.mode': 'editFreely',
        'flotilla.approvals.allowedCommands': [pause, 'sleep 2'],
        'flotilla.sharedFiles': 'wait',
        'workbench.colorTheme': process.env['FLOTILLA_E2E_THEME'] ?? 'Default Light Modern',
      },
    });
    runs = createRunDriver(window);
    await window.palette('Flotilla: Set API Key');
    await window.answer(key);
  });

  after(async () => {
    await window.close();
    await server.close();
  });

  it('sees who waits for whom, in the row and on the lanes, and both changes in the end', async () => {
    await window.palette('Flotilla: Start Run');
    await window.answer('Make a list');
    await window.pick('orchestrate');
    await window.showFleet();
    await runs.eventually('the second waits for the file', () => runs.hasRow(/^Second, .*waiting for list\.md, which First writes/));
    await window.screenshot('shared/waits');
    await runs.eventually('the run is done', () => runs.hasRow(/^Run Make a list, done/));
    assert.equal(readFileSync(join(window.folder, 'list.md'), 'utf8'), 'one\ntwo\n');
    await window.screenshot('shared/done');
  });
});
