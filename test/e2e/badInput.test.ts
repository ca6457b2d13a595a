import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import type { Piece, Reply } from '../support/messagesServer/reply.ts';
import { type MessagesServer, type SeenRequest, startMessagesServer } from '../support/messagesServer/server.ts';
import { openingOf } from '../support/messagesServer/wire.ts';
import { type E2eWindow, openWindow } from './support/openWindow.ts';
import type { Workbench } from './support/workbench.ts';

const key = 'sk-test-0123456789';
type InPage = Workbench & { readonly page: Page };

const call = (name: string, input: Extract<Piece, { type: 'tool_use' }>['input']): Piece => ({
  type: 'tool_use',
  name,
  input: input ?? {},
});
const report: Reply = { pieces: [call('report', { summary: 'I tried it.' })] };

/** A model that is wrong in every way a tool call can be. */
const wrongCalls: readonly Piece[] = [
  { type: 'tool_use', name: 'read_file', json: '{"path": "README.md", "from_line": ' },
  call('teleport', { where: 'moon' }),
  call('read_file', { path: 5 }),
  call('search_text', {}),
  call('read_file', { path: '../../etc/passwd' }),
  call('read_file', { path: 'out-there/passwd' }),
  call('read_file', { path: 'pipe' }),
  call('read_file', { path: 'huge.bin' }),
];

const commands: Readonly<Record<string, string>> = {
  endless: 'sleep 31415 & sleep 31415',
  // A gigabyte goes through the same way in test/workspace/sandbox.
  flood: "yes 'a line that goes on and on' | head -c 268435456",
};

/** Replies by what the agent was told to do. */
function scripted(seen: SeenRequest): Reply {
  const task = openingOf(seen.request);
  const command = Object.keys(commands).find((name) => task.includes(`Run the ${name} command`));
  if (command !== undefined) {
    return seen.turn === 0 ? { pieces: [call('run_command', { command: commands[command], timeout_seconds: 600 })] } : report;
  }
  if (task.includes('Call wrongly')) {
    return seen.turn === 0 ? { pieces: wrongCalls } : report;
  }
  if (task.includes('Write the news')) {
    const write = call('write_file', { path: 'NEWS.md', content: `News\nof turn ${seen.turn}\n` });
    return { pieces: [write], pace: { first: 700 } };
  }
  return report;
}

const eventually = async (what: string, workbench: InPage, holds: () => Promise<boolean>): Promise<void> => {
  for (const until = Date.now() + 30_000; !(await holds()); ) {
    assert.ok(Date.now() < until, `${what}; the sidebar says:\n${await workbench.page.locator('.sidebar').innerText()}`);
    await workbench.page.waitForTimeout(100);
  }
};
const sidebarSays = (workbench: InPage, text: RegExp): Promise<void> =>
  eventually(`the sidebar says ${text}`, workbench, async () => text.test(await workbench.page.locator('.sidebar').innerText()));
const timelineSays = (workbench: InPage, text: RegExp | string): Promise<void> => workbench.webview().getByText(text).first().waitFor();
const noticeSays = (workbench: InPage, text: RegExp): Promise<void> =>
  eventually(`a notification says ${text}`, workbench, async () => (await workbench.notifications()).some((notice) => text.test(notice)));
const processes = (pattern: string): number =>
  execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.trim() === pattern).length;

describe('a window where no agent can work', () => {
  let window: E2eWindow;

  afterEach(() => window.close());

  it('says that a folder must be opened, in the view, the timeline and the refusal', async () => {
    window = await openWindow({ workspace: null });
    await window.showFleet();
    await sidebarSays(window, /in a folder[^]*Open Folder/);
    await window.palette('Flotilla: Start Run');
    await noticeSays(window, /none is open\. Open a folder first/);
    await window.palette('Flotilla: Open Timeline');
    await timelineSays(window, /none is open\. Open a folder first/);
  });

  it('says that the workspace is not trusted, and opens the fleet when it is, without a reload', async () => {
    window = await openWindow({ askForTrust: true });
    await window.showFleet();
    await sidebarSays(window, /not trusted/);
    await window.palette('Flotilla: Open Timeline');
    await timelineSays(window, /not trusted[^]*Trust the workspace/);
    await window.palette('Workspaces: Manage Workspace Trust');
    await window.page
      .getByRole('button', { name: /^Trust/ })
      .first()
      .click();
    await sidebarSays(window, /Start a Run/);
  });
});

describe('bad input in a window', () => {
  let server: MessagesServer;
  let window: E2eWindow;
  const lane = (label: string) => window.webview().getByRole('treeitem', { name: new RegExp(`^${label},`) });
  const rowSays = (label: string, text: RegExp) =>
    eventually(`the row of ${label} says ${text}`, window, async () =>
      text.test((await window.row(label).getAttribute('aria-label')) ?? ''),
    );
  /** By hand: the type, then the task; the row is then named after the type. */
  const spawn = async (task: string) => {
    await window.palette('Flotilla: Spawn Agent…');
    await window.pick('general');
    await window.answer(task);
  };
  const journal = (): string => {
    const root = join(window.dataFolder, 'data', 'User', 'workspaceStorage');
    const files = readdirSync(root).map((name) => join(root, name, 'flotilla.flotilla', 'journal.jsonl'));
    return files.find((file) => existsSync(file)) ?? assert.fail('there is no journal');
  };

  before(async () => {
    server = await startMessagesServer({ key, models: ['claude-opus-5-5', 'claude-sonnet-5-5'], script: scripted });
    window = await openWindow({
      settings: {
        'flotilla.provider': 'anthropic',
        'flotilla.anthropic.baseUrl': server.url,
        'flotilla.models.lead': 'claude-nobody-1',
        'flotilla.approvals.mode': 'editFreely',
        // A file of two gigabytes lies in the folder, so that no checkpoint could be kept; and the processes are counted by what they run.
        'flotilla.checkpoints': 'off',
        'flotilla.sandbox': 'off',
        'flotilla.approvals.allowedCommands': Object.values(commands),
      },
    });
    symlinkSync('/etc', join(window.folder, 'out-there'));
    execFileSync('mkfifo', [join(window.folder, 'pipe')]);
    writeFileSync(join(window.folder, 'huge.bin'), '');
    truncateSync(join(window.folder, 'huge.bin'), 2 ** 31);
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

  it('an empty task starts nothing', async () => {
    await window.palette('Flotilla: Start Run');
    await window.answer('');
    await noticeSays(window, /The task is empty\. Say in a sentence/);
    assert.deepEqual(await window.treeRows(), []);
  });

  it('without a key, the endpoint is said to want one, and the way there is a button', async () => {
    await spawn('Look around');
    await rowSays('general', /failed: key not accepted/);
    await noticeSays(window, /wants a key, and none is stored/);
    await window.page.locator('.notifications-center').getByRole('button', { name: 'Set API Key' }).click();
    await window.answer(key);
  });

  it('an unknown model is named, with the settings to change', async () => {
    await window.palette('Flotilla: Start Run');
    await window.answer('Look around with a model that is not there');
    await window.pick('orchestrate');
    await rowSays('lead', /failed: unknown model/);
    await timelineSays(window, /knows no model "claude-nobody-1"/);
    await timelineSays(window, /flotilla\.models\.lead/);
  });

  it('wrong tool calls are told apart in the transcript, and the agent goes on', async () => {
    await window.palette('Flotilla: Delete Ended Agents');
    await window.page.locator('.monaco-dialog-box').getByRole('button', { name: 'Delete' }).click();
    await spawn('Call wrongly');
    await rowSays('general', /done/);
    await lane('general').click();
    const told = [
      /could not be read.*Nothing was run/,
      /There is no tool "teleport"/,
      /path: expected a string, got 5/,
      /pattern: missing; expected a string/,
      /contains "\.\."/,
      /outside the workspace through a symbolic link/,
      /is a named pipe/,
      /2\.0 GB large/,
    ];
    await window
      .webview()
      .locator('.transcript-scroll')
      .evaluate((list) => list.scrollTo(0, 0));
    for (const text of told) {
      await timelineSays(window, text);
    }
  });

  it('a command that never ends is killed by hand, with all it started', async () => {
    await spawn('Run the endless command');
    await eventually('both processes run', window, async () => processes('sleep 31415') === 2);
    await window.palette('Flotilla: Kill Agent');
    await window.pick('general');
    await eventually('no process is left', window, async () => processes('sleep 31415') === 0);
    await eventually('it is killed', window, async () => (await window.treeRows()).some((row) => row.includes('killed by you')));
    await window.palette('Flotilla: Kill Agent');
    await noticeSays(window, /No agent is at work/);
    await window.palette('Flotilla: Steer Agent');
    await noticeSays(window, /No agent is at work/);
  });

  it('a command that prints without end in sight leaves the window usable', async () => {
    await spawn('Run the flood command');
    await rowSays('general', /Run yes/);
    await window.palette('Flotilla: Open Timeline');
    await lane('general').last().click();
    await timelineSays(window, 'a line that goes on and on');
    await rowSays('general', /done/);
  });

  it('an editor shows who works there, and what is selected goes along with an instruction', async () => {
    await spawn('Write the news');
    await eventually('the news are there', window, async () => existsSync(join(window.folder, 'NEWS.md')));
    await window.openFile('NEWS.md');
    const lens = window.page.locator('.codelens-decoration a');
    await lens.filter({ hasText: 'general is editing here' }).waitFor();
    for (const title of ['Steer', 'Wrap Up', 'Kill']) {
      assert.equal(await lens.filter({ hasText: new RegExp(`^${title}$`) }).count(), 1, title);
    }
    await window.page.locator('.monaco-editor .view-line', { hasText: 'News' }).first().click();
    await window.page.keyboard.press('Control+a');
    await window.palette('Flotilla: Steer Agent from Editor');
    await window.pick('general');
    await window.answer('Say more about these lines');
    await window.palette('Flotilla: Open Timeline');
    await lane('general').last().click();
    await timelineSays(window, /Say more about these lines/);
    await timelineSays(window, /read before turn \d+/);
    await window.webview().getByRole('button', { name: 'NEWS.md' }).first().waitFor();
    await window.palette('Flotilla: Kill All Agents');
    await window.page.locator('.monaco-dialog-box').getByRole('button', { name: 'Kill All' }).click();
    await eventually('nothing is at work', window, async () => !(await window.treeRows()).some((row) => row.includes('at work')));
  });

  it('a row opens its transcript by keyboard', async () => {
    await window.showFleet();
    await window.page.keyboard.press('Home');
    await window.page.keyboard.press('ArrowDown');
    await window.page.keyboard.press('Enter');
    await window.webview().locator('.agent-header h2', { hasText: 'general' }).waitFor();
  });

  it('a second window says that it can only look, asks for nothing, and takes over when the first is gone', async () => {
    const second = await window.openAgain();
    await second.showFleet();
    await sidebarSays(second, /has this workspace open, so this window can only look/);
    await second.palette('Flotilla: Open Timeline');
    await second
      .webview()
      .getByRole('status')
      .getByText(/can only look/)
      .waitFor();
    await second.palette('Flotilla: Start Run');
    await noticeSays(second, /can only look/);
    assert.equal(await second.page.locator('.quick-input-title:visible', { hasText: 'New Run' }).count(), 0, 'no task is asked for');
    await window.page.goto('about:blank');
    await second.palette('Flotilla: Open Fleet Again');
    await eventually(
      'the second can write',
      second,
      async () => !/can only look|Opening/.test(await second.page.locator('.sidebar').innerText()),
    );
    assert.ok((await second.treeRows()).some((row) => row.includes('Write the news')));
    await second.page.goto('about:blank');
  });

  it('a damaged journal is told with its line, nothing is changed, and a person can go on from the facts before it', async () => {
    const file = journal();
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    const damaged = lines.with(lines.length >> 1, (lines[lines.length >> 1] ?? '').replace('"', '?')).join('\n');
    writeFileSync(file, damaged);
    const again = await window.openAgain();
    await again.showFleet();
    await noticeSays(again, /is damaged \([^]*line \d+[^]*Nothing was changed/);
    await sidebarSays(again, /is damaged[^]*Call wrongly/);
    assert.equal(readFileSync(file, 'utf8'), damaged);
    await again.page.locator('.notifications-center').getByRole('button', { name: 'Keep It Aside and Go On' }).click();
    await noticeSays(again, /set aside as/);
    await eventually(
      'the rest can be written',
      again,
      async () => !/is damaged|Opening/.test(await again.page.locator('.sidebar').innerText()),
    );
    assert.ok((await again.treeRows()).some((row) => row.includes('Call wrongly')));
  });
});
