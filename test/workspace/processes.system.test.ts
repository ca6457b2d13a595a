import * as assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as esbuild from 'esbuild';
import type { Log } from '../../src/orchestrator/ports.ts';
import { commandEnvironment } from '../../src/workspace/commandEnvironment.ts';
import { Processes, type ProcessResult } from '../../src/workspace/processes.ts';
import { deepRun } from '../support/examples.ts';
import { needs } from '../support/needs.ts';

/** Of this test process alone, so that two of them can run at once. */
const prefix = `test-${process.pid}`;
const linux = process.platform === 'linux';
const never = new AbortController().signal;
const quiet: Log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** Living processes whose environment holds the text, found without the code under test. */
function alive(text: string): readonly number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => {
      try {
        return Number.isInteger(pid) && readFileSync(`/proc/${pid}/environ`, 'latin1').includes(text);
      } catch {
        return false;
      }
    });
}

async function until(what: string, isTrue: () => boolean): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!isTrue()) {
    assert.ok(Date.now() < deadline, `Gave up waiting: ${what}`);
    await sleep(5);
  }
}

describe('Processes', function () {
  this.timeout(60_000);
  let folder: string;
  let processes: Processes;

  beforeEach(function () {
    needs(this, process.platform !== 'win32', 'a POSIX shell');
    folder = mkdtempSync(join(tmpdir(), 'flotilla-processes-'));
    processes = new Processes({ markerPrefix: prefix, spoolFolder: join(folder, 'spool'), log: quiet });
  });

  afterEach(() => {
    processes.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  const environment = () => commandEnvironment(process.env, { platform: process.platform, workspaceFolders: [] });

  async function run(
    command: string,
    options: { timeoutMs?: number; signal?: AbortSignal; onOutput?: (text: string) => void } = {},
  ): Promise<ProcessResult> {
    const result = await processes.run(
      { command, folder, timeoutMs: options.timeoutMs ?? 10_000, env: environment() },
      options.onOutput ?? (() => undefined),
      options.signal ?? never,
    );
    assert.ok(result.ok);
    return result;
  }

  it('gives the exit code and both outputs in the order they were written', async () => {
    const result = await run('echo one; echo two >&2; echo three > /dev/stderr; echo four > /dev/stdout; exit 7');
    assert.deepEqual(result, {
      ok: true,
      exitCode: 7,
      timedOut: false,
      killed: false,
      output: 'one\ntwo\nthree\nfour\n',
      totalBytes: 19,
      leftOutBytes: 0,
      leftRunning: false,
      unkillable: 0,
    });
  });

  it('names the signal of a command that killed itself', async () => {
    const result = await run('kill -SEGV $$');
    assert.equal(result.exitCode, null);
    assert.equal(result.signal, 'SIGSEGV');
    assert.equal(result.killed, false);
  });

  it('runs in the folder, without start-up files, with stdin closed', async () => {
    writeFileSync(join(folder, '.bashrc'), 'echo from-bashrc');
    writeFileSync(join(folder, '.profile'), 'echo from-profile');
    const env = { ...environment(), HOME: folder };
    const result = await processes.run(
      { command: 'pwd -P; cat; read line; echo "read $?"', folder, timeoutMs: 5000, env },
      () => undefined,
      never,
    );
    assert.ok(result.ok);
    assert.match(result.output, /^\S+flotilla-processes-\S+\nread 1\n$/);
  });

  it('passes no variable of its host that is not on the list', async () => {
    process.env['FLOTILLA_TEST_API_KEY'] = 'canary-value';
    try {
      const result = await run('env; cat /proc/self/environ 2>/dev/null | tr "\\0" "\\n"');
      assert.match(result.output, /^PATH=/m);
      assert.match(result.output, /^FLOTILLA_PROCESS=test-\d+\./m);
      assert.doesNotMatch(result.output, /canary-value|NODE_OPTIONS|npm_/);
    } finally {
      delete process.env['FLOTILLA_TEST_API_KEY'];
    }
  });

  it('refuses a folder that is not there, and a command too long for the system, in words', async () => {
    const missing = await processes.run({ command: 'true', folder: join(folder, 'no'), timeoutMs: 1000, env: {} }, () => undefined, never);
    assert.ok(!missing.ok);
    assert.match(missing.text, /there is no folder/);
    const long = await processes.run({ command: `: ${'x'.repeat(4_000_000)}`, folder, timeoutMs: 1000, env: {} }, () => undefined, never);
    assert.ok(!long.ok);
    assert.match(long.text, /could not be started/);
  });

  it('does not start when it was stopped before', async () => {
    const reason = new Error('stopped before');
    await assert.rejects(run('touch ran', { signal: AbortSignal.abort(reason) }), reason);
    assert.equal(existsSync(join(folder, 'ran')), false);
  });

  it('ends a command at its time limit and keeps what it printed', async () => {
    const result = await run('echo begun; sleep 300', { timeoutMs: 200 });
    assert.equal(result.timedOut, true);
    assert.equal(result.killed, false);
    assert.equal(result.exitCode, null);
    assert.equal(result.output, 'begun\n');
  });

  it('ends a stopped command (SIGSTOP)', async () => {
    const result = await run('kill -STOP $$', { timeoutMs: 200 });
    assert.equal(result.signal, 'SIGKILL');
    assert.equal(result.unkillable, 0);
  });

  it('is done when the shell has ended though a grandchild holds the output, and kills that grandchild', async function () {
    needs(this, linux, 'the process table in /proc');
    const result = await run('echo done; setsid sleep 300 & exit 4');
    assert.equal(result.exitCode, 4);
    assert.equal(result.output, 'done\n');
    assert.equal(result.leftRunning, true);
    assert.equal(result.timedOut, false);
    assert.deepEqual(alive(processes.hostPrefix), []);
  });

  it('is done though a grandchild floods the output for ever', async () => {
    const result = await run('yes flood & exit 0');
    assert.equal(result.exitCode, 0);
    assert.equal(result.leftRunning, true);
  });

  it('shows output while the command runs, the newest part of a flood', async () => {
    const seen: string[] = [];
    const stop = new AbortController();
    const result = await run('echo early; head -c 5000000 /dev/zero | tr "\\0" x; echo; echo late; sleep 300', {
      signal: stop.signal,
      onOutput: (text) => {
        seen.push(text);
        if (text.includes('late')) {
          stop.abort();
        }
      },
    });
    assert.equal(result.killed, true);
    assert.ok(seen.every((text) => text.length <= 16 * 1024));
    assert.ok(seen.join('').length < 1_000_000);
  });

  // SH-06 does so with 1 GB in the sandbox.
  it('keeps both ends of a huge output in bounded memory and the beginning in a file', async () => {
    const written = deepRun ? 1_000_000_000 : 200_000_000;
    const before = process.memoryUsage().rss;
    let most = before;
    const meter = setInterval(() => {
      most = Math.max(most, process.memoryUsage().rss);
    }, 20);
    const capped = new Processes({ markerPrefix: prefix, spoolFolder: join(folder, 'spool'), log: quiet, spoolCapBytes: 1_000_000 });
    try {
      const result = await capped.run(
        { command: `echo first; yes | head -c ${written}; echo last`, folder, timeoutMs: 14_000, env: environment() },
        () => undefined,
        never,
      );
      assert.ok(result.ok);
      assert.equal(result.exitCode, 0);
      const leftOut = written + 11 - 65_536;
      assert.equal(result.totalBytes, written + 11);
      assert.equal(result.leftOutBytes, leftOut);
      assert.match(result.output, /^first\ny\ny\n/);
      assert.ok(result.output.includes(`\n[... ${leftOut} bytes left out here ...]\n`));
      assert.match(result.output, /\ny\nlast\n$/);
      assert.ok(result.spool !== undefined);
      assert.equal(result.spool.bytes, 1_000_000);
      const spooled = readFileSync(result.spool.path, 'utf8');
      assert.equal(spooled.length, 1_000_000);
      assert.ok(spooled.startsWith('first\ny\n'));
      assert.equal(statSync(result.spool.path).mode & 0o077, 0);
      assert.ok(most - before < 64 * 1024 * 1024, `memory grew by ${most - before} bytes`);
    } finally {
      clearInterval(meter);
      capped.dispose();
    }
  });

  it('writes the whole of a long output to a file, byte for byte', async () => {
    const result = await run('seq 200000');
    const whole = Array.from({ length: 200_000 }, (_, index) => `${index + 1}\n`).join('');
    assert.equal(result.totalBytes, whole.length);
    assert.ok(result.spool !== undefined);
    assert.equal(readFileSync(result.spool.path, 'utf8'), whole);
  });

  it('goes on without a file when none can be written', async () => {
    writeFileSync(join(folder, 'blocked'), '');
    const spoolFolder = join(folder, 'spool');
    const result = await run(`rm -r '${spoolFolder}'; touch '${spoolFolder}'; seq 200000`);
    assert.equal(result.exitCode, 0);
    assert.equal(result.spool, undefined);
    assert.ok(result.output.endsWith('\n200000\n'));
  });

  describe('leaves no survivor', () => {
    const shapes: readonly (readonly [name: string, count: number, command: string])[] = [
      ['plain', 1, 'exec sleep 300'],
      ['background', 3, 'sleep 300 & sleep 300 & wait'],
      ['ignoring signals', 2, "trap '' TERM HUP INT QUIT; while :; do sleep 300; done"],
      ['nohup', 2, 'nohup sleep 300 >/dev/null 2>&1 & wait'],
      ['setsid', 3, 'setsid sleep 300 & setsid sleep 300 & wait'],
      ['daemon by double fork', 3, "(setsid sh -c 'sleep 300 & exec sleep 300' >/dev/null 2>&1 &); sleep 300"],
      ['200 children', 201, 'for i in $(seq 200); do sleep 300 & done; wait'],
      ['200 of their own session', 201, 'for i in $(seq 200); do setsid sleep 300 >/dev/null 2>&1 & done; wait'],
      ['respawner', 4, `export R='setsid bash -c "$R" & sleep 0.03'; for i in 1 2 3; do setsid bash -c "$R" & done; sleep 300`],
    ];

    beforeEach(function () {
      needs(this, linux, 'the process table in /proc');
    });

    for (const [name, count, command] of shapes) {
      it(`killed: ${name}`, async () => {
        const stop = new AbortController();
        const result = run(command, { signal: stop.signal });
        await until(`${count} processes`, () => alive(processes.hostPrefix).length >= count);
        stop.abort();
        assert.equal((await result).killed, true);
        assert.equal((await result).unkillable, 0);
        assert.deepEqual(alive(processes.hostPrefix), []);
      });
    }

    it('ended by itself: daemon that let go of everything', async () => {
      const result = await run("(setsid sh -c 'sleep 300 & exec sleep 300' </dev/null >/dev/null 2>&1 &); exit 0");
      assert.equal(result.exitCode, 0);
      assert.equal(result.leftRunning, true);
      assert.deepEqual(alive(processes.hostPrefix), []);
    });

    it('many commands killed at once', async () => {
      const stops = Array.from({ length: 20 }, () => new AbortController());
      const results = stops.map(({ signal }) => run('setsid sleep 300 & sleep 300', { signal }));
      await until('all to run', () => alive(processes.hostPrefix).length >= 60);
      for (const stop of stops) {
        stop.abort();
      }
      assert.ok((await Promise.all(results)).every((result) => result.killed));
      assert.deepEqual(alive(processes.hostPrefix), []);
    });

    it('dispose, before it returns', async () => {
      const result = run('setsid sleep 300 & sleep 300');
      await until('the command to run', () => alive(processes.hostPrefix).length >= 3);
      processes.dispose();
      assert.deepEqual(alive(processes.hostPrefix), []);
      assert.equal((await result).killed, true);
      const refused = await processes.run({ command: 'true', folder, timeoutMs: 1000, env: environment() }, () => undefined, never);
      assert.ok(!refused.ok);
      assert.match(refused.text, /shutting down/);
    });

    it('a host that was killed: by its watchdog', async () => {
      const host = await startHost(folder);
      try {
        await until('the command of the host to run', () => alive(`FLOTILLA_PROCESS=${prefix}-watched.`).length >= 3);
      } finally {
        host.kill('SIGKILL');
      }
      await until('the watchdog to do its work', () => alive(`FLOTILLA_PROCESS=${prefix}-watched.`).length === 0);
    });

    it('a host that was killed with its watchdog: by the sweep at the next start, which spares its own', async () => {
      const leftover = spawn('sleep', ['300'], {
        env: { PATH: '/usr/bin:/bin', FLOTILLA_PROCESS: `${prefix}.earlier.1` },
        detached: true,
        stdio: 'ignore',
      });
      const foreign = spawn('sleep', ['300'], { env: { PATH: '/usr/bin:/bin', FLOTILLA_PROCESS: `${prefix}x.1` }, stdio: 'ignore' });
      const stop = new AbortController();
      const own = run('echo own; sleep 300', { signal: stop.signal });
      try {
        await until('all to run', () => alive(`FLOTILLA_PROCESS=${prefix}`).length >= 4);
        assert.deepEqual(await processes.sweepLeftovers(), { found: 1, alive: 0 });
        assert.deepEqual(alive(`FLOTILLA_PROCESS=${prefix}.earlier.`), []);
        assert.deepEqual(alive(`FLOTILLA_PROCESS=${prefix}x.`), [foreign.pid]);
        assert.notDeepEqual(alive(processes.hostPrefix), []);
      } finally {
        stop.abort();
        foreign.kill('SIGKILL');
        leftover.kill('SIGKILL');
        await own;
      }
    });
  });
});

/** A Node process that runs a command through the code under test. */
async function startHost(folder: string) {
  const bundle = join(folder, 'host.mjs');
  await esbuild.build({
    stdin: {
      contents: `
        import { Processes } from './src/workspace/processes.ts';
        const log = { debug() {}, info() {}, warn() {}, error() {} };
        const processes = new Processes({ markerPrefix: '${prefix}-watched', spoolFolder: ${JSON.stringify(join(folder, 'spool'))}, log });
        await processes.run(
          { command: 'setsid sleep 300 & sleep 300', folder: ${JSON.stringify(folder)}, timeoutMs: 60000, env: { PATH: '/usr/bin:/bin' } },
          () => undefined,
          new AbortController().signal,
        );`,
      resolveDir: process.cwd(),
    },
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile: bundle,
  });
  return spawn(process.execPath, [bundle], { stdio: 'ignore', env: { PATH: '/usr/bin:/bin' } });
}
