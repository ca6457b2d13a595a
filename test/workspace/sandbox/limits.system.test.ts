import * as assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as esbuild from 'esbuild';
import { alive, createPlace, helperFolder, type Place } from './confined.ts';

const never = new AbortController().signal;

async function until(what: string, isTrue: () => boolean): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!isTrue()) {
    assert.ok(Date.now() < deadline, `Gave up waiting: ${what}`);
    await sleep(20);
  }
}

describe('Limits of confined commands', function () {
  this.timeout(120_000);
  let place: Place;

  before(async () => {
    place = createPlace({ limits: { processes: 320, fileBytes: 1024 * 1024 } });
    assert.deepEqual(await place.sandbox.status(), { kind: 'ready' });
  });

  beforeEach(() => place.empty());

  after(() => place.close());

  const inShell = (command: string, signal = never, onOutput: (text: string) => void = () => undefined) =>
    place.processes.run({ command, folder: place.at('work'), timeoutMs: 30_000, env: place.environment() }, onOutput, signal);

  it('SH-06: a fork bomb stays below its number of processes and is gone in the end', async () => {
    const stop = new AbortController();
    const result = place.run('echo ready; bomb() { bomb | bomb & }; bomb 2>/dev/null; sleep 60', { signal: stop.signal });
    const seen: number[] = [];
    try {
      await until('the bomb to have gone off', () => {
        seen.push(alive(place.processes.hostPrefix).length);
        return seen.length > 5 && Math.max(...seen) > 100;
      });
    } finally {
      stop.abort();
    }
    assert.equal((await result).killed, true);
    assert.ok(Math.max(...seen) <= 340, `${Math.max(...seen)} processes`);
    assert.deepEqual(alive(place.processes.hostPrefix), []);
  });

  it('SH-06: a command that never stops writing is stopped at its time, with bounded memory', async () => {
    const before = process.memoryUsage().rss;
    const result = await place.run('yes', { timeoutMs: 700 });
    assert.equal(result.timedOut, true);
    assert.ok(result.totalBytes > 100_000);
    assert.ok(Buffer.byteLength(result.output) < 70_000);
    assert.ok(process.memoryUsage().rss - before < 64 * 1024 * 1024);
    assert.deepEqual(alive(place.processes.hostPrefix), []);
  });

  it('SH-06: 1 GB of output is kept at both ends', async () => {
    const before = process.memoryUsage().rss;
    const result = await place.run('echo first; yes | head -c 1000000000; echo last', { timeoutMs: 60_000 });
    assert.equal(result.totalBytes, 1_000_000_011);
    assert.match(result.output, /^first\n[^]*\nlast\n$/);
    assert.ok(process.memoryUsage().rss - before < 64 * 1024 * 1024);
  });

  it('SH-06: a file that grows too large ends who writes it, and one command can use up its own descriptors only', async () => {
    const result = await place.run(
      'exec 2>/dev/null; head -c 3000000 /dev/zero > big; echo "$?"; ulimit -n 64; i=10; while eval "exec $i</dev/null"; do i=$((i+1)); done; echo "$i"',
    );
    assert.equal(result.output, '153\n64\n');
    assert.ok(statSync(place.at('work/big')).size <= 1024 * 1024);
  });

  for (const [name, command] of [
    ['ignores every signal', "trap '' TERM HUP INT QUIT TSTP; echo ready; while :; do sleep 1; done"],
    ['is stopped', 'echo ready; kill -STOP $$'],
    ['holds a terminal of its own', 'script -qc \'echo ready; trap "" HUP; sleep 300\' /dev/null'],
    ['has closed its output', 'echo ready; exec >/dev/null 2>&1; sleep 300'],
  ] as const) {
    it(`SH-07: kills a command that ${name}, by both routes`, async () => {
      for (const run of [
        inShell,
        (text: string, signal: AbortSignal, onOutput: (output: string) => void) => place.run(text, { signal, onOutput }),
      ]) {
        const stop = new AbortController();
        const result = await run(command, stop.signal, (text) => {
          if (text.includes('ready')) {
            stop.abort();
          }
        });
        assert.ok(result.ok);
        assert.equal(result.killed, true);
        assert.equal(result.unkillable, 0);
        assert.deepEqual(alive(place.processes.hostPrefix), []);
      }
    });
  }

  it('SH-08: ends with its shell, whoever holds its output', async () => {
    const command = 'sleep 300 & setsid sleep 300 & echo done; exit 4';
    const plain = await inShell(command);
    assert.ok(plain.ok);
    for (const result of [plain, await place.run(command)]) {
      assert.equal(result.exitCode, 4);
      assert.equal(result.timedOut, false);
      assert.equal(result.output, 'done\n');
      assert.deepEqual(alive(place.processes.hostPrefix), []);
    }
  });

  it('SH-12: no variable and no file of the person makes a command run something', async () => {
    const canary = place.at('canary');
    const run = `touch '${canary}'`;
    writeFileSync(place.at('evil.sh'), `${run}\n`);
    writeFileSync(place.at('evil.cjs'), `require('node:fs').writeFileSync(${JSON.stringify(canary)}, '')`);
    for (const name of ['.bashrc', '.bash_profile', '.profile', '.bash_login', '.zshenv', '.inputrc']) {
      writeFileSync(place.at('home', name), `${run}\n`);
    }
    const hostile: Readonly<Record<string, string>> = {
      BASH_ENV: place.at('evil.sh'),
      ENV: place.at('evil.sh'),
      PROMPT_COMMAND: run,
      PS4: `$(${run})`,
      SHELLOPTS: 'xtrace',
      BASHOPTS: 'extglob',
      'BASH_FUNC_ls%%': `() { ${run}; }`,
      NODE_OPTIONS: `--require ${place.at('evil.cjs')}`,
      LD_PRELOAD: '/nonexistent/flotilla.so',
      LD_LIBRARY_PATH: place.at('work'),
      GIT_SSH_COMMAND: run,
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'core.pager',
      GIT_CONFIG_VALUE_0: run,
      GIT_EXTERNAL_DIFF: run,
      PYTHONSTARTUP: place.at('evil.sh'),
      PERL5OPT: '-Mevil',
      RUBYOPT: '-revil',
      JAVA_TOOL_OPTIONS: '-javaagent:evil.jar',
      LESSOPEN: `|${run}`,
      ANTHROPIC_API_KEY: 'canary-value',
    };
    const kept = Object.fromEntries(Object.keys(hostile).map((name) => [name, process.env[name]]));
    try {
      Object.assign(process.env, hostile);
      const command =
        'ls > /dev/null; node -e 1; git --version > /dev/null; cat /proc/self/environ | tr "\\0" "\\n"; bash -c true; sh -c true';
      const env = place.environment();
      const options = { folder: place.at('work'), timeoutMs: 30_000, env };
      const results = [
        await place.processes.run({ command, ...options }, () => undefined, never),
        await place.processes.run({ argv: ['/bin/bash', '-c', command], ...options }, () => undefined, never),
        await place.processes.run(
          { pipeline: [{ argv: ['/bin/bash', '-c', command] }, { argv: ['/bin/cat'] }], ...options },
          () => undefined,
          never,
        ),
        await place.run(command),
      ];
      for (const result of results) {
        assert.ok(result.ok);
        assert.match(result.output, /^PATH=/m);
        for (const name of Object.keys(hostile)) {
          assert.ok(!result.output.includes(`\n${name}=`), name);
        }
        assert.doesNotMatch(result.output, /canary-value|LD_PRELOAD/);
      }
      assert.equal(existsSync(canary), false);
    } finally {
      for (const [name, value] of Object.entries(kept)) {
        if (value === undefined) {
          delete process.env[name];
        } else {
          process.env[name] = value;
        }
      }
    }
  });

  it('PER-08: nothing of twenty commands outlives a host that was killed', async () => {
    const marker = `FLOTILLA_PROCESS=killed-${process.pid}.`;
    const host = await startHost(place);
    try {
      await until('the commands of the host to run', () => alive(marker).length >= 40);
    } finally {
      host.kill('SIGKILL');
    }
    await until('all to be gone', () => alive(marker).length === 0);
  });
});

/** A Node process that runs twenty confined commands. */
async function startHost(place: Place): Promise<ChildProcess> {
  const outfile = join(process.cwd(), `out/test/hosts/host-${process.pid}.mjs`);
  const text = (value: string) => JSON.stringify(value);
  await esbuild.build({
    stdin: {
      contents: `
        import { Processes } from './src/workspace/processes.ts';
        import { createSandbox } from './src/workspace/sandbox/createSandbox.ts';
        const log = { debug() {}, info() {}, warn() {}, error() {} };
        const processes = new Processes({ markerPrefix: 'killed-${process.pid}', spoolFolder: ${text(place.at('storage/spool'))}, log });
        const env = { PATH: '/usr/bin:/bin' };
        const sandbox = createSandbox({
          processes, log, environment: () => env, helperFolder: ${text(helperFolder)}, tempFolder: ${text(place.at('storage/temp'))},
          privateFolders: [], workspaceFolders: () => [], home: ${text(place.at('home'))},
        });
        const folder = ${text(place.at('work'))};
        const { signal } = new AbortController();
        for (let index = 0; index < 20; index++) {
          const wrapped = await sandbox.wrap(
            { command: 'setsid sleep 300 & sleep 300', folder, writable: [folder], denyWrite: [], denyRead: [], domains: [] }, signal);
          void processes.run({ argv: wrapped.argv, folder, timeoutMs: 600000, env: { ...env, ...wrapped.env } }, () => undefined, signal);
        }`,
      resolveDir: process.cwd(),
    },
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    outfile,
  });
  return spawn(process.execPath, [outfile], { stdio: 'ignore', env: { PATH: '/usr/bin:/bin' } });
}

describe('SH-10: a sandbox that does not work', function () {
  this.timeout(60_000);
  let places: Place[] = [];

  afterEach(async () => {
    await Promise.all(places.map((place) => place.close()));
    places = [];
  });

  function create(changes: Parameters<typeof createPlace>[0]): Place {
    const place = createPlace(changes);
    places.push(place);
    return place;
  }

  /** A place in which bubblewrap is a script of ours, outside the workspace. */
  function withBubblewrap(script: string): Place {
    const folders: string[] = [];
    const place = create({ programFolders: folders });
    folders.push(place.at('bin'));
    plant(place.at('bin'), script);
    return place;
  }

  function plant(folder: string, script: string): void {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'bwrap'), `#!/bin/bash\n${script}\n`);
    chmodSync(join(folder, 'bwrap'), 0o755);
  }

  async function isUnavailable(place: Place, why: RegExp): Promise<void> {
    const status = await place.sandbox.status();
    assert.equal(status.kind, 'unavailable');
    assert.match(status.kind === 'unavailable' ? status.why : '', why);
    assert.ok(status.kind === 'unavailable' && status.next.length > 20);
    const command = `touch '${place.at('work/ran')}'`;
    const request = { command, folder: place.at('work'), writable: [place.at('work')], denyWrite: [], denyRead: [], domains: [] };
    const wrapped = await place.sandbox.wrap(request, never);
    assert.equal(wrapped.ok, false);
    assert.match(wrapped.ok ? '' : wrapped.text, why);
    assert.equal(existsSync(place.at('work/ran')), false);
  }

  it('says so where bubblewrap is not installed, and looks again when told', async () => {
    const folders: string[] = [];
    const place = create({ programFolders: folders });
    await isUnavailable(place, /bubblewrap.*not installed/);
    folders.push('/usr/bin', '/bin', '/usr/local/bin');
    assert.equal((await place.sandbox.status()).kind, 'unavailable');
    place.sandbox.recheck();
    assert.deepEqual(await place.sandbox.status(), { kind: 'ready' });
  });

  it('uses no bubblewrap that an agent can have put there', async () => {
    const folders: string[] = ['.', 'bin'];
    const place = create({ programFolders: folders });
    plant(place.at('work/bin'), `touch '${place.at('planted')}'`);
    symlinkSync(place.at('work/bin'), place.at('elsewhere'));
    folders.push(place.at('work/bin'), place.at('elsewhere'));
    await isUnavailable(place, /not installed/);
    assert.equal(existsSync(place.at('planted')), false);
  });

  it('finds out that one confines nothing', async () => {
    await isUnavailable(withBubblewrap('while [ "$1" != -- ]; do shift; done; shift; exec "$@"'), /not confined as it has to be/);
  });

  it('finds out that one only says it worked', async () => {
    await isUnavailable(withBubblewrap('exit 0'), /trial command/);
  });

  it('explains what the system refuses', async () => {
    await isUnavailable(
      withBubblewrap('echo "bwrap: No permissions to create a new namespace, likely because the kernel does not allow it" >&2; exit 1'),
      /namespace/,
    );
    await isUnavailable(withBubblewrap('echo "bwrap: Unknown option --unshare-user" >&2; exit 1'), /Unknown option/);
  });

  it('says so where the helper is missing, and on other systems', async () => {
    await isUnavailable(create({ helperFolder: '/nonexistent' }), /Unix sockets is not there/);
    await isUnavailable(create({ platform: 'darwin' }), /Linux only/);
  });

  it('refuses network access where socat is missing, and confines without', async () => {
    const folders: string[] = [];
    const place = create({ programFolders: folders });
    mkdirSync(place.at('bin'));
    symlinkSync('/usr/bin/bwrap', place.at('bin/bwrap'));
    folders.push(place.at('bin'));
    assert.equal((await place.run('echo ran')).output, 'ran\n');
    const request = { command: 'true', folder: place.at('work'), writable: [place.at('work')], denyWrite: [], denyRead: [] };
    const refused = await place.sandbox.wrap({ ...request, domains: ['example.com'] }, never);
    assert.equal(refused.ok, false);
    assert.match(refused.ok ? '' : refused.text, /apt|Debian package socat/);
  });
});
