import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FleetCommandInput } from '../../src/core/commands.ts';
import { toId } from '../../src/core/ids.ts';
import { doingText } from '../../src/core/rowText.ts';
import { isLive, phaseWord } from '../../src/core/selectors.ts';
import type { Agent, FleetState } from '../../src/core/state.ts';
import { openRealFleet, type RealFleet } from '../support/realFleet.ts';
import { call, Gate, report, ScriptedModel, type Script, shaped } from '../support/scriptedModel.ts';
import { temporaryFolders, writeTree } from '../workspace/temporaryFolder.ts';

/*
 * Two builders at one file in the shipped assembly, under each rule for shared files: the real tools, a real journal, a scripted model.
 */

const edit = (from: string, to: string, path = 'a.txt') => call('edit_file', { path, old_text: from, new_text: to });
const read = (path = 'a.txt') => call('read_file', { path });
const done = report('Changed a.txt as the brief says.');

describe('builders that change the same file', function () {
  this.timeout(60_000);
  const temporary = temporaryFolders();
  let real: RealFleet | undefined;

  afterEach(async () => {
    await real?.close();
    real = undefined;
  });

  const fleet = () => real?.fleet ?? assert.fail('no fleet');
  const labelOf = (agent: Agent | undefined) => agent?.taskId ?? agent?.label;
  const find = (state: FleetState, task: string) => Object.values(state.agents).find((agent) => labelOf(agent) === task);
  const known = (task: string) => find(fleet().state, task) ?? assert.fail(`No agent of ${task}`);
  const until = (condition: (state: FleetState) => boolean) => real?.until(condition) ?? assert.fail();
  const phase = (task: string, word: string) =>
    until((state) => {
      const agent = find(state, task);
      return agent !== undefined && (agent.phase.kind === 'waiting' ? agent.phase.wait : phaseWord(agent)) === word;
    });
  const text = (path = 'a.txt') => readFileSync(join(real?.workspace ?? '', path), 'utf8');
  const calls = (task: string) =>
    (fleet().state.transcripts[known(task).id]?.turns ?? []).flatMap((turn) =>
      turn.calls.flatMap(({ name, status, output }) => (name === 'edit_file' ? [`${status}: ${output?.text}`] : [])),
    );
  const execute = (command: FleetCommandInput) => {
    const result = fleet().execute(command);
    assert.ok(result.ok, result.ok ? '' : `${result.rejection.message} ${result.rejection.next}`);
  };
  const isOver = (state: FleetState) => ['one', 'two'].every((task) => find(state, task)?.stage === 'ended');

  /** Begins a run of the builders `one` and `two`; `two` begins when `one` has changed a file. */
  async function begin(scripts: Readonly<Record<'one' | 'two', Script>>, settings: Readonly<Record<string, unknown>>): Promise<void> {
    const source = temporary();
    await writeTree(source, { 'a.txt': 'one\ntwo\nthree\n', 'b.txt': 'b\n' });
    const git = (...args: readonly string[]) => execFileSync('git', args, { cwd: source });
    git('init', '-q', '-b', 'main');
    git('add', '-A');
    git('-c', 'user.name=Person', '-c', 'user.email=person@example.org', 'commit', '-q', '-m', 'first');
    const lead = [report('Planned the change of a.txt for two builders.')];
    const model = new ScriptedModel({ lead, ...scripts }, { labelOf: (request) => labelOf(real?.fleet.state.agents[request.agentId]) });
    real = await openRealFleet({ source, provider: model, settings: { 'approvals.mode': 'editFreely', ...settings } });
    execute({ type: 'startRun', task: 'lead' });
    add('one');
    await until((state) => (find(state, 'one')?.filesChanged.length ?? 0) > 0);
    add('two');
  }

  function add(task: string): void {
    const [run] = Object.values(fleet().state.runs);
    const added = { id: toId('task', task), title: task, agentType: 'builder', dependencies: [], brief: { objective: `Do ${task}.` } };
    execute({ type: 'changePlan', runId: run?.id ?? assert.fail(), reason: 'the test', changes: [{ kind: 'add', task: added }] });
  }

  it('CON-01: wait: the later one waits, is shown what the other left, and nothing is lost', async () => {
    const hold = new Gate();
    await begin(
      {
        one: [read(), edit('one', 'first'), edit('two', 'second'), shaped({ before: hold }, done)],
        two: [read(), edit('three', '3'), edit('three', 'third'), done],
      },
      { sharedFiles: 'wait' },
    );
    await phase('two', 'lease');
    assert.equal(doingText(known('two'), 0), 'waiting for a.txt, which one writes');
    hold.open();
    await until(isOver);
    assert.equal(text(), 'first\nsecond\nthird\n');
    assert.match(calls('two')[0] ?? '', /^error: a\.txt has changed since you read it; nothing was changed\.[^]*1\tfirst/);
    assert.deepEqual([phaseWord(known('two')), real?.errors], ['done', []]);
  });

  it('CON-01: refuse: the later one is told who writes the file and plans anew', async () => {
    const hold = new Gate();
    const scripts = {
      one: [read(), edit('one', 'first'), shaped({ before: hold }, done)],
      two: [read(), edit('three', 'third'), read('b.txt'), edit('b', 'B', 'b.txt'), done],
    };
    await begin(scripts, { sharedFiles: 'refuse' });
    await phase('two', 'done');
    assert.match(calls('two')[0] ?? '', /^error: one is writing a\.txt, so it was not changed\. Plan anew/);
    hold.open();
    await until(isOver);
    assert.deepEqual([text(), text('b.txt')], ['first\ntwo\nthree\n', 'B\n']);
  });

  it('CON-01: warn: both write one after the other, and each is told once', async () => {
    const hold = new Gate();
    await begin(
      {
        one: [read(), edit('one', 'first'), shaped({ before: hold }, done), done],
        two: [read(), edit('three', 'third'), done, done],
      },
      {},
    );
    await phase('two', 'done');
    hold.open();
    await until(isOver);
    assert.equal(text(), 'first\ntwo\nthird\n');
    const told = (task: string) =>
      (fleet().state.transcripts[known(task).id]?.turns ?? []).flatMap(({ delivered }) =>
        delivered.filter(({ kind }) => kind === 'warning'),
      ).length;
    assert.deepEqual([told('one'), told('two')], [1, 1]);
    assert.match(calls('two')[0] ?? '', /^ok: Edited a\.txt: 1 line added, 1 removed\.\na\.txt \(lines/);
  });

  it('CON-01: a kill while it waits changes nothing and leaves nothing behind', async () => {
    const hold = new Gate();
    await begin(
      { one: [read(), edit('one', 'first'), shaped({ before: hold }, edit('two', 'second')), done], two: [read(), edit('three', 'third')] },
      { sharedFiles: 'wait' },
    );
    await phase('two', 'lease');
    execute({ type: 'killAgent', agentId: known('two').id });
    await phase('two', 'killed');
    assert.match(calls('two')[0] ?? '', /^cancelled: /);
    hold.open();
    await phase('one', 'done');
    assert.equal(text(), 'first\nsecond\nthree\n');
  });

  it('after a reload nobody waits and nobody has a file', async () => {
    await begin(
      {
        one: [read(), edit('one', 'first'), shaped({ before: new Gate() }, done)],
        two: [read(), edit('three', '3'), read(), edit('three', 'third'), done],
      },
      { sharedFiles: 'wait' },
    );
    await phase('two', 'lease');
    await real?.reopen();
    const { state } = fleet();
    assert.deepEqual(Object.values(state.agents).filter(isLive), []);
    assert.deepEqual(
      Object.values(state.lanes).flatMap(({ spans }) => spans.filter(({ to }) => to === undefined)),
      [],
    );
    const [run] = Object.values(state.runs);
    execute({ type: 'resumeAgent', agentId: known('two').id });
    await phase('two', 'done');
    assert.deepEqual([text(), run?.sharedFiles], ['first\ntwo\nthird\n', 'wait']);
  });

  it('in folders of their own wait for nobody', async () => {
    const hold = new Gate();
    await begin(
      { one: [read(), edit('one', 'first'), shaped({ before: hold }, done), done], two: [read(), edit('three', 'third'), done, done] },
      { sharedFiles: 'wait', isolation: 'worktree' },
    );
    await phase('two', 'done');
    hold.open();
    await until(isOver);
    assert.deepEqual(
      [known('one'), known('two')].map(({ workplace }) => readFileSync(join(workplace?.folder ?? '', 'a.txt'), 'utf8')),
      ['first\ntwo\nthree\n', 'one\ntwo\nthird\n'],
    );
  });
});
