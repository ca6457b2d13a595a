import * as assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { createRepositoryLock } from '../../../src/workspace/git/repositoryLock.ts';
import { listSalvages, restoreSalvage } from '../../../src/workspace/git/salvage.ts';
import type { Worktree, WorktreeRequest } from '../../../src/workspace/git/worktreeTypes.ts';
import { createWorktrees, type Worktrees } from '../../../src/workspace/git/worktrees.ts';
import { type GitPlace, gitPlace, personState, quiet } from '../../support/gitPlace.ts';

describe('worktrees', function () {
  this.timeout(60_000);
  let place: GitPlace;
  let worktrees: Worktrees;

  beforeEach(() => {
    place = gitPlace();
    worktrees = createWorktrees({
      git: place.git,
      storage: join(place.root, 'storage'),
      lock: createRepositoryLock({ folder: join(place.root, 'locks') }),
      now: () => 1,
      log: quiet,
    });
  });

  afterEach(() => place.remove());

  async function create(folder: string, agent = 'builder', more: Partial<WorktreeRequest> = {}): Promise<Worktree> {
    const made = await worktrees.create({ folder, run: 'r1', agent, ...more });
    assert.ok(made.ok, made.ok ? '' : made.text);
    return made;
  }

  const registered = (folder: string) => place.plain(folder, 'worktree', 'list', '--porcelain').match(/^worktree /gm)?.length;
  const flotillaRefs = (folder: string) => place.plain(folder, 'for-each-ref', '--format=%(refname)', 'refs/flotilla');

  it('gives an agent what the person sees: uncommitted, untracked, moved, removed, executable and linked files', async () => {
    const folder = place.repository('work', {
      '.gitignore': 'out/\n',
      'kept.txt': 'k',
      'changed.txt': 'old',
      'gone.txt': 'g',
      'staged.txt': 's',
    });
    place.write(folder, {
      'changed.txt': 'new',
      'sub/new file ü.txt': 'n',
      'out/ignored.txt': 'i',
      'run.sh': '#!/bin/sh\n',
      'staged.txt': 'staged',
    });
    chmodSync(join(folder, 'run.sh'), 0o755);
    symlinkSync('kept.txt', join(folder, 'link'));
    rmSync(join(folder, 'gone.txt'));
    place.plain(folder, 'add', 'staged.txt');
    const before = personState(place, folder);
    const { root, notes } = await create(folder);
    assert.deepEqual(readdirSync(root).sort(), ['.git', '.gitignore', 'changed.txt', 'kept.txt', 'link', 'run.sh', 'staged.txt', 'sub']);
    assert.deepEqual(
      ['changed.txt', 'sub/new file ü.txt', 'staged.txt', 'link'].map((name) => readFileSync(join(root, name), 'utf8')),
      ['new', 'n', 'staged', 'k'],
    );
    assert.ok(lstatSync(join(root, 'link')).isSymbolicLink());
    assert.notEqual(lstatSync(join(root, 'run.sh')).mode & 0o111, 0);
    assert.deepEqual(notes, []);
    assert.deepEqual(personState(place, folder), before);
    assert.equal(place.plain(root, 'status', '--porcelain'), '');
    assert.equal(place.plain(folder, 'branch', '--list', '--format=%(refname:short)'), 'main');
  });

  it('begins with the last commit alone when asked to', async () => {
    const folder = place.repository('work', { 'a.txt': 'committed' });
    place.write(folder, { 'a.txt': 'changed', 'b.txt': 'new' });
    const { root, record } = await create(folder, 'builder', { carry: 'head' });
    assert.deepEqual([readFileSync(join(root, 'a.txt'), 'utf8'), existsSync(join(root, 'b.txt'))], ['committed', false]);
    assert.equal(record.start, place.plain(folder, 'rev-parse', 'HEAD'));
  });

  it('leaves nothing behind when nothing was done in it', async () => {
    const folder = place.repository('work', { 'a.txt': 'a' });
    const { record } = await create(folder);
    assert.deepEqual(await worktrees.remove(record), { ok: true, ignoredFiles: 0 });
    assert.deepEqual(
      [registered(folder), flotillaRefs(folder), await worktrees.list(), readdirSync(join(place.root, 'storage'))],
      [1, '', [], []],
    );
  });

  it('keeps uncommitted, untracked and committed work of a removed worktree under a name from which it can be restored', async () => {
    const folder = place.repository('work', { '.gitignore': 'out/\n', 'a.txt': 'a' });
    const { record, root } = await create(folder);
    place.write(root, { 'done.txt': 'committed by the agent' });
    place.plain(root, 'add', '-A');
    place.plain(root, 'commit', '-q', '-m', 'work');
    place.write(root, { 'a.txt': 'changed', 'new.txt': 'untracked', 'out/x': 'ignored' });
    const before = personState(place, folder);
    const removal = await worktrees.remove(record);
    assert.ok(removal.ok && removal.salvage !== undefined);
    assert.deepEqual([removal.salvage.ref, removal.ignoredFiles], ['refs/flotilla/salvage/r1/builder', 1]);
    assert.deepEqual([existsSync(root), registered(folder)], [false, 1]);
    assert.deepEqual(personState(place, folder), before);

    const repository = await place.git.open(folder);
    assert.ok(repository.ok);
    const listed = await listSalvages(place.git, repository);
    assert.ok(listed.ok);
    assert.deepEqual(
      listed.salvages.map(({ ref, commit }) => ({ ref, commit })),
      [{ ref: removal.salvage.ref, commit: removal.salvage.commit }],
    );
    const restored = await restoreSalvage(place.git, repository, removal.salvage.ref, 'rescued');
    assert.deepEqual(restored, { ok: true, branch: 'rescued', commit: removal.salvage.commit });
    assert.deepEqual(
      ['a.txt', 'new.txt', 'done.txt'].map((name) => place.plain(folder, 'show', `rescued:${name}`)),
      ['changed', 'untracked', 'committed by the agent'],
    );
    const again = await restoreSalvage(place.git, repository, removal.salvage.ref, 'main');
    assert.ok(!again.ok && again.kind === 'failed');
    assert.equal(place.plain(folder, 'show', 'main:a.txt'), 'a');
  });

  it('keeps no second copy of work that has landed or is on a branch', async () => {
    const folder = place.repository('work', { 'a.txt': 'a' });
    const one = await create(folder, 'one');
    place.write(one.root, { 'a.txt': 'one' });
    const captured = await worktrees.capture(one.record);
    assert.ok(captured.ok && captured.changed);
    assert.deepEqual(await worktrees.remove(one.record, { landed: captured.commit }), { ok: true, ignoredFiles: 0 });
    const two = await create(folder, 'two');
    place.plain(two.root, 'switch', '-q', '-c', 'feature');
    place.write(two.root, { 'a.txt': 'two' });
    place.plain(two.root, 'commit', '-q', '-a', '-m', 'two');
    assert.deepEqual(await worktrees.remove(two.record), { ok: true, ignoredFiles: 0 });
    assert.equal(place.plain(folder, 'show', 'feature:a.txt'), 'two');
    assert.equal(flotillaRefs(folder), '');
  });

  it('does not remove what no commit can keep: a repository inside, a file behind a filter', async () => {
    const folder = place.repository('work', { 'a.txt': 'a', '.gitattributes': '*.bin filter=lfs\n' });
    const { record, root } = await create(folder);
    mkdirSync(join(root, 'clone'));
    place.plain(join(root, 'clone'), 'init', '-q');
    place.write(root, { 'clone/x.txt': 'x', 'big.bin': 'content' });
    const removal = await worktrees.remove(record);
    assert.ok(!removal.ok && removal.kind === 'kept');
    assert.deepEqual(removal.items, [
      { path: 'clone', why: 'repository' },
      { path: 'big.bin', why: 'filter' },
    ]);
    assert.equal(readFileSync(join(root, 'clone/x.txt'), 'utf8'), 'x');
    assert.equal(place.plain(root, 'rev-parse', '--show-toplevel'), root);
    rmSync(join(root, 'clone'), { recursive: true });
    rmSync(join(root, 'big.bin'));
    assert.deepEqual(await worktrees.remove(record), { ok: true, ignoredFiles: 0 });
  });

  it('copies ignored files by pattern and no others, and never through a link', async () => {
    const folder = place.repository('work', { '.gitignore': '.env*\nsecret.txt\nnode_modules/\n', 'a.txt': 'a' });
    place.write(folder, { '.env': 'A=1', 'app/.env.local': 'B=2', 'secret.txt': 's', 'node_modules/p/.env': 'no' });
    symlinkSync('/etc/hostname', join(folder, '.env.link'));
    const { root, notes } = await create(folder, 'builder', { copy: ['.env*'] });
    assert.deepEqual(readdirSync(root).sort(), ['.env', '.git', '.gitignore', 'a.txt', 'app']);
    assert.equal(readFileSync(join(root, 'app/.env.local'), 'utf8'), 'B=2');
    assert.deepEqual(notes, [{ kind: 'notCopied', paths: ['.env.link'], why: 'It is no regular file.' }]);
    assert.equal(place.plain(root, 'status', '--porcelain'), '');
  });

  it('links dependency folders so that Git still ignores them and removing the worktree leaves them', async () => {
    const folder = place.repository('work', { '.gitignore': 'node_modules/\n', 'packages/mine/index.js': 'mine' });
    place.write(folder, {
      'node_modules/dep/index.js': 'dep',
      'node_modules/@g/dep/index.js': 'g',
      'node_modules/.bin/x': 'x',
      'packages/mine/node_modules/q/i.js': 'q',
    });
    symlinkSync('../packages/mine', join(folder, 'node_modules/mine'));
    const { root, record, notes } = await create(folder, 'builder', { dependencies: { names: ['node_modules'], how: 'link' } });
    assert.deepEqual(notes, []);
    assert.deepEqual(
      ['node_modules/dep/index.js', 'node_modules/@g/dep/index.js', 'packages/mine/node_modules/q/i.js'].map((name) =>
        readFileSync(join(root, name), 'utf8'),
      ),
      ['dep', 'g', 'q'],
    );
    place.write(root, { 'packages/mine/index.js': 'changed here', 'node_modules/added/index.js': 'added' });
    assert.equal(readFileSync(join(root, 'node_modules/mine/index.js'), 'utf8'), 'changed here');
    assert.equal(place.plain(root, 'status', '--porcelain'), ' M packages/mine/index.js');
    assert.ok((await worktrees.remove(record)).ok);
    assert.deepEqual(readdirSync(join(folder, 'node_modules')).sort(), ['.bin', '@g', 'dep', 'mine']);
    assert.equal(readFileSync(join(folder, 'node_modules/dep/index.js'), 'utf8'), 'dep');
  });

  it('copies dependency folders when asked to', async () => {
    const folder = place.repository('work', { '.gitignore': 'node_modules/\n' });
    place.write(folder, { 'node_modules/dep/index.js': 'dep' });
    const { root } = await create(folder, 'builder', { dependencies: { names: ['node_modules'], how: 'copy' } });
    writeFileSync(join(root, 'node_modules/dep/index.js'), 'patched');
    assert.equal(readFileSync(join(folder, 'node_modules/dep/index.js'), 'utf8'), 'dep');
  });

  it('takes back a worktree whose set-up failed or was aborted', async () => {
    const folder = place.repository('work', { 'a.txt': 'a' });
    const failed = await worktrees.create({ folder, run: 'r1', agent: 'one', setUp: () => Promise.reject(new Error('npm said no')) });
    assert.ok(!failed.ok && failed.kind === 'setUp');
    assert.match(failed.text, /npm said no/);
    const stop = new AbortController();
    const aborted = worktrees.create(
      {
        folder,
        run: 'r1',
        agent: 'two',
        setUp: () => {
          stop.abort(new Error('stopped'));
          return Promise.reject(stop.signal.reason);
        },
      },
      stop.signal,
    );
    await assert.rejects(aborted, /stopped/);
    assert.deepEqual([registered(folder), flotillaRefs(folder), readdirSync(join(place.root, 'storage'))], [1, '', []]);
  });

  it('gives one agent one worktree', async () => {
    const folder = place.repository('work', { 'a.txt': 'a' });
    await create(folder);
    const second = await worktrees.create({ folder, run: 'r1', agent: 'builder' });
    assert.ok(!second.ok && second.kind === 'taken');
    const odd = await worktrees.create({ folder, run: '../x', agent: 'builder' });
    assert.ok(!odd.ok && odd.kind === 'badName');
  });

  it('sweeps the worktrees of dead runs, each with its work kept, and no others', async () => {
    const folder = place.repository('work', { 'a.txt': 'a' });
    const dead = await create(folder, 'dead');
    const live = await create(folder, 'live');
    place.write(dead.root, { 'a.txt': 'work' });
    const swept = await worktrees.sweep(({ agent }) => agent === 'live');
    assert.deepEqual(
      swept.map(({ record, removal }) => [record.agent, removal.ok && removal.salvage?.ref]),
      [['dead', 'refs/flotilla/salvage/r1/dead']],
    );
    assert.deepEqual([existsSync(dead.root), existsSync(live.root)], [false, true]);
  });

  it('leaves a worktree alone that was made to belong to another repository', async () => {
    const folder = place.repository('work', { 'a.txt': 'a' });
    const other = place.repository('other', { 'b.txt': 'b' });
    const { record, root } = await create(folder);
    place.write(root, { 'a.txt': 'work' });
    writeFileSync(join(root, '.git'), `gitdir: ${join(other, '.git')}\n`);
    const removal = await worktrees.remove(record);
    assert.ok(!removal.ok && removal.kind === 'unsafe');
    assert.equal(readFileSync(join(root, 'a.txt'), 'utf8'), 'work');
  });

  describe('special repositories', () => {
    it('unborn HEAD: works, and says why not when only commits may be carried', async () => {
      const folder = place.repository('work');
      place.write(folder, { 'a.txt': 'a' });
      const { root } = await create(folder);
      assert.equal(readFileSync(join(root, 'a.txt'), 'utf8'), 'a');
      const head = await worktrees.create({ folder, run: 'r1', agent: 'other', carry: 'head' });
      assert.ok(!head.ok && head.kind === 'unborn');
    });

    it('a subfolder of the repository: the agent gets the same subfolder', async () => {
      const folder = place.repository('work', { 'app/a.txt': 'a', 'lib/b.txt': 'b' });
      const made = await create(join(folder, 'app'));
      assert.equal(made.folder, join(made.root, 'app'));
      assert.equal(readFileSync(join(made.folder, 'a.txt'), 'utf8'), 'a');
    });

    it('a linked worktree of the person: works, from its own state', async () => {
      const folder = place.repository('work', { 'a.txt': 'a' });
      const linked = join(place.root, 'linked');
      place.plain(folder, 'worktree', 'add', '-q', '-b', 'side', linked);
      place.write(linked, { 'a.txt': 'side' });
      const { root } = await create(linked);
      assert.equal(readFileSync(join(root, 'a.txt'), 'utf8'), 'side');
    });

    it('submodules: works with empty folders, and says so', async () => {
      const inner = place.repository('inner', { 'i.txt': 'i' });
      const folder = place.repository('work', { 'a.txt': 'a' });
      place.plain(folder, 'submodule', '--quiet', 'add', inner, 'inner');
      place.plain(folder, 'commit', '-q', '-m', 'submodule');
      place.write(folder, { 'inner/dirty.txt': 'd' });
      const { root, notes, record } = await create(folder);
      assert.deepEqual(notes, [{ kind: 'submodules', paths: ['inner'] }]);
      assert.deepEqual(readdirSync(join(root, 'inner')), []);
      assert.deepEqual(await worktrees.remove(record), { ok: true, ignoredFiles: 0 });
      const inside = await worktrees.create({ folder: join(folder, 'inner'), run: 'r1', agent: 'x' });
      assert.ok(!inside.ok && inside.kind === 'submodule');
    });

    it('sparse checkout: works with the same part, and says so', async () => {
      const folder = place.repository('work', { 'in/a.txt': 'a', 'out/b.txt': 'b' });
      place.plain(folder, 'sparse-checkout', 'set', 'in');
      place.write(folder, { 'in/a.txt': 'changed' });
      const { root, notes, record } = await create(folder);
      assert.deepEqual(notes, [{ kind: 'sparse' }]);
      assert.deepEqual([existsSync(join(root, 'out')), readFileSync(join(root, 'in/a.txt'), 'utf8')], [false, 'changed']);
      assert.equal(place.plain(folder, 'show', `${record.start}:out/b.txt`), 'b');
      place.write(root, { 'in/a.txt': 'work' });
      const captured = await worktrees.capture(record);
      assert.ok(captured.ok);
      assert.equal(place.plain(folder, 'show', `${captured.commit}:out/b.txt`), 'b');
    });

    it('LFS: works with files as they are stored, and says so', async () => {
      const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:aa\nsize 2\n';
      const folder = place.repository('work', { 'a.bin': pointer, 'a.txt': 'a' });
      place.write(folder, { '.gitattributes': '*.bin filter=lfs diff=lfs merge=lfs -text\n' });
      place.plain(folder, 'add', '-A');
      place.plain(folder, 'commit', '-q', '-m', 'lfs');
      place.write(folder, { 'a.bin': 'the real content' });
      const { root, notes } = await create(folder);
      assert.deepEqual(notes, [
        { kind: 'leftOut', items: [{ path: 'a.bin', why: 'filter' }] },
        { kind: 'filtered', files: 1, filters: ['lfs'] },
      ]);
      assert.equal(readFileSync(join(root, 'a.bin'), 'utf8'), pointer);
    });

    it('in the middle of a merge with conflicts: carries the files as they are', async () => {
      const folder = place.repository('work', { 'a.txt': 'a' });
      place.plain(folder, 'switch', '-q', '-c', 'side');
      place.write(folder, { 'a.txt': 'side' });
      place.plain(folder, 'commit', '-q', '-a', '-m', 'side');
      place.plain(folder, 'switch', '-q', 'main');
      place.write(folder, { 'a.txt': 'main' });
      place.plain(folder, 'commit', '-q', '-a', '-m', 'main');
      assert.throws(() => place.plain(folder, 'merge', 'side'));
      const before = personState(place, folder);
      const { root } = await create(folder);
      assert.match(readFileSync(join(root, 'a.txt'), 'utf8'), /<<<<<<</);
      assert.deepEqual(personState(place, folder), before);
    });

    it('a folder that became a link: carries the link', async () => {
      const folder = place.repository('work', { 'd/a.txt': 'a', 'e/a.txt': 'other' });
      renameSync(join(folder, 'd'), join(place.root, 'moved'));
      symlinkSync(join(place.root, 'moved'), join(folder, 'd'));
      const { root } = await create(folder);
      assert.ok(lstatSync(join(root, 'd')).isSymbolicLink());
    });

    it('bare, no Git at all, storage inside, core.worktree: says exactly why not', async () => {
      const bare = join(place.root, 'bare.git');
      mkdirSync(bare);
      place.plain(bare, 'init', '-q', '--bare');
      const none = join(place.root, 'plain');
      mkdirSync(none);
      const pointing = place.repository('pointing', { 'a.txt': 'a' });
      place.plain(pointing, 'config', 'core.worktree', none);
      const kinds: unknown[] = [];
      for (const folder of [bare, none, pointing, join(place.root, 'missing')]) {
        const made = await worktrees.create({ folder, run: 'r1', agent: 'x' });
        kinds.push(made.ok ? 'made' : made.kind);
      }
      assert.deepEqual(kinds, ['bare', 'noRepository', 'worktreeSetting', 'noRepository']);
      const folder = place.repository('work', { 'a.txt': 'a' });
      const inside = createWorktrees({
        git: place.git,
        storage: join(folder, 'storage'),
        lock: createRepositoryLock({ folder: join(place.root, 'locks') }),
        now: () => 1,
        log: quiet,
      });
      const made = await inside.create({ folder, run: 'r1', agent: 'x' });
      assert.ok(!made.ok && made.kind === 'storage');
    });
  });
});
