import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { clearFleet, command, flotilla, isOver, until } from './support/flotilla.ts';

describe('a run as a whole', function () {
  this.timeout(90_000);
  afterEach(clearFleet);

  it('is killed by the command for agents when that is given a run, and with it what waits', async () => {
    const api = await flotilla();
    const { runId } = await api.startRun({ task: 'Find bugs in the sources and repair one of them', workflow: 'orchestrate' });
    await until(api, ({ agents }) => agents.length >= 3);
    assert.equal(api.snapshot().runs.find(({ id }) => id === runId)?.workflow, 'orchestrate');
    const killed = await command('killAgent', runId);
    assert.ok(killed.ok && killed.reached >= 3);
    const run = await until(api, ({ runs, agents }) => agents.every(isOver) && runs.find(({ id }) => id === runId));
    assert.ok(run.tasks.every(({ status }) => status !== 'running' && status !== 'waiting'));
    assert.equal(run.phase, 'killed');
  });

  it('pauses and goes on', async () => {
    const api = await flotilla();
    const { runId } = await api.startRun({ task: 'Find bugs in the sources and repair one of them' });
    const phase = (wanted: string) => until(api, ({ runs }) => runs.some(({ id, phase: is }) => id === runId && is === wanted));
    await phase('running');
    assert.ok((await command('pauseRun', runId)).ok);
    await phase('paused');
    assert.ok((await command('resumeRun', runId)).ok);
    await phase('running');
    const twice = await command('resumeRun', runId);
    assert.ok(!twice.ok && twice.next !== '');
  });

  it('is refused for a workflow there is not, with those there are', async () => {
    const nowhere = await command('startRun', 'Look', { workflow: 'code-revue' });
    assert.ok(!nowhere.ok && nowhere.code === 'unknown' && nowhere.next.includes('code-review'));
    const same = await command('startWorkflow', 'code-revue', 'Look');
    assert.deepEqual(same, nowhere);
  });

  it('has a result that opens as it reads, and is saved as Markdown or with everything', async () => {
    const api = await flotilla();
    const { runId } = await api.spawnAgent({ task: 'Look at the structure of the sources', agentType: 'scout', label: 'looker' });
    await until(api, ({ runs }) => runs.some(({ id, phase }) => id === runId && phase === 'done'));

    assert.ok((await command('openResult', runId)).ok);
    const document = vscode.workspace.textDocuments.find(({ uri }) => uri.scheme === 'flotilla-result');
    assert.ok(document);
    assert.match(document.getText(), /^# Look at the structure of the sources\n\n\*\*Done\*\* · /);
    assert.match(document.getText(), /\n## Summary\n\n\S/);
    await untilTab(({ input }) => input instanceof vscode.TabInputWebview && input.viewType.includes('markdown'));
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');

    const folder = await mkdtemp(join(tmpdir(), 'flotilla-export-'));
    try {
      assert.ok((await command('exportRun', runId, join(folder, 'run.md'))).ok);
      assert.match(await readFile(join(folder, 'run.md'), 'utf8'), /^# Look at/);
      assert.ok((await command('exportRun', runId, join(folder, 'run.json'))).ok);
      const whole: unknown = JSON.parse(await readFile(join(folder, 'run.json'), 'utf8'));
      assert.ok(typeof whole === 'object' && whole !== null && 'entries' in whole && Array.isArray(whole.entries));
      const text = JSON.stringify(whole);
      assert.ok(text.includes('"runStarted"') && text.includes('"agentEnded"') && text.includes('"criticalPath"'));
      const nowhere = await command('exportRun', 'run-nobody', join(folder, 'x.md'));
      assert.ok(!nowhere.ok && nowhere.code === 'unknown');
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

/** Resolves when there is such a tab; Mocha's own limit ends a wait for one that never comes. */
async function untilTab(fits: (tab: vscode.Tab) => boolean): Promise<void> {
  const isThere = () => vscode.window.tabGroups.all.some((group) => group.tabs.some(fits));
  await new Promise<void>((resolve) => {
    const listening = vscode.window.tabGroups.onDidChangeTabs(() => {
      if (isThere()) {
        listening.dispose();
        resolve();
      }
    });
    if (isThere()) {
      listening.dispose();
      resolve();
    }
  });
}
