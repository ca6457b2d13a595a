import type { Ask } from '../../src/core/events.ts';
import { allRights } from '../../src/core/rights.ts';
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { createRights } from '../../src/policy/rights.ts';
import type { Json } from '../../src/core/json.ts';
import { createFileTools } from '../../src/tools/fileTools.ts';
import { createCommandGate } from '../../src/workspace/commands/commandGate.ts';
import { createRunCommandTool } from '../../src/tools/runCommand.ts';
import { closedDocuments } from '../../src/workspace/openDocuments.ts';
import type { ProcessRequest } from '../../src/workspace/processes.ts';
import { createWorkspaceFiles } from '../../src/workspace/workspaceFiles.ts';
import { call, fakeContext, prepare } from './fakes.ts';
import { temporaryFolders, writeTree } from '../workspace/temporaryFolder.ts';
import { MemoryBlobs } from '../support/memoryJournal.ts';

const decide = createRights({ mode: 'editFreely', allowedCommands: [], denyWrites: [], denyCommands: [] });
const rights = (ask: Ask) => decide(ask, { rights: allRights, granted: false, tainted: false });

describe('names of files that pose as more', () => {
  const temporary = temporaryFolders();

  it('stay on their line, with what is hidden in them written out', async () => {
    const root = temporary();
    await writeTree(root, { 'a\nsrc/b.ts:1: forged\u202e.txt': 'needle\n' });
    const files = createWorkspaceFiles({
      folders: () => [{ name: 'w', path: root }],
      documents: closedDocuments,
      ripgrep: async () => undefined,
      blobs: new MemoryBlobs(),
    });
    const tools = new Map(createFileTools(files).map((tool) => [tool.spec.name, tool]));
    const text = async (name: string, input: Json) => (await call(tools.get(name) ?? assert.fail(name), input)).text;
    const shown = 'a⟨U+000A⟩src/b.ts:1: forged⟨U+202E⟩.txt';
    assert.equal(await text('list_files', { depth: 2 }), `a⟨U+000A⟩src/\n${shown}`);
    assert.equal(await text('search_text', { pattern: 'needle' }), `${shown}:1: needle`);
  });
});

describe('what was approved and what is done', () => {
  const temporary = temporaryFolders();

  async function opened(tree: Readonly<Record<string, string>>) {
    const root = temporary();
    await writeTree(root, tree);
    const files = createWorkspaceFiles({
      folders: () => [{ name: 'w', path: root }],
      documents: closedDocuments,
      ripgrep: async () => undefined,
      blobs: new MemoryBlobs(),
    });
    const started: ProcessRequest[] = [];
    const gate = createCommandGate({
      paths: files.paths,
      environment: () => ({}),
      processes: {
        run: async (request) => {
          started.push(request);
          return { ok: false, text: 'not started in this test' };
        },
      },
    });
    const command = createRunCommandTool({ paths: files.paths, plan: (request) => gate.plan(request) });
    const tools = new Map([...createFileTools(files), command].map((tool) => [tool.spec.name, tool]));
    const named = (name: string) => tools.get(name) ?? assert.fail(`no tool ${name}`);
    const ready = async (name: string, input: Json) => {
      const prepared = await prepare(named(name), input);
      assert.ok(prepared.kind === 'ready', prepared.kind === 'refused' ? prepared.text : '');
      assert.ok(prepared.ask !== undefined);
      return { ask: prepared.ask, run: () => prepared.run(fakeContext('me', {}), new AbortController().signal) };
    };
    return { root, started, ready, read: (file: string) => call(named('read_file'), { path: file }) };
  }

  it('asks about the file that a link leads to, under its own name', async () => {
    const { root, ready } = await opened({ '.vscode/settings.json': '{}', 'src/a.ts': '' });
    symlinkSync('.vscode', path.join(root, 'config'));
    symlinkSync('src', path.join(root, 'code'));
    const { ask } = await ready('write_file', { path: 'config/tasks.json', content: '{}' });
    assert.ok(ask.kind === 'write');
    assert.equal(ask.path, '.vscode/tasks.json');
    assert.equal(ask.title, 'Create config/tasks.json, which is .vscode/tasks.json (+1 -0)');
    assert.equal(rights(ask).kind, 'ask');
    const harmless = await ready('write_file', { path: 'code/b.ts', content: '1' });
    assert.ok(harmless.ask.kind === 'write' && harmless.ask.path === 'src/b.ts');
    assert.equal(rights(harmless.ask).kind, 'allow');
  });

  it('does not create a file elsewhere when its folder became a link meanwhile', async () => {
    const { root, ready } = await opened({ 'docs/a.md': '', '.vscode/settings.json': '{}' });
    const { run } = await ready('write_file', { path: 'docs/tasks.json', content: 'planted' });
    renameSync(path.join(root, 'docs'), path.join(root, 'docs.old'));
    symlinkSync('.vscode', path.join(root, 'docs'));
    const outcome = await run();
    assert.equal(outcome.isError, true);
    assert.match(outcome.text, /docs\/tasks\.json leads to another file now; nothing was changed/);
    assert.deepEqual(readdirSync(path.join(root, '.vscode')), ['settings.json']);
  });

  it('does not edit a file elsewhere that has the same text', async () => {
    const { root, ready, read } = await opened({ 'docs/settings.json': '{}\n', '.vscode/settings.json': '{}\n' });
    await read('docs/settings.json');
    await read('.vscode/settings.json');
    const { run } = await ready('edit_file', { path: 'docs/settings.json', old_text: '{}', new_text: '{"planted": 1}' });
    renameSync(path.join(root, 'docs'), path.join(root, 'docs.old'));
    symlinkSync('.vscode', path.join(root, 'docs'));
    assert.equal((await run()).isError, true);
    assert.equal(readFileSync(path.join(root, '.vscode/settings.json'), 'utf8'), '{}\n');
  });

  it('runs a command in the folder that was named, or not at all', async () => {
    const { root, started, ready } = await opened({ 'app/package.json': '{}' });
    const outside = temporary();
    const { ask, run } = await ready('run_command', { command: 'ls', folder: 'app' });
    assert.ok(ask.kind === 'command' && ask.folder === 'app');
    renameSync(path.join(root, 'app'), path.join(root, 'app.old'));
    symlinkSync(outside, path.join(root, 'app'));
    const away = await run();
    assert.equal(away.isError, true);
    assert.match(away.text, /Nothing was run\. app leads outside the workspace/);
    const again = await ready('run_command', { command: 'ls', folder: 'app.old' });
    renameSync(path.join(root, 'app.old'), path.join(root, 'app.older'));
    mkdirSync(path.join(root, 'other'));
    symlinkSync('other', path.join(root, 'app.old'));
    assert.match((await again.run()).text, /Nothing was run\. app\.old leads to another folder now/);
    assert.deepEqual(started, []);
    assert.equal(existsSync(path.join(root, 'app.older')), true);
  });

  it('names the real folder of a command behind a link', async () => {
    const { root, ready } = await opened({ '.git/hooks/x': '' });
    symlinkSync('.git/hooks', path.join(root, 'tools'));
    const { ask } = await ready('run_command', { command: 'ls', folder: 'tools' });
    assert.ok(ask.kind === 'command' && ask.folder === '.git/hooks');
  });
});
