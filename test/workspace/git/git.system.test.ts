import * as assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { createCheckpoints } from '../../../src/workspace/git/checkpoints.ts';
import { createGit } from '../../../src/workspace/git/git.ts';
import { findNotRun, parseConfigList, refuseConfig } from '../../../src/workspace/git/gitConfig.ts';
import type { Repository } from '../../../src/workspace/git/gitDir.ts';
import type { GitCall } from '../../../src/workspace/git/gitTypes.ts';
import { createRepositoryLock } from '../../../src/workspace/git/repositoryLock.ts';
import { createWorktrees } from '../../../src/workspace/git/worktrees.ts';
import { deepRun } from '../../support/examples.ts';
import { type GitPlace, gitPlace, personState, quiet } from '../../support/gitPlace.ts';
import { groupVectors, vectors } from '../../support/gitVectors.ts';

describe('git', function () {
  this.timeout(60_000);
  let place: GitPlace;

  beforeEach(() => {
    place = gitPlace();
  });

  afterEach(() => place.remove());

  async function open(folder: string): Promise<Repository> {
    const repository = await place.git.open(folder);
    assert.ok(repository.ok, repository.ok ? '' : repository.text);
    return repository;
  }

  it('answers from the repository that a subfolder is in', async () => {
    const folder = place.repository('work', { 'a/b.txt': 'one\n' });
    const repository = await open(join(folder, 'a'));
    assert.deepEqual([repository.workTree, repository.kind], [folder, 'main']);
    place.write(folder, { 'a/b.txt': 'two\n' });
    const diff = await place.git.run(repository, { args: ['diff', '--name-only'] });
    assert.ok(diff.ok);
    assert.equal(diff.text, 'a/b.txt');
  });

  it('says what Git said when it fails', async () => {
    const repository = await open(place.repository('work', { 'a.txt': 'one\n' }));
    assert.deepEqual(await place.git.run(repository, { args: ['rev-parse', '--verify'], revisions: ['no-such'] }), {
      ok: false,
      kind: 'failed',
      exitCode: 128,
      text: `git rev-parse in ${repository.workTree} failed with code 128: fatal: Needed a single revision`,
      next: 'See what Git says, and try again.',
    });
  });

  it('ends at its limits of time and output, and throws the reason of an abort', async () => {
    const folder = place.repository('work', { 'a.txt': 'x'.repeat(100_000) });
    const repository = await open(folder);
    const much = await place.git.run(repository, { args: ['show'], revisions: ['HEAD:a.txt'], maxBytes: 1000 });
    assert.ok(!much.ok && much.kind === 'tooMuch');
    const slow = slowGit();
    const late = await slow.run(repository, { args: ['status'], timeoutMs: 200 });
    assert.ok(!late.ok && late.kind === 'timedOut');
    const stop = new AbortController();
    const running = slow.run(repository, { args: ['status'], signal: stop.signal });
    stop.abort(new Error('enough'));
    await assert.rejects(running, /enough/);
  });

  /** Our Git over a program that answers its version and settings, and then hangs. */
  function slowGit() {
    const bin = join(place.root, 'slow');
    mkdirSync(bin);
    writeFileSync(
      join(bin, 'git'),
      '#!/bin/sh\ncase "$*" in version) echo git version 2.40.0;; *config*) ;; *) exec /bin/sleep 60;; esac\n',
    );
    chmodSync(join(bin, 'git'), 0o755);
    return createGit({ host: { PATH: bin, HOME: place.home }, forbiddenFolders: () => [], log: quiet });
  }

  it('is never taken from a folder that agents can write to, nor from a link into one', async () => {
    const work = join(place.root, 'work');
    mkdirSync(join(work, 'bin'), { recursive: true });
    writeFileSync(join(work, 'bin/git'), `#!/bin/sh\ntouch ${place.root}/canary\n`);
    chmodSync(join(work, 'bin/git'), 0o755);
    const links = join(place.root, 'links');
    mkdirSync(links);
    symlinkSync(join(work, 'bin/git'), join(links, 'git'));
    const only = createGit({ host: { PATH: `${work}/bin:${links}:bin:.` }, forbiddenFolders: () => [work], log: quiet });
    const version = await only.version();
    assert.ok(!version.ok && version.kind === 'noGit');
    const both = createGit({
      host: { PATH: `${work}/bin:${links}:${process.env.PATH ?? ''}` },
      forbiddenFolders: () => [work],
      log: quiet,
    });
    assert.ok((await both.version()).ok);
    assert.equal(existsSync(join(place.root, 'canary')), false);
  });

  it('refuses a Git that would not know how it is told what not to run', async () => {
    const bin = join(place.root, 'old');
    mkdirSync(bin);
    writeFileSync(join(bin, 'git'), '#!/bin/sh\necho git version 2.30.9\n');
    chmodSync(join(bin, 'git'), 0o755);
    const old = await createGit({ host: { PATH: bin }, forbiddenFolders: () => [], log: quiet }).version();
    assert.ok(!old.ok && old.kind === 'oldGit');
  });

  it('takes the name of the person from the repository before their own settings, and no more from these than is harmless', async () => {
    place.write(place.home, {
      '.gitconfig': `[user]\nname = Global\nemail = g@example.org\n[core]\nfsmonitor = touch ${place.root}/canary\n[alias]\nst = status\n`,
    });
    const folder = place.repository('work', { 'a.txt': 'a' });
    rmSync(join(place.root, 'canary'), { force: true });
    assert.deepEqual(await place.git.person(await open(folder)), { name: 'Global', email: 'g@example.org' });
    place.plain(folder, 'config', 'user.name', 'Local');
    rmSync(join(place.root, 'canary'), { force: true });
    assert.deepEqual(await place.git.person(await open(folder)), { name: 'Local', email: 'g@example.org' });
    assert.ok((await place.git.run(await open(folder), { args: ['status'] })).ok);
    assert.equal(existsSync(join(place.root, 'canary')), false);
  });

  describe('GIT-01', () => {
    const calls: readonly GitCall[] = [
      { args: ['status', '--porcelain=v2', '-z'] },
      { args: ['diff'] },
      { args: ['diff', '--cached'] },
      { args: ['diff'], revisions: ['main', 'side'] },
      { args: ['diff-files', '-p'] },
      { args: ['diff-index', '-p'], revisions: ['HEAD'] },
      { args: ['diff-tree', '-p'], revisions: ['main', 'side'] },
      { args: ['log', '-p', '-3'] },
      { args: ['show'], revisions: ['HEAD'] },
      { args: ['ls-files', '-m', '-o', '-z'] },
      { args: ['blame'], revisions: ['HEAD'], paths: ['a.txt'] },
      { args: ['merge-tree', '--write-tree'], revisions: ['main', 'side'] },
      { args: ['update-index', '--add', '--stdin'], input: 'a.txt\n' },
      { args: ['commit-tree', '-m', 'x'], revisions: ['HEAD^{tree}'], identity: { name: 'n', email: 'e' } },
      { args: ['update-ref'], revisions: ['refs/flotilla/x', 'HEAD'] },
      { args: ['checkout-index', '-f', '-a'] },
      { args: ['st'] },
      { args: ['fetch', 'evil'] },
    ];

    let fired = 0;
    /** A changed file and a branch that conflicts, made once and copied. */
    let template: GitPlace;

    before(() => {
      template = gitPlace();
      const folder = template.repository('work', { 'a.txt': 'one\n' });
      template.plain(folder, 'switch', '-q', '-c', 'side');
      template.write(folder, { 'a.txt': 'side\n' });
      template.plain(folder, 'commit', '-q', '-a', '-m', 'side');
      template.plain(folder, 'switch', '-q', 'main');
      template.write(folder, { 'a.txt': 'main\n' });
      template.plain(folder, 'commit', '-q', '-a', '-m', 'main');
      template.write(folder, { 'a.txt': 'two\n' });
    });

    after(() => template.remove());

    const fresh = (name: string): string => {
      const folder = join(place.root, name);
      cpSync(join(template.root, 'work'), folder, { recursive: true });
      return folder;
    };

    for (const vector of vectors.filter(({ trigger }) => trigger !== undefined)) {
      it(`GIT-01: ${vector.name} is real: plain Git runs it`, () => {
        const canary = join(place.root, 'canary');
        const folder = fresh('copy');
        vector.plant(place, folder, `touch ${canary}`);
        rmSync(canary, { force: true });
        const env = {
          PATH: process.env.PATH ?? '',
          HOME: place.home,
          GIT_AUTHOR_NAME: 'n',
          GIT_AUTHOR_EMAIL: 'e',
          GIT_COMMITTER_NAME: 'n',
          GIT_COMMITTER_EMAIL: 'e',
        };
        spawnSync('git', vector.trigger ?? [], { cwd: folder, env, input: 'protocol=https\nhost=x\n\n' });
        assert.ok(existsSync(canary));
        fired++;
      });
    }

    for (const [number, group] of groupVectors(vectors).entries()) {
      // Each call meets several groups in `npm test`, and all in the deep run.
      const tried = calls.filter((_, index) => deepRun || index % 3 === number % 3);
      it(`GIT-01: nothing is run by our calls: ${group.map(({ name }) => name).join(', ')}`, async () => {
        const folder = fresh('work');
        const canaries = join(place.root, 'canaries');
        for (const [index, vector] of group.entries()) {
          vector.plant(place, folder, `touch ${canaries}/${index}`);
        }
        mkdirSync(canaries);
        const run = () => readdirSync(canaries).map((index) => group[Number(index)]?.name);
        const repository = await open(folder);
        for (const call of tried) {
          await place.git.run(repository, { ...call, lockPatienceMs: 0 });
          assert.deepEqual(run(), [], `by git ${call.args.join(' ')}`);
        }
        place.write(folder, { 'a.txt': 'three\n' });
        const storage = join(place.root, 'storage');
        const worktrees = createWorktrees({
          git: place.git,
          storage,
          lock: createRepositoryLock({ folder: join(place.root, 'locks') }),
          now: () => 1,
          log: quiet,
        });
        const made = await worktrees.create({
          folder,
          run: 'r',
          agent: 'a',
          copy: ['*.env'],
          dependencies: { names: ['node_modules'], how: 'link' },
        });
        assert.ok(made.ok, made.ok ? '' : made.text);
        place.write(made.root, { 'a.txt': 'four\n' });
        await worktrees.capture(made.record);
        await worktrees.remove(made.record);
        assert.deepEqual(run(), [], 'by a worktree');
        const checkpoints = createCheckpoints({ git: place.git, storage: join(place.root, 'checkpoints'), now: () => 1, log: quiet });
        assert.ok((await checkpoints.take(folder)).ok);
        assert.deepEqual(run(), [], 'by a checkpoint');
      });
    }

    it('GIT-01: has tried at least 19 ways that plain Git runs', () => {
      assert.ok(fired >= 19, `${fired}`);
    });

    it('GIT-01: names what is not run, with its file, and refuses what it could not keep from running', async () => {
      const folder = place.repository('work', { 'a.txt': 'a' });
      place.plain(folder, 'config', 'filter.x.clean', 'cat');
      place.plain(folder, 'config', 'alias.st', 'status');
      const settings = await place.git.settings(await open(folder));
      assert.ok(settings.ok);
      const file = join(folder, '.git/config');
      assert.deepEqual(settings.notRun, [
        { key: 'filter.x.clean', file },
        { key: 'alias.st', file },
      ]);
      place.plain(folder, 'config', 'hook.x.command', 'touch canary');
      const refused = await place.git.run(await open(folder), { args: ['status'] });
      assert.ok(!refused.ok && refused.kind === 'unsafe');
      assert.match(refused.text, /hook\.x\.command in .*\.git\/config/);
      assert.match(refused.next, /remove it from/);
    });

    it('GIT-01: sees a key that is set between two calls', async () => {
      const folder = place.repository('work', { 'a.txt': 'a' });
      writeFileSync(join(folder, '.git/info/attributes'), '*.txt filter=late\n');
      const repository = await open(folder);
      assert.ok((await place.git.run(repository, { args: ['status'] })).ok);
      place.plain(folder, 'config', 'filter.late.clean', `touch ${place.root}/canary; cat`);
      place.write(folder, { 'a.txt': 'b' });
      assert.ok((await place.git.run(repository, { args: ['diff'] })).ok);
      assert.equal(existsSync(join(place.root, 'canary')), false);
    });

    it('reads keys whatever is in their names', () => {
      const entries = parseConfigList(
        Buffer.from('file:.git/config\0filter.a\nb.clean\nx\0file:.git/config\0core.fsmonitor\nfalse\0file:.git/config\0core.bare\0'),
      );
      assert.deepEqual(
        entries.map(({ key }) => key),
        ['filter.a', 'core.fsmonitor', 'core.bare'],
      );
      assert.deepEqual([findNotRun(entries), refuseConfig(entries)], [[], undefined]);
    });
  });

  describe('GIT-02', () => {
    it('GIT-02: a bare repository inside the workspace is refused, by the folder itself and from below', async () => {
      const folder = place.repository('work', { 'a.txt': 'a' });
      const inner = join(folder, 'sub');
      mkdirSync(inner);
      place.plain(inner, 'init', '-q', '--bare');
      place.plain(inner, 'config', 'core.bare', 'false');
      place.plain(inner, 'config', 'core.worktree', '..');
      place.plain(inner, 'config', 'core.fsmonitor', `touch ${place.root}/canary`);
      for (const one of [inner, join(inner, 'refs'), join(folder, '.git'), join(folder, '.git/objects')]) {
        const opened = await place.git.open(one);
        assert.ok(!opened.ok && opened.kind === 'bare', one);
      }
      assert.ok((await place.git.run(await open(folder), { args: ['status'] })).ok);
      assert.equal(existsSync(join(place.root, 'canary')), false);
    });
  });

  it('GIT-03: finding a repository starts no process and reads no configuration', async () => {
    const folder = place.repository('work', { 'a.txt': 'a' });
    const bin = join(place.root, 'bin');
    mkdirSync(bin);
    writeFileSync(join(bin, 'git'), `#!/bin/sh\ntouch ${place.root}/canary\n`);
    chmodSync(join(bin, 'git'), 0o755);
    writeFileSync(join(folder, '.git/config'), 'this is no configuration');
    const opened = await createGit({ host: { PATH: bin, HOME: place.home }, forbiddenFolders: () => [], log: quiet }).open(folder);
    assert.deepEqual([opened.ok, existsSync(join(place.root, 'canary'))], [true, false]);
  });

  describe('GIT-04', () => {
    const hostile = ['`touch canary`', '$(touch canary)', ';touch canary', 'a b', "it's", 'é', '@', '%s'];

    it('GIT-04: names with shell characters are names', async () => {
      const folder = place.repository('work', { 'a.txt': 'a' });
      const repository = await open(folder);
      place.plain(folder, 'config', 'user.email', '`touch canary`@x');
      place.plain(folder, 'config', 'remote.$(touch canary).url', '--upload-pack=touch canary');
      for (const name of hostile) {
        await place.git.run(repository, { args: ['update-ref'], revisions: [`refs/heads/${name}`, 'HEAD'] });
        await place.git.run(repository, { args: ['log', '-1'], revisions: [name] });
        place.write(folder, { [`--output=${name}`]: 'x', [`:(top)${name}`]: 'x' });
        const added = await place.git.run(repository, { args: ['ls-files', '-o', '-z'], paths: [`--output=${name}`, `:(top)${name}`] });
        assert.ok(added.ok);
        assert.deepEqual(
          added.text
            .split('\0')
            .filter((one) => one !== '')
            .sort(),
          [`--output=${name}`, `:(top)${name}`],
        );
      }
      assert.equal(existsSync(join(folder, 'canary')), false);
    });

    it('GIT-04: what could be an option or a second line is no revision', async () => {
      const repository = await open(place.repository('work', { 'a.txt': 'a' }));
      for (const revision of ['--upload-pack=touch canary', '--output=x', '-p', 'HEAD\n--all', 'a\0b', '']) {
        const result = await place.git.run(repository, { args: ['log'], revisions: [revision] });
        assert.ok(!result.ok, revision);
        assert.match(result.text, /is no name of a revision/);
      }
      for (const args of [['diff', '--output=x'], ['log', '--ext-diff'], ['-c', 'alias.x=!id', 'x'], ['clone', 'x'], ['commit'], []]) {
        assert.equal((await place.git.run(repository, { args })).ok, false, args.join(' '));
      }
    });
  });

  describe('GIT-05', () => {
    let folder: string;
    let other: string;

    beforeEach(() => {
      folder = place.repository('work', { 'a.txt': 'a' });
      other = place.repository('other', { 'secret.txt': 's' });
    });

    const kindOf = async (where: string) => {
      const opened = await place.git.open(where);
      return opened.ok ? opened.kind : opened.kind.toUpperCase();
    };

    it('GIT-05: a worktree and a submodule of the person are what they say', async () => {
      place.plain(folder, 'worktree', 'add', '-q', '../linked');
      place.plain(folder, 'submodule', '--quiet', 'add', other, 'sub');
      assert.deepEqual([await kindOf(join(place.root, 'linked')), await kindOf(join(folder, 'sub'))], ['worktree', 'submodule']);
      const linked = await open(join(place.root, 'linked'));
      assert.equal(linked.commonDir, join(folder, '.git'));
    });

    it('GIT-05: a .git that leads to another repository is refused', async () => {
      renameSync(join(folder, '.git'), join(place.root, 'moved'));
      writeFileSync(join(folder, '.git'), `gitdir: ${join(other, '.git')}\n`);
      assert.equal(await kindOf(folder), 'UNSAFE');
      writeFileSync(join(folder, '.git'), `gitdir: ${join(place.root, 'moved')}\n`);
      assert.equal(await kindOf(folder), 'UNSAFE');
      rmSync(join(folder, '.git'));
      symlinkSync(join(other, '.git'), join(folder, '.git'));
      assert.equal(await kindOf(folder), 'UNSAFE');
    });

    it('GIT-05: a worktree whose commondir leads to another repository is refused', async () => {
      place.plain(folder, 'worktree', 'add', '-q', '../linked');
      const linked = join(place.root, 'linked');
      const gitDir = join(folder, '.git/worktrees/linked');
      writeFileSync(join(gitDir, 'commondir'), join(other, '.git'));
      assert.equal(await kindOf(linked), 'UNSAFE');
      writeFileSync(join(gitDir, 'commondir'), '../..\n');
      assert.equal(await kindOf(linked), 'worktree');
      writeFileSync(join(gitDir, 'gitdir'), join(other, '.git'));
      assert.equal(await kindOf(linked), 'UNSAFE');
    });

    it('GIT-05: a folder that claims the worktree of somebody else is refused', async () => {
      place.plain(folder, 'worktree', 'add', '-q', '../linked');
      const liar = join(place.root, 'liar');
      mkdirSync(liar);
      writeFileSync(join(liar, '.git'), readFileSync(join(place.root, 'linked/.git')));
      assert.equal(await kindOf(liar), 'UNSAFE');
    });

    it('GIT-05: a repository whose objects, refs, configuration or commondir lead elsewhere is refused', async () => {
      for (const name of ['objects', 'refs', 'config']) {
        const there = join(folder, '.git', name);
        renameSync(there, `${there}.away`);
        symlinkSync(join(other, '.git', name), there);
        assert.equal(await kindOf(folder), 'UNSAFE', name);
        rmSync(there);
        renameSync(`${there}.away`, there);
      }
      writeFileSync(join(folder, '.git/commondir'), join(other, '.git'));
      assert.equal(await kindOf(folder), 'UNSAFE');
    });

    it('GIT-05: core.worktree cannot send a call to other files', async () => {
      place.plain(folder, 'config', 'core.worktree', other);
      const status = await place.git.run(await open(folder), { args: ['status', '--porcelain', '-z'] });
      assert.ok(status.ok);
      assert.equal(status.text, '');
    });
  });

  it('GIT-10: waits for the lock of another command, reports it, and never removes it', async () => {
    const folder = place.repository('work', { 'a.txt': 'a' });
    const repository = await open(folder);
    const lock = join(folder, '.git/index.lock');
    writeFileSync(lock, 'the person is at it');
    place.write(folder, { 'a.txt': 'b' });
    const call = { args: ['update-index', '--add', '--stdin'], input: 'a.txt\n' };
    const refused = await place.git.run(repository, { ...call, lockPatienceMs: 100 });
    assert.ok(!refused.ok && refused.kind === 'locked');
    assert.deepEqual([refused.lock, readFileSync(lock, 'utf8')], [lock, 'the person is at it']);
    assert.match(refused.next, /remove the lock file yourself/);
    const waiting = place.git.run(repository, { ...call, lockPatienceMs: 30_000 });
    rmSync(lock);
    assert.ok((await waiting).ok);
    const ref = join(folder, '.git/refs/heads/x.lock');
    writeFileSync(ref, '');
    const held = await place.git.run(repository, { args: ['update-ref'], revisions: ['refs/heads/x', 'HEAD'], lockPatienceMs: 0 });
    assert.ok(!held.ok && held.kind === 'locked');
    assert.equal(held.lock, ref);
  });

  it('GIT-10: a lock of the person stops neither worktrees nor checkpoints, and a rebase meanwhile harms neither', async () => {
    const folder = place.repository('work', { 'a.txt': 'a' });
    place.write(folder, { 'a.txt': 'changed' });
    const before = personState(place, folder);
    const lock = join(folder, '.git/index.lock');
    writeFileSync(lock, 'mine');
    const worktrees = createWorktrees({
      git: place.git,
      storage: join(place.root, 'storage'),
      lock: createRepositoryLock({ folder: join(place.root, 'locks') }),
      now: () => 1,
      log: quiet,
    });
    const checkpoints = createCheckpoints({ git: place.git, storage: join(place.root, 'checkpoints'), now: () => 1, log: quiet });
    const made = await worktrees.create({ folder, run: 'r', agent: 'a' });
    assert.ok(made.ok && (await checkpoints.take(folder)).ok);
    assert.equal(readFileSync(lock, 'utf8'), 'mine');
    rmSync(lock);
    assert.deepEqual(personState(place, folder), before);
    place.plain(folder, 'commit', '-q', '-a', '--amend', '-m', 'rewritten');
    place.plain(folder, 'reflog', 'expire', '--expire=now', '--all');
    place.plain(folder, 'gc', '-q', '--prune=now');
    place.write(made.root, { 'b.txt': 'work' });
    const removal = await worktrees.remove(made.record);
    assert.ok(removal.ok && removal.salvage !== undefined);
    assert.equal(place.plain(folder, 'show', `${removal.salvage.ref}:b.txt`), 'work');
  });
});
