import * as assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { createFileLock } from '../../../src/workspace/fileLock.ts';
import { commandChanges } from '../../../src/workspace/git/checkpointRestore.ts';
import { type Checkpoint, type Checkpoints, createCheckpoints, usualCheckpointLimits } from '../../../src/workspace/git/checkpoints.ts';
import { bytesHash } from '../../../src/workspace/keptBytes.ts';
import { closedDocuments } from '../../../src/workspace/openDocuments.ts';
import { createWorkspacePaths } from '../../../src/workspace/workspacePath.ts';
import { type GitPlace, gitPlace, personState, quiet } from '../../support/gitPlace.ts';

describe('checkpoints', function () {
  this.timeout(60_000);
  let place: GitPlace;
  let checkpoints: Checkpoints;
  let clock = 0;

  const make = (limits: Partial<typeof usualCheckpointLimits> = {}) =>
    createCheckpoints({
      git: place.git,
      storage: join(place.root, 'storage'),
      now: () => ++clock,
      log: quiet,
      limits: { ...usualCheckpointLimits, ...limits },
    });

  beforeEach(() => {
    place = gitPlace();
    checkpoints = make();
  });

  afterEach(() => place.remove());

  async function take(folder: string): Promise<Checkpoint> {
    const taken = await checkpoints.take(folder);
    assert.ok(taken.ok, taken.ok ? '' : taken.text);
    return taken;
  }

  async function between(a: Checkpoint, b: Checkpoint): Promise<readonly string[]> {
    const found = await checkpoints.changesBetween(a, b);
    assert.ok(found.ok);
    return found.changes.map(({ path, change }) => `${change} ${path}`);
  }

  const gates = (folder: string) => ({
    paths: createWorkspacePaths(() => [{ name: 'work', path: folder }]),
    documents: closedDocuments,
    lock: createFileLock(),
  });

  const plainFolder = (files: Readonly<Record<string, string>>): string => {
    const folder = join(place.root, 'plain');
    mkdirSync(folder);
    place.write(folder, files);
    return folder;
  };

  for (const kind of ['with Git', 'without Git'] as const) {
    describe(kind, () => {
      const start = (files: Readonly<Record<string, string>>) =>
        kind === 'with Git' ? place.repository('work', files) : plainFolder(files);

      it('sees every kind of change and gives back exactly what was there', async () => {
        const folder = start({
          'a.txt': 'a\r\nb\r\n',
          'gone.txt': 'gone',
          'run.sh': 'x',
          'same.txt': 's',
          '.gitattributes': '* text=auto\n',
        });
        place.write(folder, { 'untracked ü.txt': 'u\r\n' });
        chmodSync(join(folder, 'run.sh'), 0o755);
        const before = await take(folder);
        place.write(folder, { 'a.txt': 'changed\n', 'untracked ü.txt': 'changed', 'new/made.txt': 'made' });
        rmSync(join(folder, 'gone.txt'));
        chmodSync(join(folder, 'run.sh'), 0o644);
        const after = await take(folder);
        assert.deepEqual(await between(before, after), [
          'edited a.txt',
          'deleted gone.txt',
          'created new/made.txt',
          'edited run.sh',
          'edited untracked ü.txt',
        ]);
        const restored = await checkpoints.restore({ from: before, onlyIfNow: after }, gates(folder));
        assert.ok(restored.ok);
        assert.deepEqual(restored.kept, []);
        assert.deepEqual(
          ['a.txt', 'gone.txt', 'run.sh', 'same.txt', 'untracked ü.txt'].map((name) => readFileSync(join(folder, name), 'utf8')),
          ['a\r\nb\r\n', 'gone', 'x', 's', 'u\r\n'],
        );
        assert.deepEqual([existsSync(join(folder, 'new/made.txt')), statSync(join(folder, 'run.sh')).mode & 0o111], [false, 0o111]);
        assert.deepEqual(await between(before, await take(folder)), []);
      });

      it('leaves alone what somebody else changed since, and what was not asked for', async () => {
        const folder = start({ 'mine.txt': '1', 'theirs.txt': '1', 'other.txt': '1' });
        const before = await take(folder);
        place.write(folder, { 'mine.txt': '2', 'theirs.txt': '2', 'other.txt': '2' });
        const after = await take(folder);
        place.write(folder, { 'theirs.txt': 'the person' });
        const restored = await checkpoints.restore(
          { paths: ['mine.txt', 'theirs.txt', 'no.txt'], from: before, onlyIfNow: after },
          gates(folder),
        );
        assert.deepEqual(restored, {
          ok: true,
          restored: ['mine.txt'],
          kept: [
            { path: 'no.txt', why: 'It was not changed between the two.' },
            { path: 'theirs.txt', why: 'Somebody else has changed it since.' },
          ],
        });
        assert.deepEqual(
          ['mine.txt', 'theirs.txt', 'other.txt'].map((name) => readFileSync(join(folder, name), 'utf8')),
          ['1', 'the person', '2'],
        );
      });

      it('never writes through a link that stands where a file was', async () => {
        const folder = start({ 'd/a.txt': '1' });
        const outside = join(place.root, 'outside');
        const before = await take(folder);
        place.write(folder, { 'd/a.txt': '2' });
        const after = await take(folder);
        place.write(outside, { 'a.txt': '2' });
        rmSync(join(folder, 'd'), { recursive: true });
        symlinkSync(outside, join(folder, 'd'));
        const restored = await checkpoints.restore({ from: before, onlyIfNow: after }, gates(folder));
        assert.ok(restored.ok && restored.restored.length === 0);
        assert.equal(readFileSync(join(outside, 'a.txt'), 'utf8'), '2');
      });
    });
  }

  it('turns what a command changed into effects of its agent, without what others wrote meanwhile', async () => {
    const folder = place.repository('work', { 'a.txt': 'one\n', 'b.txt': 'b' });
    const before = await take(folder);
    place.write(folder, { 'a.txt': 'one\ntwo\n', 'b.txt': 'the person' });
    symlinkSync('a.txt', join(folder, 'l'));
    const after = await take(folder);
    const found = await checkpoints.changesBetween(before, after);
    assert.ok(found.ok);
    const kept = new Map<string, string>();
    const put = (text: string) => {
      const hash = bytesHash(Buffer.from(text));
      kept.set(hash, text);
      return Promise.resolve({ hash, bytes: text.length });
    };
    const { effects, unsure } = await commandChanges(checkpoints, { before, after, changes: found.changes }, new Set(['b.txt']), { put });
    assert.deepEqual(effects, [
      {
        kind: 'changed',
        path: 'a.txt',
        change: 'edited',
        added: 1,
        removed: 0,
        before: bytesHash(Buffer.from('one\n')),
        after: bytesHash(Buffer.from('one\ntwo\n')),
      },
    ]);
    assert.deepEqual([...kept.values()], ['one\n']);
    assert.deepEqual(unsure, [
      { path: 'b.txt', why: 'Somebody else wrote it while the command ran.' },
      { path: 'l', why: 'It is or was a symbolic link.' },
    ]);
  });

  it('GIT-06: index, refs, stash and files of the person are the same bytes before and after', async () => {
    const folder = place.repository('work', { 'a.txt': 'a', 'b.txt': 'b' });
    place.write(folder, { 'a.txt': 'stashed' });
    place.plain(folder, 'stash', '-q');
    place.write(folder, { 'a.txt': 'staged', 'b.txt': 'unstaged', 'c.txt': 'untracked' });
    place.plain(folder, 'add', 'a.txt');
    const before = personState(place, folder);
    const objects = readdirSync(join(folder, '.git/objects'), { recursive: true }).length;
    const first = await take(folder);
    place.write(folder, { 'b.txt': 'later' });
    const second = await take(folder);
    await checkpoints.restore({ from: first, onlyIfNow: second }, gates(folder));
    const after = personState(place, folder);
    // The restored file is the same bytes with a later date.
    const dates = (state: unknown) => JSON.stringify(state).replaceAll(/("b\.txt",\d+,)[\d.]+/g, '$1');
    assert.equal(dates(after), dates(before));
    assert.equal(readdirSync(join(folder, '.git/objects'), { recursive: true }).length, objects);
  });

  it('sees a change of the same size within the same instant', async () => {
    const folder = place.repository('work', { 'a.txt': '1111' });
    const seen: string[] = [];
    let last = await take(folder);
    for (const text of ['2222', '3333', '4444', '5555']) {
      place.write(folder, { 'a.txt': text });
      const next = await take(folder);
      seen.push(...(await between(last, next)));
      last = next;
    }
    assert.deepEqual(
      seen,
      Array.from({ length: 4 }, () => 'edited a.txt'),
    );
  });

  it('keeps a file behind a filter as it is on disk, and runs no filter', async () => {
    const folder = place.repository('work', { 'a.bin': 'pointer', '.gitattributes': '*.bin filter=evil\n' });
    place.plain(folder, 'config', 'filter.evil.clean', `touch ${join(place.root, 'canary')}; cat`);
    place.write(folder, { 'a.bin': 'content' });
    const before = await take(folder);
    place.write(folder, { 'a.bin': 'changed' });
    const after = await take(folder);
    const restored = await checkpoints.restore({ from: before, onlyIfNow: after }, gates(folder));
    assert.ok(restored.ok && restored.restored.length === 1);
    assert.deepEqual([readFileSync(join(folder, 'a.bin'), 'utf8'), existsSync(join(place.root, 'canary'))], ['content', false]);
  });

  it('is of the folder alone when that is part of a repository', async () => {
    const folder = place.repository('work', { 'app/a.txt': 'a', 'lib/b.txt': 'b' });
    const before = await take(join(folder, 'app'));
    place.write(folder, { 'app/a.txt': '2', 'lib/b.txt': '2' });
    const after = await take(join(folder, 'app'));
    assert.deepEqual(await between(before, after), ['edited a.txt']);
    const restored = await checkpoints.restore({ from: before, onlyIfNow: after }, gates(join(folder, 'app')));
    assert.ok(restored.ok);
    assert.deepEqual([readFileSync(join(folder, 'app/a.txt'), 'utf8'), readFileSync(join(folder, 'lib/b.txt'), 'utf8')], ['a', '2']);
  });

  it('leaves out what is ignored by the repository, by its own exclude file and by the person', async () => {
    place.write(place.home, { '.config/git/ignore': 'mine/\n' });
    const folder = place.repository('work', { '.gitignore': 'out/\n', 'a.txt': 'a' });
    place.write(folder, { '.git/info/exclude': 'local/\n' });
    const before = await take(folder);
    place.write(folder, { 'out/x': 'x', 'local/x': 'x', 'mine/x': 'x', 'seen/x': 'x' });
    assert.deepEqual(await between(before, await take(folder)), ['created seen/x']);
  });

  it('GIT-07: says which repositories inside are not part of it, submodules included', async () => {
    const inner = place.repository('inner', { 'i.txt': 'i' });
    const folder = place.repository('work', { 'a.txt': 'a' });
    place.plain(folder, 'submodule', '--quiet', 'add', inner, 'sub');
    place.plain(folder, 'commit', '-q', '-m', 'sub');
    mkdirSync(join(folder, 'nested'));
    place.plain(join(folder, 'nested'), 'init', '-q');
    place.write(folder, { 'nested/n.txt': 'n' });
    const before = await take(folder);
    assert.deepEqual(before.leftOut, [{ path: 'nested', why: 'repository' }]);
    place.write(folder, { 'nested/n.txt': '2', 'sub/i.txt': '2', 'a.txt': '2' });
    assert.deepEqual(await between(before, await take(folder)), ['edited a.txt']);
  });

  it('GIT-07: says that there is no checkpoint when it would be too large, too many files, or too slow', async () => {
    const folder = place.repository('work', { 'a.txt': 'a' });
    execFileSync('truncate', ['-s', '20G', join(folder, 'huge.bin')]);
    const huge = await checkpoints.take(folder);
    assert.ok(!huge.ok && huge.kind === 'tooMuch');
    assert.match(huge.text, /larger than 256 MiB together, counted up to huge\.bin/);
    rmSync(join(folder, 'huge.bin'));
    place.write(folder, { 'b.txt': 'b', 'c.txt': 'c' });
    checkpoints = make({ files: 1 });
    const many = await checkpoints.take(folder);
    assert.ok(!many.ok && many.kind === 'tooMuch');
    assert.match(many.text, /\d files of .* are new or changed; at most 1 are kept/);
    checkpoints = make({ timeMs: 0 });
    const slow = await checkpoints.take(folder);
    assert.ok(!slow.ok && slow.kind === 'timedOut');
  });

  it('GIT-07: takes no home folder that is a repository for the one of a folder below it', async () => {
    place.plain(place.home, 'init', '-q');
    place.write(place.home, { 'secret.txt': 's', 'project/a.txt': 'a' });
    const before = await take(join(place.home, 'project'));
    place.write(place.home, { 'secret.txt': '2', 'project/a.txt': '2' });
    assert.deepEqual(await between(before, await take(join(place.home, 'project'))), ['edited a.txt']);
  });

  it('GIT-08: a file that cannot be kept makes it an error, never an old tree', async () => {
    const folder = place.repository('work', { 'a.txt': 'a', 'pipe.txt': 'p' });
    const before = await take(folder);
    place.write(folder, { 'a.txt': 'changed' });
    rmSync(join(folder, 'pipe.txt'));
    execFileSync('mkfifo', [join(folder, 'pipe.txt')]);
    const failed = await checkpoints.take(folder);
    assert.ok(!failed.ok && failed.kind === 'failed');
    assert.match(failed.text, /pipe\.txt/);
    rmSync(join(folder, 'pipe.txt'));
    assert.deepEqual(await between(before, await take(folder)), ['edited a.txt', 'deleted pipe.txt']);
  });

  it('GIT-08: an object that cannot be written makes it an error', async () => {
    const folder = place.repository('work', { 'a.txt': 'a' });
    await take(folder);
    const box = join(place.root, 'storage', readdirSync(join(place.root, 'storage'))[0] ?? '');
    const objects = join(box, readdirSync(box)[0] ?? '', 'objects');
    renameSync(objects, `${objects}.away`);
    writeFileSync(objects, 'no folder');
    place.write(folder, { 'a.txt': 'changed' });
    const failed = await checkpoints.take(folder);
    assert.ok(!failed.ok, 'an old tree was given for a new one');
    rmSync(objects);
    renameSync(`${objects}.away`, objects);
    assert.ok((await checkpoints.take(folder)).ok);
  });

  it('makes room by letting older ones go, and says so when one of them is wanted', async () => {
    const folder = place.repository('work', { 'a.txt': 'a' });
    checkpoints = make({ storeBytes: 2000 });
    const taken: Checkpoint[] = [];
    for (let turn = 0; turn < 5; turn++) {
      place.write(folder, { 'a.txt': `${turn}`.repeat(1500) });
      taken.push(await take(folder));
    }
    const box = join(place.root, 'storage', readdirSync(join(place.root, 'storage'))[0] ?? '');
    assert.equal(readdirSync(box).length, 2);
    const [first, , , fourth, fifth] = taken;
    assert.ok(first !== undefined && fourth !== undefined && fifth !== undefined);
    assert.deepEqual(await between(fourth, fifth), ['edited a.txt']);
    const gone = await checkpoints.changesBetween(first, fifth);
    assert.ok(!gone.ok);
    assert.match(gone.text, /no longer kept/);
  });

  it('keeps links as links', async () => {
    const folder = place.repository('work', { 'a.txt': 'a' });
    const before = await take(folder);
    symlinkSync('/etc', join(folder, 'etc'));
    const after = await take(folder);
    assert.deepEqual(await between(before, after), ['created etc']);
    const restored = await checkpoints.restore({ from: before, onlyIfNow: after }, gates(folder));
    assert.deepEqual(restored, { ok: true, restored: [], kept: [{ path: 'etc', why: 'It is or was a symbolic link.' }] });
    assert.ok(lstatSync(join(folder, 'etc')).isSymbolicLink());
  });
});
