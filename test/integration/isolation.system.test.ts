import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EventOf } from '../../src/core/events.ts';
import type { DefinitionText } from '../../src/orchestrator/ports.ts';
import type { FleetCommandInput, SpawnRequest } from '../../src/core/commands.ts';
import { toId } from '../../src/core/ids.ts';
import { changesOf, fileKey } from '../../src/core/review/changes.ts';
import { overlapsOf } from '../../src/core/review/overlaps.ts';
import { isLive, outcomeOf } from '../../src/core/selectors.ts';
import type { Agent, FleetState } from '../../src/core/state.ts';
import { openRealFleet, type RealFleet } from '../support/realFleet.ts';
import { call, Gate, report, ScriptedModel, type Script, shaped } from '../support/scriptedModel.ts';
import { temporaryFolders, writeTree } from '../workspace/temporaryFolder.ts';

/*
 * Agents in worktrees of their own, in the shipped assembly: a real repository, the real tools, a scripted model.
 */

const git = (folder: string, ...args: readonly string[]): string =>
  execFileSync('git', ['-c', 'user.name=Person', '-c', 'user.email=person@example.org', ...args], { cwd: folder, encoding: 'utf8' }).trim();

const edit = (from: string, to: string, path = 'a.txt') => call('edit_file', { path, old_text: from, new_text: to });
const read = (path = 'a.txt') => call('read_file', { path });
const done = (what: string) => report(`Changed the greeting in a.txt: ${what}.`);

interface Task {
  readonly id: string;
  readonly agentType: string;
  readonly dependencies?: readonly string[];
}

describe('agents in worktrees of their own', function () {
  this.timeout(60_000);
  const temporary = temporaryFolders();
  let real: RealFleet | undefined;
  let model: ScriptedModel;

  afterEach(async () => {
    await real?.close();
    real = undefined;
  });

  async function open(
    scripts: Readonly<Record<string, Script>>,
    settings: Readonly<Record<string, unknown>> = {},
    definitions: readonly DefinitionText[] = [],
  ): Promise<RealFleet> {
    const source = temporary();
    await writeTree(source, { 'a.txt': 'one\ntwo\nthree\nfour\nfive\nsix\nseven\n', 'b.txt': 'b\n' });
    git(source, 'init', '-q', '-b', 'main');
    git(source, 'add', '-A');
    git(source, 'commit', '-q', '-m', 'first');
    await writeTree(source, { 'b.txt': 'not committed\n' });
    model = new ScriptedModel(scripts, { labelOf: (request) => labelOf(real?.fleet.state.agents[request.agentId]) });
    real = await openRealFleet({
      source,
      provider: model,
      definitions,
      settings: { isolation: 'worktree', 'approvals.mode': 'editFreely', ...settings },
    });
    return real;
  }

  const labelOf = (agent: Agent | undefined) => agent?.taskId ?? agent?.label;
  const agentOf = (state: FleetState, task: string): Agent | undefined =>
    Object.values(state.agents).find((agent) => labelOf(agent) === task);
  const known = (task: string): Agent => agentOf(real?.fleet.state ?? assert.fail(), task) ?? assert.fail(`No agent of ${task}`);
  const folderOf = (task: string) => known(task).workplace?.folder ?? assert.fail(`${task} has no folder`);
  const textIn = (folder: string, path = 'a.txt') => readFileSync(join(folder, path), 'utf8');
  const execute = (command: FleetCommandInput) => {
    const result = real?.fleet.execute(command) ?? assert.fail();
    assert.ok(result.ok, result.ok ? '' : `${result.rejection.message} ${result.rejection.next}`);
    return result.accepted;
  };
  const isOver = (state: FleetState) =>
    Object.values(state.agents).length > 0 && Object.values(state.agents).every((agent) => !isLive(agent));
  const failure = (task: string) => {
    const outcome = outcomeOf(known(task));
    return outcome?.kind === 'failed' ? `${outcome.failure.message} ${outcome.failure.next}` : `no failure: ${outcome?.kind}`;
  };
  const told = (task: string) => JSON.stringify(model.requests.findLast(({ label }) => label === task)?.request.messages);

  /** Adds tasks to the plan of a run whose first agent waits for nothing. */
  function addTasks(tasks: readonly Task[]): void {
    const [run] = Object.values(real?.fleet.state.runs ?? {});
    execute({
      type: 'changePlan',
      runId: run?.id ?? assert.fail('no run'),
      reason: 'the test',
      changes: tasks.map(({ id, agentType, dependencies = [] }) => ({
        kind: 'add',
        task: {
          id: toId('task', id),
          title: id,
          agentType,
          dependencies: dependencies.map((one) => toId('task', one)),
          brief: { objective: `Do ${id}.` },
        },
      })),
    });
  }

  /** A review of the run shows what each changed against what it began with, and takes back in the folder of one alone. */
  async function reviewBoth(tasks: readonly string[], state: FleetState, filesOf: RealFleet['filesOf']): Promise<void> {
    const ids = tasks.map((task) => known(task).id);
    assert.deepEqual([...(overlapsOf(state).byPath.get('a.txt')?.agents ?? [])].sort(), [...ids].sort(), 'shown before they are merged');
    const files = changesOf(state, { kind: 'run', runId: known('left').runId });
    assert.deepEqual(new Set(files.map(fileKey)), new Set(tasks.map((task) => `${known(task).workplace?.id}:a.txt`)));
    for (const [index, id] of ids.entries()) {
      const file = files.find(({ agents }) => agents.includes(id)) ?? assert.fail(`nothing of ${id}`);
      const { review } = filesOf(id);
      const seen = await review.look(file);
      assert.ok(seen.ok, seen.ok ? '' : seen.text);
      assert.deepEqual(
        seen.hunks.map(({ removed, added }) => [removed, added]),
        [['one\n', `${tasks[index]}\n`]],
      );
      if (index === 0) {
        assert.equal((await review.reject(file, seen, new Set(seen.hunks.map((hunk) => hunk.id)))).ok, true);
      }
    }
    assert.deepEqual(
      tasks.map((task) => textIn(folderOf(task)).split('\n')[0]),
      ['one', tasks[1]],
    );
  }

  it('lets two builders change the same file, each in its own folder, and a reviewer see the work of the one it depends on', async () => {
    const both = new Gate();
    const { fleet, workspace, until, errors, filesOf } = await open({
      lead: [report('Planned the change of the greeting in a.txt for two builders.')],
      // Told meanwhile that the other changes the same file, it reports once more.
      left: [read(), edit('one', 'left'), shaped({ before: both }, done('left')), done('left'), done('left')],
      // Told meanwhile that the other changes the same file, it reports once more.
      right: [read(), edit('one', 'right'), shaped({ before: both }, done('right')), done('right'), done('right')],
      review: [read(), report('The greeting in a.txt says left now, as it should.')],
    });
    execute({ type: 'startRun', task: 'lead' });
    addTasks([
      { id: 'left', agentType: 'builder' },
      { id: 'right', agentType: 'builder' },
      { id: 'review', agentType: 'reviewer', dependencies: ['left'] },
    ]);
    await until((state) => ['left', 'right'].every((task) => (agentOf(state, task)?.filesChanged.length ?? 0) > 0));
    both.open();
    await until((state) => isOver(state) && agentOf(state, 'review') !== undefined);

    assert.equal(textIn(workspace).split('\n')[0], 'one', 'the open folder is as it was');
    assert.deepEqual(
      ['left', 'right'].map((task) => textIn(folderOf(task)).split('\n')[0]),
      ['left', 'right'],
    );
    assert.equal(textIn(folderOf('left'), 'b.txt'), 'not committed\n', 'it begins with what the person sees');
    assert.equal(folderOf('review'), folderOf('left'));
    assert.match(told('review'), /left\\n|\bleft\b/);
    assert.equal(known('lead').workplace, undefined, 'who only leads works in the open folder');
    for (const task of ['left', 'right']) {
      const { captured, workplace } = known(task);
      assert.equal(captured?.changed, true);
      assert.equal(git(workspace, 'show', `${captured?.commit}:a.txt`).split('\n')[0], task);
      assert.equal(git(workspace, 'rev-parse', `refs/flotilla/work/${workplace?.id}`), captured?.commit);
    }
    assert.equal(known('review').captured, undefined, 'who may change nothing has no work to keep');
    assert.equal(git(workspace, 'status', '--porcelain'), 'M b.txt');
    assert.deepEqual([errors, model.violations], [[], []]);
    await reviewBoth(['left', 'right'], fleet.state, filesOf);
  });

  it('goes on in the same folder after a reload, and keeps the work of deleted agents under a name', async () => {
    const stop = new Gate();
    const { workspace, until } = await open({
      lead: [report('Planned the change of the greeting in a.txt for one builder.')],
      left: (_, turn) =>
        [read(), edit('one', 'left'), shaped({ before: stop }, done('left')), read(), edit('two', 'zwei'), done('left')][turn] ??
        done('left'),
    });
    execute({ type: 'startRun', task: 'lead' });
    addTasks([{ id: 'left', agentType: 'builder' }]);
    await until((state) => (agentOf(state, 'left')?.filesChanged.length ?? 0) > 0 && agentOf(state, 'lead')?.stage === 'ended');
    const folder = folderOf('left');
    await model.requested('left', 3);
    await real?.reopen();
    assert.equal(known('left').workplace?.folder, folder);
    assert.equal(outcomeOf(known('left'))?.kind, 'interrupted');
    execute({ type: 'resumeAgent', agentId: known('left').id });
    await real?.until(isOver);
    assert.equal(folderOf('left'), folder);
    assert.deepEqual(textIn(folder).split('\n').slice(0, 2), ['left', 'zwei']);
    assert.deepEqual(textIn(workspace).split('\n').slice(0, 2), ['one', 'two']);

    const removed = new Promise<EventOf<'workplaceRemoved'>>((resolve) => {
      real?.fleet.subscribe((entries) =>
        entries.forEach(({ event }) => {
          if (event.type === 'workplaceRemoved') {
            resolve(event);
          }
        }),
      );
    });
    const { id: agentId, label } = known('left');
    execute({ type: 'deleteEnded' });
    const { salvage = '', ...fact } = await removed;
    assert.deepEqual(fact, { type: 'workplaceRemoved', agentId, label, repository: workspace });
    assert.equal(existsSync(folder), false);
    assert.deepEqual(git(workspace, 'for-each-ref', '--format=%(refname)', 'refs/flotilla').split('\n'), [salvage]);

    await real?.reopen();
    const { keptWork } = real ?? assert.fail();
    assert.deepEqual(
      (await keptWork.list()).map(({ ref, repository }) => [ref, repository]),
      [[salvage, workspace]],
    );
    assert.deepEqual(await keptWork.restore(salvage, 'main'), {
      ok: false,
      message: 'There is a branch main already.',
      next: 'Choose another name.',
    });
    assert.equal((await keptWork.restore(salvage, 'flotilla/left')).ok, true);
    // What the message in the log says to do by hand.
    git(workspace, 'branch', 'by-hand', salvage);
    for (const branch of ['flotilla/left', 'by-hand']) {
      assert.deepEqual(git(workspace, 'show', `${branch}:a.txt`).split('\n').slice(0, 2), ['left', 'zwei']);
    }
  });

  it('begins with the work of all whose tasks come before, and fails with names when it does not go together', async () => {
    const { workspace, until } = await open({
      lead: [report('Planned the change of the greeting in a.txt for three builders.')],
      top: [read(), edit('one', 'top'), done('top')],
      bottom: [read(), edit('seven', 'bottom'), done('bottom')],
      other: [read(), edit('one', 'other'), done('other')],
      join: [read(), report('Both changes of a.txt are there, top and bottom.')],
      clash: [report('This never begins, since the changes of a.txt clash.')],
    });
    execute({ type: 'startRun', task: 'lead' });
    addTasks([
      { id: 'top', agentType: 'builder' },
      { id: 'bottom', agentType: 'builder' },
      { id: 'other', agentType: 'builder' },
      { id: 'join', agentType: 'reviewer', dependencies: ['top', 'bottom'] },
      { id: 'clash', agentType: 'builder', dependencies: ['top', 'other'] },
    ]);
    await until((state) => isOver(state) && agentOf(state, 'join') !== undefined && agentOf(state, 'clash') !== undefined);
    const lines = textIn(folderOf('join')).split('\n');
    assert.deepEqual([lines[0], lines[6]], ['top', 'bottom']);
    assert.equal(textIn(folderOf('join'), 'b.txt'), 'not committed\n');
    assert.match(failure('clash'), /do not go together in a\.txt/);
    assert.ok(failure('clash').includes(known('top').label) && failure('clash').includes(known('other').label), failure('clash'));
    assert.equal(textIn(workspace).split('\n')[0], 'one');
  });

  it('runs commands, direct and confined, in the folder of the agent', async () => {
    const run = (command: string) => call('run_command', { command });
    const { workspace, until } = await open(
      {
        lead: [report('Planned the change of the greeting in a.txt for one builder.')],
        left: [read(), edit('one', 'left'), run('cat a.txt'), run('echo "$(head -n 1 a.txt)" made > made.txt'), done('left')],
        check: [
          run('echo "seen: $(cat made.txt)"'),
          run('echo "$(pwd)" > planted.txt'),
          report('The file made.txt says left, as it should.'),
        ],
      },
      { 'approvals.mode': 'autonomous', sandbox: 'required' },
    );
    execute({ type: 'startRun', task: 'lead' });
    addTasks([
      { id: 'left', agentType: 'builder' },
      { id: 'check', agentType: 'tester', dependencies: ['left'] },
    ]);
    await until((state) => isOver(state) && agentOf(state, 'check') !== undefined);
    assert.match(told('left'), /exit code 0\\nleft\\ntwo/);
    assert.equal(textIn(folderOf('left'), 'made.txt'), 'left made\n');
    assert.match(told('check'), /seen: left made/, 'who may change nothing can read there');
    assert.deepEqual(
      [workspace, folderOf('left')].map((folder) => existsSync(join(folder, 'planted.txt'))),
      [false, false],
    );
    assert.equal(existsSync(join(workspace, 'made.txt')), false);
  });

  it('is wished for by whoever starts an agent or a run, and by the file of its type, whatever the setting says', async () => {
    const definitions = [
      {
        kind: 'agentType' as const,
        source: 'workspace' as const,
        path: '.claude/agents/apart.md',
        text: '---\nname: apart\ndescription: Works apart\ntools: Read, Edit\nisolation: worktree\n---\nWork.',
      },
    ];
    const said = report('The greeting in a.txt stays as it is, nothing to do.');
    const names = ['type', 'argument', 'plain', 'back'];
    const { until, fleet } = await open(Object.fromEntries(names.map((name) => [name, [said]])), { isolation: 'shared' }, definitions);
    const spawnOne = (taskId: string, spawn: Partial<SpawnRequest>) =>
      execute({ type: 'spawnAgent', spawn: { brief: { objective: taskId }, taskId: toId('task', taskId), ...spawn } });
    spawnOne('type', { agentType: 'apart' });
    spawnOne('argument', { agentType: 'builder', isolation: 'worktree' });
    spawnOne('plain', { agentType: 'builder' });
    spawnOne('back', { agentType: 'apart', isolation: 'shared' });
    await until((state) => isOver(state) && Object.keys(state.agents).length === names.length);
    assert.deepEqual(
      names.map((name) => known(name).workplace !== undefined),
      [true, true, false, false],
    );
    assert.equal(Object.keys(fleet.state.runs).length, names.length);
    execute({ type: 'startRun', task: 'x', isolation: 'worktree' });
    assert.deepEqual(Object.values(fleet.state.runs).at(-1)?.isolation, { wish: 'worktree', by: 'argument' });
  });

  it('is not begun in before the set-up of the person has succeeded, and can be tried again', async () => {
    const ready = join(temporary(), 'ready');
    const { until } = await open(
      { left: [read('made.txt'), report('The file made.txt is there, as it should be.')] },
      { 'worktree.setup': [`cat ${ready}`, 'echo made > made.txt'] },
    );
    execute({ type: 'spawnAgent', spawn: { agentType: 'builder', taskId: toId('task', 'left'), brief: { objective: 'left' } } });
    await until(isOver);
    assert.match(
      failure('left'),
      /The set-up command "cat .*ready" failed with exit code 1 in .*No such file.*Correct it, then try again\./s,
    );
    assert.deepEqual([known('left').workplace, model.requests], [undefined, []]);
    writeFileSync(ready, '');
    execute({ type: 'retryAgent', agentId: known('left').id });
    await until(isOver);
    assert.match(told('left'), /1\\+tmade/);
    assert.deepEqual(known('left').workplace?.notes, [`Set up with cat ${ready}, echo made > made.txt.`]);
  });

  it('says why not where there is no repository, and leaves alone who only reads', async () => {
    const source = temporary();
    await writeTree(source, { 'a.txt': 'one\n' });
    model = new ScriptedModel(
      {
        lead: [report('Planned the change of the greeting in a.txt for one builder.')],
        left: [],
        look: [read(), report('The file a.txt says one.')],
      },
      { labelOf: (request) => labelOf(real?.fleet.state.agents[request.agentId]) },
    );
    real = await openRealFleet({ source, provider: model, settings: { isolation: 'worktree' } });
    execute({ type: 'startRun', task: 'lead' });
    addTasks([
      { id: 'left', agentType: 'builder' },
      { id: 'look', agentType: 'scout' },
    ]);
    await real.until((state) => isOver(state) && agentOf(state, 'look') !== undefined);
    assert.match(failure('left'), /^It has no folder to work in\. .* is in no Git repository\. /);
    assert.equal(outcomeOf(known('look'))?.kind, 'done');
  });
});
