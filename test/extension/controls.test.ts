import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { clearFleet, command, flotilla, isOver, until } from './support/flotilla.ts';

const task = 'Find bugs in the sources and repair one of them';

describe('a practice run under way', function () {
  this.timeout(90_000);
  afterEach(clearFleet);

  it('spawns workers below its lead; kill stops one of them alone, kill all stops the rest', async () => {
    const api = await flotilla();
    const { runId, agentId: leadId } = await api.startRun({ task });
    const workers = await until(api, ({ agents }) => {
      const below = agents.filter((agent) => agent.parentId === leadId);
      return below.length >= 3 && below;
    });
    assert.ok(workers.every((worker) => worker.runId === runId && worker.provider === 'practice'));
    const [victim, ...rest] = workers;
    assert.ok(victim);

    const killed = await command('killAgent', victim.id);
    assert.deepEqual(killed, { ok: true, reached: 1, runId, agentId: victim.id });
    await until(api, ({ agents }) => agents.find(({ id }) => id === victim.id)?.phase === 'killed');
    const others = api.snapshot().agents.filter(({ id }) => rest.some((worker) => worker.id === id) || id === leadId);
    assert.ok(others.every(({ phase }) => phase !== 'killed'));

    const again = await command('killAgent', victim.id);
    assert.ok(!again.ok && again.code === 'ended' && again.next !== '');
    const steeredLate = await command('steerAgent', victim.id, 'Too late');
    assert.ok(!steeredLate.ok && steeredLate.code === 'ended');

    const all = await command('killAll', true);
    assert.ok(all.ok && all.reached >= 1);
    await until(api, ({ agents }) => agents.every(isOver));
    assert.equal(api.snapshot().runs.find(({ id }) => id === runId)?.phase, 'killed');
  });

  it('pauses, resumes and takes a steering message from plain arguments', async () => {
    const api = await flotilla();
    const { agentId } = await api.spawnAgent({ task: 'Look at the structure of the sources', agentType: 'scout', label: 'watched' });
    await until(api, ({ agents }) => agents.some(({ id, phase }) => id === agentId && phase === 'thinking'));
    assert.ok((await command('pauseAgent', agentId)).ok);
    await until(api, ({ agents }) => agents.some(({ id, phase }) => id === agentId && phase === 'paused'));
    assert.ok((await command('steerAgent', agentId, 'Look at the tests only')).ok);
    assert.ok((await command('resumeAgent', agentId)).ok);
    await until(api, ({ agents }) => agents.some(({ id, phase }) => id === agentId && phase !== 'paused'));
    const resumedTwice = await command('resumeAgent', agentId);
    assert.ok(!resumedTwice.ok && resumedTwice.code === 'notPaused');
  });

  it('asks before it changes a file, and a denied change is not made', async () => {
    const api = await flotilla();
    const folder = vscode.workspace.workspaceFolders?.[0];
    assert.ok(folder);
    await api.spawnAgent({ task: 'Make one small improvement that is certainly safe, then run a harmless command', agentType: 'builder' });
    const ask = await until(api, ({ approvals }) => approvals.find(({ kind }) => kind === 'write'));
    const path = /^\+\+\+ (?:b\/)?([^\t\n]+)/m.exec(ask.plan)?.[1];
    assert.ok(path, `no path in ${ask.plan}`);
    const file = vscode.Uri.joinPath(folder.uri, path);
    const before = Buffer.from(await vscode.workspace.fs.readFile(file)).toString();

    const misfit = await command('reviewApprovals', ask.id, { kind: 'reply', text: 'yes' });
    assert.ok(!misfit.ok && misfit.code === 'invalid');
    assert.ok((await command('reviewApprovals', ask.id, { kind: 'deny', reason: 'Not now' })).ok);
    await until(api, ({ approvals }) => approvals.every(({ id }) => id !== ask.id));
    const twice = await command('reviewApprovals', ask.id, { kind: 'allow' });
    assert.ok(!twice.ok && twice.code === 'unknown');
    assert.equal(Buffer.from(await vscode.workspace.fs.readFile(file)).toString(), before);
  });

  it('says what is wrong with bad requests and does nothing', async () => {
    const api = await flotilla();
    const empty = await command('startRun', '   ');
    assert.ok(!empty.ok && empty.code === 'invalid' && empty.next !== '');
    const unknown = await command('killAgent', 'agent-nobody');
    assert.ok(!unknown.ok && unknown.code === 'unknown');
    await assert.rejects(api.kill('agent-nobody'), (error) => error instanceof Error && 'code' in error && error.code === 'unknown');
    await assert.rejects(api.steer('not an id', 'x'), { name: 'FlotillaError' });
    await assert.rejects(api.spawnAgent({ task: 'x', agentType: 'wizard' }), /agent type/);
    const nobody = await command('killAll', true);
    assert.ok(!nobody.ok);
    assert.deepEqual(api.snapshot().agents, []);
  });

  it('gives a snapshot that is plain JSON', async () => {
    const api = await flotilla();
    await api.spawnAgent({ task: 'Look around', agentType: 'scout' });
    const snapshot = api.snapshot();
    assert.deepEqual(JSON.parse(JSON.stringify(snapshot)), snapshot);
    assert.equal(snapshot.available, true);
    assert.equal(snapshot.agents[0]?.parentId, null);
    const [task] = snapshot.runs[0]?.tasks ?? [];
    assert.ok(task !== undefined && task.agentId === snapshot.agents[0]?.id);
    assert.equal(snapshot.agents[0]?.taskId, task.id);
  });
});

describe('settings and key', () => {
  it('takes nothing from a workspace', async () => {
    const configuration = vscode.workspace.getConfiguration('flotilla');
    await assert.rejects(Promise.resolve(configuration.update('approvals.mode', 'autonomous', vscode.ConfigurationTarget.Workspace)));
    assert.equal(vscode.workspace.getConfiguration('flotilla').get('approvals.mode'), 'ask');
  });

  it('keeps a key without giving it back, refuses what cannot be one, and forgets it', async () => {
    const stored = await command('setApiKey', 'sk-test-1234');
    try {
      assert.ok(stored.ok && !JSON.stringify(stored).includes('sk-test'));
      const broken = await command('setApiKey', 'two words');
      assert.ok(!broken.ok && broken.code === 'invalid' && !JSON.stringify(broken).includes('two words'));
    } finally {
      assert.ok((await command('setApiKey', '')).ok);
    }
    assert.equal(process.env['ANTHROPIC_API_KEY'], undefined);
  });
});
