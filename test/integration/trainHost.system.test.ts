import * as assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { FleetCommandInput } from '../../src/core/commands.ts';
import type { FleetEvent, JournalEntry } from '../../src/core/events.ts';
import { reportSchema } from '../../src/core/eventParts.ts';
import { type AgentId, toId } from '../../src/core/ids.ts';
import { openRequests } from '../../src/core/openRequests.ts';
import { reduceEntries } from '../../src/core/reduceFleet.ts';
import { emptyFleet, type FleetState } from '../../src/core/state.ts';
import { type TrainRequest, trainCommand } from '../../src/core/train/trainRequest.ts';
import type { TrainReply } from '../../src/orchestrator/ports.ts';
import { TrainHost } from '../../src/orchestrator/trainHost.ts';
import { createRunTrains, findTrainFolder } from '../../src/workspace/git/runTrains.ts';
import { createPersonCommands } from '../../src/workspace/commands/personCommand.ts';
import type { SandboxWish } from '../../src/workspace/commands/commandPlanner.ts';
import type { SetUpOptions } from '../../src/workspace/git/setUp.ts';
import { Processes } from '../../src/workspace/processes.ts';
import { type GitPlace, gitPlace, quiet } from '../support/gitPlace.ts';

const runId = toId('run', 'r');
const promptId = toId('prompt', 'p');
const check = '! grep -q broken three.txt';
const report = reportSchema.parse({ summary: 'done' });

/** A fleet of facts alone with merge trains over a real repository and real checks. */
class Yard {
  readonly place: GitPlace = gitPlace();
  readonly folder = this.place.repository('work', { 'one.txt': 'a\nb\nc\n', 'two.txt': '1\n', 'three.txt': 'x\n' });
  readonly told: FleetCommandInput[] = [];
  state: FleetState = emptyFleet;
  wish: SandboxWish = 'auto';
  setUp: SetUpOptions = { copy: [], dependencies: undefined, setup: [] };
  readonly #listeners = new Set<(entries: readonly JournalEntry[]) => void>();
  readonly #processes = new Processes({ markerPrefix: 'yard', spoolFolder: join(this.place.root, 'spool'), log: quiet });
  host: TrainHost;

  constructor() {
    this.record([{ type: 'runStarted', runId, label: 'r', task: 't', by: { kind: 'person' } }]);
    this.host = this.open();
  }

  open(): TrainHost {
    const { git } = this.place;
    const folders = () => [{ name: 'work', path: this.folder }];
    let trains = 0;
    this.host = new TrainHost({
      trains: createRunTrains({
        git,
        folders,
        scratchRoot: join(this.place.root, 'storage', 'trains'),
        unsaved: () => [],
        state: () => this.state,
        record: async (events) => this.record(events),
        runCommand: createPersonCommands({
          processes: this.#processes,
          environment: () => ({ PATH: process.env.PATH ?? '', HOME: this.place.home }),
          sandbox: {
            status: async () => ({ kind: 'unavailable', why: 'Nothing can confine here.', next: 'Install it.' }),
            wrap: () => assert.fail(),
          },
          wish: () => this.wish,
          domains: () => [],
        }),
        setUp: () => this.setUp,
        log: quiet,
      }),
      state: () => this.state,
      execute: (command) => {
        this.told.push(command);
        if (command.type === 'followUpAgent') {
          this.record([{ type: 'agentContinued', agentId: toId('agent', command.agentId), reason: 'followUp', by: { kind: 'person' } }]);
        }
        return { ok: true, accepted: { reached: 1 } };
      },
      subscribe: (listener) => {
        this.#listeners.add(listener);
        return { dispose: () => this.#listeners.delete(listener) };
      },
      folderOf: (roots) => findTrainFolder({ git, folders }, roots),
      mint: (kind) => toId(kind, `${kind}-${trains++}`),
      log: quiet,
    });
    return this.host;
  }

  record(events: readonly FleetEvent[]): void {
    const entries = events.map((event, index) => ({ seq: this.state.seq + index + 1, at: this.state.at + index + 1, event }));
    this.state = reduceEntries(this.state, entries);
    this.#listeners.forEach((listener) => listener(entries));
  }

  /** An agent with a folder of its own in which it has changed a file. */
  agent(label: string, files: Readonly<Record<string, string>>): AgentId {
    const agentId = toId('agent', label);
    const root = join(this.place.root, `agents-${label}`);
    const start = this.head();
    this.place.plain(this.folder, 'worktree', 'add', '-q', '--detach', root, start);
    this.record([
      {
        type: 'agentSpawned',
        agentId,
        runId,
        label,
        agentType: 'general',
        depth: 0,
        provider: 'p',
        model: 'm',
        effort: 'low',
        promptId,
        brief: { objective: 'o' },
        opening: 'o',
        by: { kind: 'person' },
      },
      { type: 'workplaceMade', agentId, workplace: { id: label, root, folder: root, start, madeFor: agentId, notes: [] } },
    ]);
    this.end(agentId, files);
    return agentId;
  }

  /** The agent changes files, its folder is kept as a commit, and it ends. */
  end(agentId: AgentId, files: Readonly<Record<string, string>>): void {
    const root = this.state.agents[agentId]?.workplace?.root ?? '';
    this.place.write(root, files);
    const run = (...args: readonly string[]) =>
      execFileSync('git', ['-c', 'user.name=P', '-c', 'user.email=p@example.org', ...args], {
        cwd: root,
        env: { PATH: process.env.PATH, HOME: this.place.home, GIT_INDEX_FILE: join(this.place.root, 'index') },
        encoding: 'utf8',
      }).trim();
    run('read-tree', 'HEAD');
    run('add', '-A');
    const commit = run('commit-tree', '-p', 'HEAD', '-m', 'kept', run('write-tree'));
    this.record([
      { type: 'workCaptured', agentId, commit, changed: true },
      { type: 'agentEnded', agentId, outcome: { kind: 'done', report } },
    ]);
  }

  head(): string {
    return this.place.plain(this.folder, 'rev-parse', 'main');
  }

  /** What the person is asked next. */
  async asked(): Promise<TrainRequest> {
    for (;;) {
      const [open] = openRequests(this.state);
      if (open?.kind === 'train') {
        return open.request;
      }
      await this.#changed();
    }
  }

  async ended(): Promise<string | undefined> {
    for (;;) {
      const [train] = Object.values(this.state.trains);
      if (train?.ended !== undefined) {
        return train.ended.outcome;
      }
      await this.#changed();
    }
  }

  async answer(choice: string, text?: string): Promise<TrainReply> {
    const request = await this.asked();
    const command = trainCommand(request, choice, text);
    assert.ok(command, `${choice} is not offered by: ${request.title}`);
    return this.host.answer(request.train.id, command);
  }

  async remove(): Promise<void> {
    await this.host.close();
    this.#processes.dispose();
    this.place.remove();
  }

  #changed(): Promise<void> {
    return new Promise((resolve) => {
      const listener = () => {
        this.#listeners.delete(listener);
        resolve();
      };
      this.#listeners.add(listener);
    });
  }
}

describe('merging a run', () => {
  let yard: Yard;

  beforeEach(() => {
    yard = new Yard();
  });

  afterEach(() => yard.remove());

  it('asks about a conflict and a red check, tells the agent, and moves the branch forward only when the person says so', async () => {
    yard.agent('ann', { 'one.txt': 'a\nANN\nc\n' });
    yard.agent('bob', { 'one.txt': 'a\nBOB\nc\n' });
    const cat = yard.agent('cat', { 'three.txt': 'broken\n' });
    const before = yard.head();
    assert.equal((await yard.host.mergeRun(runId, check)).ok, true);

    const conflict = await yard.asked();
    assert.equal(conflict.title, 'bob conflicts with ann in 1 file');
    assert.deepEqual(
      conflict.options.map((option) => option.choice),
      ['sendBack', 'openByHand', 'retry', 'skip', 'abort'],
    );
    const opened = await yard.answer('openByHand');
    assert.ok(opened.ok && opened.folder !== undefined);
    yard.place.write(opened.folder, { 'one.txt': 'a\nANN and BOB\nc\n' });
    const byHand = await yard.asked();
    assert.notEqual(byHand.askId, conflict.askId);
    assert.deepEqual(await yard.answer('finishByHand'), { ok: true, trainId: byHand.train.id });

    const red = await yard.asked();
    assert.equal(red.title, 'The check failed with exit code 1 with cat');
    await yard.answer('sendBack', 'Use another word.');
    const [told] = yard.told;
    assert.ok(told?.type === 'followUpAgent' && told.task.includes('The person adds: Use another word.') && told.task.includes(check));
    assert.deepEqual(openRequests(yard.state), []);
    yard.end(cat, { 'three.txt': 'whole\n' });

    const ready = await yard.asked();
    assert.equal(ready.title, 'Ready: 3 agents for main');
    assert.equal(yard.head(), before);
    await yard.answer('land');
    assert.equal(await yard.ended(), 'landed');
    yard.place.plain(yard.folder, 'merge-base', '--is-ancestor', before, 'main');
    assert.equal(yard.place.plain(yard.folder, 'show', 'main:one.txt'), 'a\nANN and BOB\nc');
    assert.equal(yard.place.plain(yard.folder, 'show', 'main:three.txt'), 'whole');
    assert.equal(yard.place.plain(yard.folder, 'status', '--porcelain'), '');
    assert.deepEqual(openRequests(yard.state), []);
    assert.equal((await yard.host.mergeRun(runId, '')).ok, false, 'what has landed is not merged again');
  });

  it('asks again about a train that a window left open, and leaves the branch when it is aborted', async () => {
    yard.agent('ann', { 'one.txt': 'a\nANN\nc\n' });
    const before = yard.head();
    await yard.host.mergeRun(runId, '');
    const first = await yard.asked();
    await yard.host.close();
    yard.open().open();
    assert.equal((await yard.asked()).askId, first.askId);
    assert.equal((await yard.host.mergeRun(runId, '')).ok, false);
    await yard.answer('abort');
    assert.equal(await yard.ended(), 'aborted');
    assert.equal(yard.head(), before);
  });

  it('checks in a folder set up like those of agents, and says that the check ran unconfined', async () => {
    yard.place.write(yard.folder, {
      '.git/info/exclude': 'node_modules/\n.env.test\n',
      '.env.test': 'KEY=1',
      'node_modules/pack/index.js': 'packed',
    });
    yard.setUp = {
      copy: ['.env.test'],
      dependencies: { names: ['node_modules'], how: 'link' },
      setup: ['cp one.txt made.txt', 'echo 2 >> made.txt'],
    };
    yard.agent('ann', { 'one.txt': 'a\nANN\nc\n' });
    yard.agent('bob', { 'two.txt': '2\n' });
    await yard.host.mergeRun(runId, 'cat .env.test node_modules/pack/index.js && grep -q ANN made.txt && test "$(wc -l < made.txt)" = 4');
    const { title, detail } = await yard.asked();
    assert.equal(title, 'Ready: 2 agents for main');
    assert.match(detail, /The check ran unconfined, as you would run it: Nothing can confine here\.$/);
    assert.deepEqual(await yard.answer('land'), { ok: true, trainId: 'train-0' });
    assert.equal(await yard.ended(), 'landed');
    assert.equal(yard.place.plain(yard.folder, 'ls-tree', '-r', '--name-only', 'main'), 'one.txt\nthree.txt\ntwo.txt');
  });

  it('asks when the set-up of that folder fails, with what it said, and takes it up again', async () => {
    yard.setUp = { ...yard.setUp, setup: ['echo no such package; exit 3'] };
    yard.agent('ann', { 'one.txt': 'a\nANN\nc\n' });
    await yard.host.mergeRun(runId, check);
    const { title, detail } = await yard.asked();
    assert.match(
      title,
      /^ann cannot be merged: The set-up command "echo no such package; exit 3" failed with exit code 3 in .*It ended with:\nno such package/s,
    );
    assert.match(detail, /flotilla\.worktree\.setup\. Correct it, then try again\./);
    yard.setUp = { ...yard.setUp, setup: [] };
    await yard.answer('retry');
    assert.equal((await yard.asked()).title, 'Ready: 1 agent for main');
  });

  it('does not run a check unconfined when the person wants every command confined', async () => {
    yard.wish = 'required';
    yard.agent('ann', { 'one.txt': 'a\nANN\nc\n' });
    await yard.host.mergeRun(runId, check);
    const { title, options } = await yard.asked();
    assert.match(title, /^ann cannot be merged: .*You want every command confined .* Nothing can confine here\./);
    assert.ok(!options.some((option) => option.choice === 'accept'));
  });
});
