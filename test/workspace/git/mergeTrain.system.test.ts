import * as assert from 'node:assert/strict';
import { chmodSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { toId } from '../../../src/core/ids.ts';
import { responsibleText, stopTitle, trainText } from '../../../src/core/train/trainText.ts';
import { TrainPlace } from '../../support/trainPlace.ts';

const lines = (...all: readonly string[]): string => `${all.join('\n')}\n`;
const base = {
  'one.txt': lines('a', 'b', 'c', 'd', 'e'),
  'two.txt': lines('1', '2', '3'),
  'three.txt': lines('x', 'y', 'z'),
  '.gitignore': 'built/\n*.secret\n',
};
const id = (name: string) => toId('agent', name);

describe('merge trains', () => {
  let at: TrainPlace;

  beforeEach(() => {
    at = new TrainPlace(base);
  });

  afterEach(() => at.remove());

  /** The person's commits from the branch's tip, first parents only. */
  const subjects = () => at.git('log', '--first-parent', '--format=%s', 'main').split('\n');

  it('integrates in order, checks after each, and moves the branch only when the person says so', async () => {
    at.agent('ann', { 'one.txt': lines('A', 'b', 'c', 'd', 'e') });
    at.agent('bob', { 'two.txt': lines('1', '2', '3', '4'), 'new/file.txt': 'new\n' });
    const before = at.git('rev-parse', 'main');
    assert.deepEqual(await at.start(), { ok: true });
    await at.advance();
    assert.equal(trainText(at.now()), 'Ready: 2 agents for main');
    assert.equal(at.git('rev-parse', 'main'), before);
    assert.equal(at.checked.length, 2);
    assert.deepEqual(await at.say({ type: 'land' }), { ok: true });
    await at.advance();
    assert.equal(trainText(at.now()), 'main has the work of 2 agents');
    assert.deepEqual(subjects(), ['Merge the work of bob into main', 'Merge the work of ann into main', 'first']);
    assert.equal(at.read('one.txt'), lines('A', 'b', 'c', 'd', 'e'));
    assert.equal(at.read('new/file.txt'), 'new\n');
    assert.equal(at.git('status', '--porcelain'), '');
    assert.deepEqual(at.leftovers(), []);
  });

  it('names who is responsible for a conflict and for a red check, and takes the fixes', async () => {
    at.agent('ann', { 'one.txt': lines('a', 'b', 'ANN', 'd', 'e') });
    at.agent('bob', { 'one.txt': lines('a', 'b', 'BOB', 'd', 'e') });
    at.agent('cat', { 'three.txt': lines('x', 'broken', 'z') });
    at.check = (folder) => (readFileSync(join(folder, 'three.txt'), 'utf8').includes('broken') ? 'three.txt is broken' : undefined);
    await at.start();
    await at.advance();
    const conflict = at.now().stop;
    assert.ok(conflict?.kind === 'conflict');
    assert.equal(stopTitle(at.now(), conflict), 'bob conflicts with ann in 1 file');
    assert.equal(responsibleText(at.now(), conflict), 'The work of bob does not apply. ann changed the same lines of one.txt.');
    assert.deepEqual(conflict.files[0]?.hunks, [{ line: 3, ours: 'ANN', theirs: 'BOB' }]);

    const sent = await at.say({ type: 'sendBack', agentId: id('bob'), note: 'Both, please.' });
    assert.ok(sent.ok && sent.note !== undefined);
    assert.match(sent.note, /one\.txt: both changed the same lines[\s\S]*> ANN[\s\S]*> BOB[\s\S]*The person adds: Both, please\./);
    const marked = readFileSync(join(at.agentFolder('bob'), 'one.txt'), 'utf8');
    assert.match(marked, /<<<<<<<[\s\S]*ANN[\s\S]*=======[\s\S]*BOB[\s\S]*>>>>>>>/);

    await at.advance();
    const red = at.now().stop;
    assert.ok(red?.kind === 'red');
    assert.equal(stopTitle(at.now(), red), 'The check failed with exit code 1 with cat');
    assert.equal(responsibleText(at.now(), red), 'It passed before the work of cat was merged.');
    assert.equal(red.output, 'three.txt is broken');

    await at.say({ type: 'sendBack', agentId: id('cat'), note: '' });
    assert.equal(readFileSync(join(at.agentFolder('cat'), 'one.txt'), 'utf8'), lines('a', 'b', 'ANN', 'd', 'e'));
    await at.advance();
    assert.equal(trainText(at.now()), 'Waits for a fix by bob and cat');
    at.work('bob', { 'one.txt': lines('a', 'b', 'ANN and BOB', 'd', 'e') });
    at.work('cat', { 'three.txt': lines('x', 'whole', 'z') });
    await at.say({ type: 'retry', agentId: id('bob') });
    await at.say({ type: 'retry', agentId: id('cat') });
    await at.advance();
    await at.say({ type: 'land' });
    await at.advance();
    assert.equal(at.now().ended?.outcome, 'landed');
    assert.equal(at.read('one.txt'), lines('a', 'b', 'ANN and BOB', 'd', 'e'));
    assert.equal(at.read('three.txt'), lines('x', 'whole', 'z'));
  });

  it('does not blame an agent when the check fails on the branch as it is, and keeps its work if told so', async () => {
    at.agent('ann', { 'one.txt': lines('A', 'b', 'c', 'd', 'e') });
    at.check = () => 'always red';
    const before = at.git('rev-parse', 'main');
    await at.start();
    await at.advance();
    assert.ok(at.now().stop?.kind === 'red');
    assert.equal(at.checked[1], before);
    assert.match(responsibleText(at.now(), at.now().stop ?? assert.fail()), /fails on main without any agent's work too/);
    await at.say({ type: 'accept', agentId: id('ann') });
    await at.advance();
    assert.equal(trainText(at.now()), 'Ready: 1 agent for main');
  });

  it('does not take a car back that still holds conflict markers, or that nobody has touched', async () => {
    at.agent('ann', { 'one.txt': lines('ANN') });
    at.agent('bob', { 'one.txt': lines('BOB') });
    await at.start();
    await at.advance();
    await at.say({ type: 'sendBack', agentId: id('bob'), note: '' });
    await at.say({ type: 'retry', agentId: id('bob') });
    await at.advance();
    assert.match(stopTitle(at.now(), at.now().stop ?? assert.fail()), /has changed nothing since it was sent back/);
    await at.say({ type: 'retry', agentId: id('bob') });
    at.work('bob', { 'two.txt': lines('elsewhere') });
    await at.advance();
    assert.match(stopTitle(at.now(), at.now().stop ?? assert.fail()), /conflict markers are left in one\.txt/);
  });

  it('opens a conflict for the person in the scratch worktree and takes it when no marker is left', async () => {
    at.agent('ann', { 'one.txt': lines('ANN') });
    at.agent('bob', { 'one.txt': lines('BOB') });
    await at.start();
    await at.advance();
    const opened = await at.say({ type: 'openByHand', agentId: id('bob') });
    assert.ok(opened.ok && opened.folder !== undefined);
    assert.equal(await at.trains.byHandFolder(at.now().id), opened.folder);
    assert.equal(at.place.plain(opened.folder, 'status', '--porcelain'), 'UU one.txt');
    const early = await at.say({ type: 'finishByHand' });
    assert.ok(!early.ok);
    assert.match(early.message, /Conflict markers are left in one\.txt/);
    at.place.write(opened.folder, { 'one.txt': lines('both'), 'also.txt': 'a file of the person\n' });
    assert.deepEqual(await at.say({ type: 'finishByHand' }), { ok: true });
    await at.advance();
    await at.say({ type: 'land' });
    await at.advance();
    assert.equal(at.read('one.txt'), lines('both'));
    assert.equal(at.read('also.txt'), 'a file of the person\n');
    assert.equal(at.git('merge-base', '--is-ancestor', 'agent/bob', 'main'), '');
  });

  it('keeps what was begun by hand when the train is aborted', async () => {
    at.agent('ann', { 'one.txt': lines('ANN') });
    at.agent('bob', { 'one.txt': lines('BOB') });
    await at.start();
    await at.advance();
    const opened = await at.say({ type: 'openByHand', agentId: id('bob') });
    assert.ok(opened.ok && opened.folder !== undefined);
    at.place.write(opened.folder, { 'begun.txt': 'an hour of work\n' });
    const mine = at.mine();
    assert.deepEqual(await at.say({ type: 'abort' }), { ok: true });
    const kept = at.now().ended?.kept;
    assert.ok(kept !== undefined);
    assert.equal(at.git('show', `${kept}:begun.txt`), 'an hour of work');
    assert.deepEqual(at.leftovers(), [kept]);
    assert.equal(existsSync(opened.folder), false);
    assert.deepEqual(at.mine(), mine);
  });

  it('takes of an agent that began with what the person had not committed only what the agent did, and sends it back into its folder', async () => {
    at.write({ 'three.txt': lines('x', 'y', 'z', 'not committed'), 'draft.txt': 'a draft\n' });
    at.loose('ann', { 'one.txt': lines('ANN', 'b', 'c', 'd', 'e') });
    at.loose('bob', { 'one.txt': lines('BOB', 'b', 'c', 'd', 'e'), 'bob.txt': 'of bob\n' });
    const mine = at.mine();
    await at.start();
    await at.advance();
    const { stop } = at.now();
    assert.ok(stop?.kind === 'conflict');
    assert.equal(stopTitle(at.now(), stop), 'bob conflicts with ann in 1 file');
    await at.say({ type: 'sendBack', agentId: id('bob'), note: '' });
    const bob = at.agentFolder('bob');
    assert.match(readFileSync(join(bob, 'one.txt'), 'utf8'), /<<<<<<<[\s\S]*ANN[\s\S]*=======[\s\S]*BOB[\s\S]*>>>>>>>/);
    assert.equal(at.place.plain(bob, 'status', '--porcelain'), '');
    await at.say({ type: 'retry', agentId: id('bob') });
    await at.advance();
    assert.match(stopTitle(at.now(), at.now().stop ?? assert.fail()), /has changed nothing since/);
    at.place.write(bob, { 'one.txt': lines('both', 'b', 'c', 'd', 'e') });
    await at.say({ type: 'retry', agentId: id('bob') });
    await at.advance();
    assert.deepEqual({ ...at.mine() }, mine);
    await at.say({ type: 'land' });
    await at.advance();
    assert.equal(at.now().ended?.outcome, 'landed');
    assert.deepEqual({ ...at.mine(), head: mine.head }, mine);
    assert.equal(at.read('one.txt'), lines('both', 'b', 'c', 'd', 'e'));
    assert.equal(at.read('bob.txt'), 'of bob\n');
    assert.equal(at.git('log', '--format=%s', 'main'), 'Merge the work of bob into main\nMerge the work of ann into main\nfirst');
    assert.equal(at.git('show', 'main:three.txt'), 'x\ny\nz');
  });

  it('does not touch the folder of an agent that has gone on since its work was taken', async () => {
    at.loose('ann', { 'one.txt': lines('ANN') });
    at.loose('bob', { 'one.txt': lines('BOB') });
    await at.start();
    await at.advance();
    at.place.write(at.agentFolder('bob'), { 'two.txt': lines('later') });
    const sent = await at.say({ type: 'sendBack', agentId: id('bob'), note: '' });
    assert.ok(sent.ok);
    assert.match(sent.note ?? '', /Change your work so that it fits what the others have/);
    assert.equal(readFileSync(join(at.agentFolder('bob'), 'one.txt'), 'utf8'), lines('BOB'));
    assert.equal(readFileSync(join(at.agentFolder('bob'), 'two.txt'), 'utf8'), lines('later'));
  });

  it('skips a car with everything that depends on it, and nothing that is built on it comes in by another way', async () => {
    at.agent('ann', { 'one.txt': lines('broken') });
    at.agent('bob', { 'two.txt': lines('b') }, { after: ['ann'], from: 'agent/ann' });
    at.agent('cat', { 'three.txt': lines('c') }, { from: 'agent/ann' });
    at.check = (folder) => (readFileSync(join(folder, 'one.txt'), 'utf8').includes('broken') ? 'red' : undefined);
    await at.start();
    await at.advance();
    await at.say({ type: 'skip', agentId: id('ann'), reason: 'not now' });
    await at.advance();
    assert.deepEqual(at.states(), ['ann skipped', 'bob skipped', 'cat waiting']);
    assert.match(stopTitle(at.now(), at.now().stop ?? assert.fail()), /cat cannot be merged: it is built on the work of ann/);
    await at.say({ type: 'skip', agentId: id('cat'), reason: 'too' });
    await at.advance();
    assert.equal(at.now().ended?.outcome, 'nothing');
    assert.deepEqual(subjects(), ['first']);
  });

  it('merges and checks everything again when the person commits meanwhile, resolved conflicts included', async () => {
    at.agent('ann', { 'one.txt': lines('ANN', 'b', 'c', 'd', 'e') });
    at.agent('bob', { 'one.txt': lines('BOB', 'b', 'c', 'd', 'e') });
    await at.start();
    await at.advance();
    const opened = await at.say({ type: 'openByHand', agentId: id('bob') });
    assert.ok(opened.ok && opened.folder !== undefined);
    at.place.write(opened.folder, { 'one.txt': lines('both', 'b', 'c', 'd', 'e') });
    await at.say({ type: 'finishByHand' });
    await at.advance();
    at.write({ 'one.txt': lines('a', 'b', 'c', 'd', 'PERSON') });
    at.git('commit', '-q', '-am', 'by the person');
    const checks = at.checked.length;
    await at.say({ type: 'land' });
    await at.advance();
    assert.equal(at.now().ended?.outcome, 'landed');
    assert.equal(at.checked.length, checks + 2);
    assert.equal(at.read('one.txt'), lines('both', 'b', 'c', 'd', 'PERSON'));
    assert.deepEqual(subjects().slice(-2), ['by the person', 'first']);
  });

  it('names the branch itself when the person committed what a car does not fit', async () => {
    at.agent('ann', { 'one.txt': lines('ANN') });
    at.write({ 'one.txt': lines('PERSON') });
    at.git('commit', '-q', '-am', 'by the person');
    await at.start();
    await at.advance();
    const { stop } = at.now();
    assert.ok(stop?.kind === 'conflict');
    assert.deepEqual(stop.counterparts, [{ how: 'lines', paths: ['one.txt'] }]);
    assert.equal(stopTitle(at.now(), stop), 'ann conflicts with main in 1 file');
  });

  it('carries modes and renames, and an agent that did nothing is no trouble', async () => {
    at.agent('ann', {});
    at.agent('bob', {});
    chmodSync(join(at.agentFolder('bob'), 'two.txt'), 0o755);
    at.place.plain(at.agentFolder('bob'), 'mv', 'one.txt', 'moved.txt');
    at.work('bob', {});
    at.agent('cat', { 'one.txt': lines('a', 'b', 'c', 'd', 'CAT') });
    await at.start({ landing: 'auto' });
    await at.advance();
    assert.equal(at.now().ended?.outcome, 'landed');
    assert.deepEqual(
      at.now().cars.map((car) => car.files),
      [0, 3, 1],
    );
    assert.equal(at.checked.length, 2);
    assert.equal(at.read('moved.txt'), lines('a', 'b', 'c', 'd', 'CAT'));
    assert.equal(existsSync(join(at.folder, 'one.txt')), false);
    assert.notEqual(statSync(join(at.folder, 'two.txt')).mode & 0o100, 0);
  });

  it('shows a binary conflict and a deletion against a change without text, and the person decides', async () => {
    at.writeBytes(at.folder, 'picture.bin', [0, 1, 2]);
    at.git('add', '-A');
    at.git('commit', '-q', '-m', 'a picture');
    at.agent('ann', { 'two.txt': lines('changed') });
    at.writeBytes(at.agentFolder('ann'), 'picture.bin', [0, 1, 3]);
    at.work('ann', {});
    at.agent('bob', {});
    at.writeBytes(at.agentFolder('bob'), 'picture.bin', [0, 1, 4]);
    rmSync(join(at.agentFolder('bob'), 'two.txt'));
    at.work('bob', {});
    await at.start();
    await at.advance();
    const { stop } = at.now();
    assert.ok(stop?.kind === 'conflict');
    assert.deepEqual(
      stop.files.map(({ path, kind, hunks }) => [path, kind, hunks.length]),
      [
        ['picture.bin', 'binary', 0],
        ['two.txt', 'modifyDelete', 0],
      ],
    );
    const opened = await at.say({ type: 'openByHand', agentId: id('bob') });
    assert.ok(opened.ok && opened.folder !== undefined);
    at.writeBytes(opened.folder, 'picture.bin', [0, 1, 4]);
    rmSync(join(opened.folder, 'two.txt'));
    assert.deepEqual(await at.say({ type: 'finishByHand' }), { ok: true });
    await at.advance();
    await at.say({ type: 'land' });
    await at.advance();
    assert.deepEqual([...readFileSync(join(at.folder, 'picture.bin'))], [0, 1, 4]);
    assert.equal(existsSync(join(at.folder, 'two.txt')), false);
  });

  it('merges a moved submodule without going into it, and asks when two moved it', async () => {
    const library = at.place.repository('library', { 'lib.txt': 'one\n' });
    at.git('submodule', '--quiet', 'add', library, 'lib');
    at.git('commit', '-q', '-m', 'with a library');
    const commits = ['two', 'three'].map((text) => {
      at.place.write(library, { 'lib.txt': `${text}\n` });
      at.place.plain(library, 'commit', '-q', '-am', text);
      const commit = at.place.plain(library, 'rev-parse', 'HEAD');
      at.place.plain(library, 'reset', '-q', '--hard', 'HEAD^');
      return commit;
    });
    for (const [index, name] of ['ann', 'bob'].entries()) {
      at.agent(name, {});
      at.place.plain(at.agentFolder(name), 'update-index', '--cacheinfo', `160000,${commits[index]},lib`);
      at.place.plain(at.agentFolder(name), 'commit', '-q', '-m', 'move the library');
    }
    await at.start();
    await at.advance();
    const { stop } = at.now();
    assert.ok(stop?.kind === 'conflict');
    assert.deepEqual(
      stop.files.map((file) => [file.path, file.kind]),
      [['lib', 'submodule']],
    );
    const opened = await at.say({ type: 'openByHand', agentId: id('bob') });
    assert.ok(opened.ok && opened.folder !== undefined);
    const early = await at.say({ type: 'finishByHand' });
    assert.ok(!early.ok && early.message.includes('lib'));
    at.place.plain(opened.folder, 'update-index', '--add', '--cacheinfo', `160000,${commits[1]},lib`);
    await at.say({ type: 'finishByHand' });
    await at.advance();
    await at.say({ type: 'land' });
    await at.advance();
    assert.match(at.git('ls-tree', 'main', 'lib'), new RegExp(`${commits[1]}`));
    assert.equal(at.read('lib/lib.txt'), 'one\n');
  });

  it('checks exactly what was merged, whatever the check before it left behind', async () => {
    at.agent('ann', { 'one.txt': lines('ANN') });
    at.agent('bob', { 'two.txt': lines('BOB') });
    const seen: string[] = [];
    at.check = (folder) => {
      seen.push(at.place.plain(folder, 'status', '--porcelain'));
      writeFileSync(join(folder, 'three.txt'), 'formatted');
      at.place.write(folder, { 'report/out.log': 'log', 'built/cache.bin': 'kept, as Git ignores it' });
      return undefined;
    };
    await at.start({ landing: 'auto' });
    await at.advance();
    assert.deepEqual(seen, ['', '']);
    assert.equal(at.now().ended?.outcome, 'landed');
    assert.equal(at.read('three.txt'), base['three.txt']);
  });

  it('does not start without a branch or a commit, and says what to do', async () => {
    at.agent('ann', {});
    at.git('switch', '-q', '--detach');
    const detached = await at.start();
    assert.ok(!detached.ok);
    assert.match(detached.next, /Switch to the branch/);
    assert.deepEqual(at.facts, []);
  });

  it('runs nothing that the repository is set to run', async () => {
    const bait = join(at.place.root, 'bait');
    for (const name of ['post-merge', 'post-checkout', 'pre-merge-commit', 'reference-transaction', 'post-index-change']) {
      at.write({ [`.git/hooks/${name}`]: `#!/bin/sh\necho ${name} >> '${bait}'\n` });
      chmodSync(join(at.folder, '.git/hooks', name), 0o755);
    }
    at.agent('ann', { 'one.txt': lines('ANN') });
    at.git('config', 'core.fsmonitor', `echo monitor >> '${bait}'; false`);
    at.git('config', 'merge.own.driver', `echo driver >> '${bait}'`);
    rmSync(bait, { force: true });
    await at.start({ landing: 'auto' });
    await at.trains.advance(at.now().id);
    assert.equal(at.now().ended?.outcome, 'landed');
    // The check of this test asks the plain Git for HEAD, which runs no hook.
    assert.equal(existsSync(bait), false);
  });
}).timeout(120_000); // Each test starts some hundred programs, which a busy machine does slowly.
