import * as assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as esbuild from 'esbuild';
import { createCheckpoints } from '../../../src/workspace/git/checkpoints.ts';
import { createRepositoryLock } from '../../../src/workspace/git/repositoryLock.ts';
import { createWorktrees } from '../../../src/workspace/git/worktrees.ts';
import { deepRun } from '../../support/examples.ts';
import { type GitPlace, gitPlace, personState, quiet } from '../../support/gitPlace.ts';

/** Every call of Git is a step to be killed at; npm test tries one of five, npm run test:deep each. */
const every = deepRun ? 1 : 5;

describe('Git under kill and concurrency', function () {
  this.timeout(300_000);
  let tools: GitPlace;
  let child: string;
  let place: GitPlace;

  before(async () => {
    tools = gitPlace();
    child = join(tools.root, 'child.mjs');
    await esbuild.build({
      entryPoints: ['test/support/gitChild.ts'],
      bundle: true,
      platform: 'node',
      format: 'esm',
      outfile: child,
      logLevel: 'silent',
      banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    });
    const folder = tools.repository('work', { '.gitignore': 'out/\n', 'a.txt': 'a', 'b.txt': 'b' });
    tools.write(folder, { 'a.txt': 'stashed' });
    tools.plain(folder, 'stash', '-q');
    tools.write(folder, { 'a.txt': 'staged', 'c.txt': 'untracked' });
    tools.plain(folder, 'add', 'a.txt');
    tools.write(folder, { 'a.txt': 'unstaged' });
  });

  after(() => tools.remove());

  beforeEach(() => {
    place = gitPlace();
  });

  afterEach(() => place.remove());

  /** A repository in the middle of a person's work. */
  function work(): string {
    const folder = join(place.root, 'work');
    rmSync(folder, { recursive: true, force: true });
    cpSync(join(tools.root, 'work'), folder, { recursive: true, preserveTimestamps: true });
    return folder;
  }

  /** How a window ended that kills itself around its n-th call of Git; the program it calls Git by counts. */
  function window(scenario: string, name: string, kill?: { readonly at: number; readonly when: 'before' | 'after' }): Promise<string> {
    const bin = join(place.root, `bin-${name}`);
    mkdirSync(bin, { recursive: true });
    const git = execFileSync('/bin/sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim();
    const stop = (when: string) => (kill?.when === when ? `[ "$n" = ${kill.at} ] && kill -9 $PPID` : ':');
    const count = kill === undefined ? 'n=0' : `read n < ${bin}/count; n=$((n+1)); echo $n > ${bin}/count`;
    writeFileSync(join(bin, 'count'), '0\n');
    writeFileSync(join(bin, 'git'), `#!/bin/sh\n${count}\n${stop('before')}\n${git} "$@"\ncode=$?\n${stop('after')}\nexit $code\n`);
    chmodSync(join(bin, 'git'), 0o755);
    return new Promise((resolve, reject) => {
      const running = spawn(process.execPath, [child, scenario, place.root, name], {
        env: { PATH: bin, HOME: place.home },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let said = '';
      running.stdout.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')));
      running.stderr.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')));
      running.once('error', reject);
      running.once('close', (_, signal) => resolve(signal === 'SIGKILL' ? 'killed' : said.trim()));
    });
  }

  const worktreesOf = (name: string) =>
    createWorktrees({
      git: place.git,
      storage: join(place.root, `storage-${name}`),
      lock: createRepositoryLock({ folder: join(place.root, 'locks') }),
      now: () => 1,
      log: quiet,
    });

  const withoutDates = (state: unknown) => JSON.stringify(state);

  it('GIT-06: killed at any step of a checkpoint or a restore, nothing of the person has changed and the next one works', async () => {
    const folder = work();
    const before = withoutDates(personState(place, folder));
    let kills = 0;
    for (let at = 1; ; at += every) {
      const ended = await window('checkpoint', 'w', { at, when: (at - 1) % (2 * every) === 0 ? 'before' : 'after' });
      // What the agent wrote, not what a checkpoint did.
      rmSync(join(folder, 'agent.txt'), { force: true });
      assert.equal(withoutDates(personState(place, folder)), before, `killed at ${at}`);
      if (ended === 'done') {
        break;
      }
      assert.equal(ended, 'killed');
      kills++;
    }
    assert.ok(kills >= 3, `${kills} kills`);
    const checkpoints = createCheckpoints({ git: place.git, storage: join(place.root, 'storage-w'), now: () => 1, log: quiet });
    assert.ok((await checkpoints.take(folder)).ok);
  });

  it('GIT-09: killed at any step of making or removing a worktree, the work is in it or salvaged, and a sweep leaves nothing', async () => {
    let kills = 0;
    for (let at = 1; ; at += every) {
      const folder = work();
      const before = personState(place, folder);
      const ended = await window('worktree', `w${at}`, { at, when: (at - 1) % (2 * every) === 0 ? 'before' : 'after' });
      const storage = join(place.root, `storage-w${at}`);
      const boxes = existsSync(storage) ? readdirSync(storage) : [];
      const worked = boxes.some((box) => ['leaving', box].some((tree) => existsSync(join(storage, box, tree, 'work.txt'))));
      const swept = await worktreesOf(`w${at}`).sweep(() => false);
      assert.deepEqual(
        swept.filter(({ removal }) => !removal.ok),
        [],
        `killed at ${at}`,
      );
      const salvages = place.plain(folder, 'for-each-ref', '--format=%(refname)', 'refs/flotilla');
      if (worked || ended === 'done') {
        assert.equal(place.plain(folder, 'show', `refs/flotilla/salvage/r/w${at}:work.txt`), `of w${at}`, `killed at ${at}`);
      }
      assert.doesNotMatch(salvages, /refs\/flotilla\/start/);
      assert.equal(place.plain(folder, 'worktree', 'list', '--porcelain').match(/^worktree /gm)?.length, 1, `killed at ${at}`);
      assert.deepEqual(existsSync(storage) ? readdirSync(storage) : [], []);
      assert.deepEqual(personState(place, folder), before, `killed at ${at}`);
      if (ended === 'done') {
        break;
      }
      assert.equal(ended, 'killed');
      kills++;
    }
    assert.ok(kills >= 4, `${kills} kills`);
  });

  it('GIT-09: three windows make and remove twelve worktrees at once, without a leak, and each work is salvaged', async () => {
    const folder = work();
    const before = personState(place, folder);
    const ended = await Promise.all(['x', 'y', 'z'].map((name) => window('many', name)));
    assert.deepEqual(ended, ['done', 'done', 'done']);
    const refs = place.plain(folder, 'for-each-ref', '--format=%(refname)', 'refs/flotilla').split('\n');
    assert.deepEqual(
      refs,
      ['x', 'y', 'z'].flatMap((name) => ['a', 'b', 'c', 'd'].map((agent) => `refs/flotilla/salvage/r/${name}-${agent}`)),
    );
    for (const ref of refs) {
      assert.equal(place.plain(folder, 'show', `${ref}:work.txt`), `of ${ref.slice(ref.lastIndexOf('/') + 1)}`);
    }
    assert.equal(place.plain(folder, 'worktree', 'list', '--porcelain').match(/^worktree /gm)?.length, 1);
    assert.deepEqual(readdirSync(join(place.root, 'locks')), []);
    assert.deepEqual(personState(place, folder), before);
    assert.match(place.plain(folder, 'fsck', '--no-dangling', '--connectivity-only'), /^$/);
  });

  it('GIT-09: takes over the lock of a window that is gone, and waits for one that lives', async () => {
    const locks = join(place.root, 'locks');
    const lock = createRepositoryLock({ folder: locks, patienceMs: 100 });
    const file = await lock.hold('/some/.git', () => Promise.resolve(join(locks, readdirSync(locks)[0] ?? '')));
    assert.ok(typeof file === 'string');
    const gone = spawn(process.execPath, ['-e', '']);
    const pid = gone.pid;
    await new Promise((resolve) => gone.once('close', resolve));
    writeFileSync(file, `${pid} token`);
    assert.equal(await lock.hold('/some/.git', () => Promise.resolve('held')), 'held');
    writeFileSync(file, `${process.pid} token`);
    const refused = await lock.hold('/some/.git', () => Promise.resolve('held'));
    assert.ok(typeof refused === 'object' && refused.kind === 'locked' && refused.lock === file);
    assert.equal(readFileSync(file, 'utf8'), `${process.pid} token`);
  });
});
