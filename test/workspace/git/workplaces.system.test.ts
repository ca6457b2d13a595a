import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Workplace } from '../../../src/core/events.ts';
import { toId } from '../../../src/core/ids.ts';
import { type WorkSource, workRef } from '../../../src/core/isolation.ts';
import type { Log, Workplaces } from '../../../src/orchestrator/ports.ts';
import { createRepositoryLock } from '../../../src/workspace/git/repositoryLock.ts';
import { createWorkplaces, type WorkplaceOptions, type WorktreeWorkplaces } from '../../../src/workspace/git/workplaces.ts';
import { createWorktrees } from '../../../src/workspace/git/worktrees.ts';
import type { Agent } from '../../../src/core/state.ts';
import { fold } from '../../support/fold.ts';
import { type GitPlace, gitPlace, personState, quiet } from '../../support/gitPlace.ts';
import { spawn, start } from '../../core/review/facts.ts';

const usual: WorkplaceOptions = { isolation: 'worktree', copy: [], dependencies: undefined, setup: [] };
const never = new AbortController().signal;

describe('the folders of agents', function () {
  this.timeout(60_000);
  let place: GitPlace;
  let folder: string;
  let said: string[];
  let removals: unknown[];
  let ran: unknown[];
  const needed = new Set<string>();

  beforeEach(() => {
    place = gitPlace();
    folder = place.repository('work', { 'a.txt': 'one\ntwo\nthree\nfour\nfive\n', '.gitignore': '.env*\nnode_modules/\n' });
    said = [];
    removals = [];
    ran = [];
    needed.clear();
  });

  afterEach(() => place.remove());

  function open(folders: readonly string[] = [folder], options: WorkplaceOptions = usual): WorktreeWorkplaces {
    const tell = (message: string) => void said.push(message);
    const log: Log = { debug: () => undefined, info: tell, warn: tell, error: (message, error) => tell(`${message} ${String(error)}`) };
    const worktrees = createWorktrees({
      git: place.git,
      storage: join(place.root, 'storage'),
      lock: createRepositoryLock({ folder: join(place.root, 'locks') }),
      now: () => 1,
      log: quiet,
    });
    return createWorkplaces({
      git: place.git,
      worktrees,
      folders: () => folders.map((path, index) => ({ name: `folder${index}`, path })),
      options: () => options,
      isNeeded: (id) => needed.has(id),
      runCommand: async ({ command, folder: where, writable }) => {
        ran.push([command, where, writable]);
        const exitCode = command === 'fails' ? 2 : 0;
        return { kind: 'ended', exitCode, timedOut: false, output: 'said\n', unconfined: 'It is off.' };
      },
      removed: (...fact) => void removals.push(fact),
      log,
    });
  }

  const agent = (name: string): Agent => {
    const id = toId('agent', name);
    return fold([...start, ...spawn(id)]).agents[id] ?? assert.fail();
  };
  const prepare = (places: Workplaces, name: string, sources: readonly WorkSource[] = []) =>
    places.prepare(agent(name), { kind: 'own', sources }, never);
  async function made(places: Workplaces, name: string, sources: readonly WorkSource[] = []): Promise<Workplace> {
    const prepared = await prepare(places, name, sources);
    assert.ok(prepared.ok, prepared.ok ? '' : prepared.failure.message);
    needed.add(prepared.workplace.id);
    return prepared.workplace;
  }
  async function failure(prepared: ReturnType<typeof prepare>): Promise<string> {
    const result = await prepared;
    return result.ok ? assert.fail('it was made') : `${result.failure.message} ${result.failure.next}`;
  }
  async function captured(places: Workplaces, workplace: Workplace): Promise<string> {
    const kept = await places.capture(workplace);
    return kept.ok ? kept.commit : assert.fail(kept.text);
  }
  const refs = () => place.plain(folder, 'for-each-ref', '--format=%(refname)', 'refs/flotilla').split('\n');

  it('leave the person alone, and get what the settings say of ignored files', async () => {
    place.write(folder, { '.env.test': 'KEY=1', 'node_modules/pack/index.js': 'packed' });
    const before = personState(place, folder);
    const places = open([folder], { ...usual, copy: ['.env.test'], dependencies: { names: ['node_modules'], how: 'copy' } });
    const workplace = await made(places, 'ann');
    assert.equal(readFileSync(join(workplace.folder, '.env.test'), 'utf8'), 'KEY=1');
    assert.equal(readFileSync(join(workplace.folder, 'node_modules/pack/index.js'), 'utf8'), 'packed');
    writeFileSync(join(workplace.folder, 'a.txt'), 'changed');
    await captured(places, workplace);
    assert.deepEqual(personState(place, folder), before);
  });

  it('are set up with the commands of the person, and are not there when one fails', async () => {
    const places = open([folder], { ...usual, setup: ['first', 'second'] });
    const { root, folder: where, notes } = await made(places, 'ann');
    assert.deepEqual(ran, [
      ['first', where, root],
      ['second', where, root],
    ]);
    assert.deepEqual(notes, ['Set up with first, second. That ran unconfined: It is off.']);
    const failing = open([folder], { ...usual, setup: ['fails', 'second'] });
    const told = await failure(prepare(failing, 'bob'));
    assert.match(
      told,
      /^It has no folder to work in\. The set-up command "fails" failed with exit code 2 in .*It ended with:\nsaid\n.*flotilla\.worktree\.setup\. Correct it/s,
    );
    assert.equal(ran.length, 3, 'nothing runs after a failure');
    assert.equal(place.plain(folder, 'worktree', 'list', '--porcelain').match(/^worktree /gm)?.length, 2);
    assert.ok((await prepare(places, 'bob')).ok, 'it can be tried again');
  });

  it('keep work under a name that moves on with it, so that no clean-up of Git takes it away', async () => {
    const places = open();
    const workplace = await made(places, 'ann');
    writeFileSync(join(workplace.folder, 'new.txt'), '1');
    const first = await captured(places, workplace);
    assert.equal(place.plain(folder, 'rev-parse', workRef(workplace.id)), first);
    writeFileSync(join(workplace.folder, 'new.txt'), '2');
    const second = await captured(places, workplace);
    place.plain(folder, 'gc', '-q', '--prune=now');
    assert.equal(place.plain(folder, 'show', `${second}:new.txt`), '2');
    assert.equal(place.plain(folder, 'rev-parse', workRef(workplace.id)), second);
  });

  it('begin with the work of others, that which nobody has kept yet included', async () => {
    const places = open();
    const [ann, bob] = [await made(places, 'ann'), await made(places, 'bob')];
    writeFileSync(join(ann.folder, 'a.txt'), 'ONE\ntwo\nthree\nfour\nfive\n');
    writeFileSync(join(bob.folder, 'a.txt'), 'one\ntwo\nthree\nfour\nFIVE\n');
    const sources = [
      { label: 'Ann', workplace: ann, commit: await captured(places, ann) },
      { label: 'Bob', workplace: bob, commit: undefined },
    ];
    const both = await made(places, 'cat', sources);
    assert.equal(readFileSync(join(both.folder, 'a.txt'), 'utf8'), 'ONE\ntwo\nthree\nfour\nFIVE\n');
    const kept = await places.capture(both);
    assert.deepEqual(kept.ok && kept.changed, false, 'what others did is no work of its own');
  });

  it('are not made of work that does not go together, and the reason names files and agents', async () => {
    const places = open();
    const [ann, bob] = [await made(places, 'ann'), await made(places, 'bob')];
    writeFileSync(join(ann.folder, 'a.txt'), 'Ann');
    writeFileSync(join(bob.folder, 'a.txt'), 'Bob');
    const sources = [
      { label: 'Ann', workplace: ann, commit: undefined },
      { label: 'Bob', workplace: bob, commit: undefined },
    ];
    assert.match(await failure(prepare(places, 'cat', sources)), /work of Bob and that of Ann do not go together in a\.txt\. /);
  });

  it('are removed when nobody needs them, with the work under a name that the log tells', async () => {
    const places = open();
    const workplace = await made(places, 'ann');
    writeFileSync(join(workplace.folder, 'new.txt'), 'kept');
    await captured(places, workplace);
    await places.release(workplace.id);
    assert.ok(existsSync(workplace.folder), 'somebody still needs it');
    needed.clear();
    await places.release(workplace.id);
    assert.equal(existsSync(workplace.folder), false);
    const [salvage = '', ...others] = refs();
    assert.match(salvage, /^refs\/flotilla\/salvage\//);
    assert.deepEqual(others, []);
    assert.equal(place.plain(folder, 'show', `${salvage}:new.txt`), 'kept');
    assert.equal(said.length, 1);
    assert.ok(said[0]?.includes(salvage), said[0]);
    assert.deepEqual(removals, [['ann', folder, salvage]]);
  });

  it('leave nothing behind when a merge train has brought their work to the branch, and keep what was done after that', async () => {
    const places = open();
    const [ann, bob] = [await made(places, 'ann'), await made(places, 'bob')];
    writeFileSync(join(ann.folder, 'new.txt'), 'merged');
    writeFileSync(join(bob.folder, 'new.txt'), 'merged');
    const landed = [await captured(places, ann), await captured(places, bob)];
    writeFileSync(join(bob.folder, 'new.txt'), 'changed since');
    needed.clear();
    await places.release(ann.id, landed[0]);
    await places.release(bob.id, landed[1]);
    const [salvage = '', ...others] = refs();
    assert.deepEqual(others, []);
    assert.equal(place.plain(folder, 'show', `${salvage}:new.txt`), 'changed since');
    assert.deepEqual(removals, [
      ['ann', folder, undefined],
      ['bob', folder, salvage],
    ]);
  });

  it('of agents that are no more go when the fleet opens, before any is made anew', async () => {
    const before = open();
    const [ann, bob] = [await made(before, 'ann'), await made(before, 'bob')];
    needed.delete(ann.id);
    const places = open();
    const sweeping = places.sweep();
    // The same agent, whose first folder was made and never recorded before a crash.
    const again = await prepare(places, 'ann');
    await sweeping;
    assert.ok(again.ok, again.ok ? '' : again.failure.message);
    assert.equal(again.workplace.folder, ann.folder);
    assert.deepEqual([existsSync(ann.folder), existsSync(bob.folder)], [true, true]);
    assert.deepEqual(said, []);
  });

  it('say why there is none: several folders, none, no repository, or a folder that is gone', async () => {
    assert.match(
      await failure(prepare(open([folder, place.home]), 'ann')),
      /only where one folder is open; here 2 folders are\. Open the folder/,
    );
    assert.match(await failure(prepare(open([]), 'ann')), /here no folder is/);
    assert.match(await failure(prepare(open([place.home]), 'ann')), /no Git repository|whole home folder/);
    const places = open();
    const workplace = await made(places, 'ann');
    rmSync(workplace.root, { recursive: true });
    assert.match(await failure(places.prepare(agent('bob'), { kind: 'join', workplace }, never)), /is gone: .*retry the task/);
    const kept = await places.capture(workplace);
    assert.equal(kept.ok, false);
  });
});
