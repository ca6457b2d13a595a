import * as assert from 'node:assert/strict';
import { chmodSync, existsSync, linkSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Log } from '../../../src/orchestrator/ports.ts';
import { commandEnvironment } from '../../../src/workspace/commandEnvironment.ts';
import {
  type CommandGateDeps,
  type CommandRequest,
  createCommandGate,
  type RunnablePlan,
} from '../../../src/workspace/commands/commandGate.ts';
import { type ProcessRequest, Processes, type ProcessResult } from '../../../src/workspace/processes.ts';
import type { Refusal } from '../../../src/workspace/refusal.ts';
import type { Sandbox, SandboxRequest } from '../../../src/workspace/sandbox/sandbox.ts';
import { createWorkspacePaths } from '../../../src/workspace/workspacePath.ts';
import { gitPlace } from '../../support/gitPlace.ts';
import { accepted, makePipe, refusalOf, temporaryFolders, writeTree } from '../temporaryFolder.ts';

const quiet: Log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const never = new AbortController().signal;
const profile = { writable: ['/w'], denyWrite: [], denyRead: [], domains: [] };

describe('the command gate', function () {
  this.timeout(60_000);
  const temporaryFolder = temporaryFolders();
  let outer: string;
  let root: string;
  let processes: Processes;
  let requests: ProcessRequest[];

  beforeEach(async () => {
    outer = temporaryFolder();
    root = path.join(outer, 'w');
    requests = [];
    processes = new Processes({ markerPrefix: `gate-${process.pid}`, spoolFolder: path.join(outer, 'spool'), log: quiet });
    await writeTree(outer, {
      'secret.txt': 'outside\n',
      'w/a.txt': 'one\ntwo\nthree\n',
      'w/src/b.ts': 'export\n',
      'w/.env': 'KEY=1\n',
      'w/.git/config': 'x',
    });
  });

  afterEach(() => processes.dispose());

  function gateWith(more: Partial<CommandGateDeps> = {}, host: Readonly<Record<string, string>> = {}) {
    return createCommandGate({
      paths: createWorkspacePaths(() => [{ name: 'w', path: root }]),
      processes: {
        run: (request, onOutput, signal) => {
          requests.push(request);
          return processes.run(request, onOutput, signal);
        },
      },
      environment: () =>
        commandEnvironment({ PATH: '/usr/bin:/bin', LANG: 'C', ...host }, { platform: process.platform, workspaceFolders: [root] }),
      ...more,
    });
  }

  async function planned(request: string | CommandRequest, gate = gateWith()): Promise<RunnablePlan> {
    const plan = await gate.plan(typeof request === 'string' ? { command: request, folder: '.' } : request);
    if (!('route' in plan) || plan.route === 'denied') {
      throw new Error(`Not planned: ${JSON.stringify(plan)}`);
    }
    return plan;
  }

  const runPlan = (plan: RunnablePlan, signal = never): Promise<ProcessResult | Refusal> =>
    plan.run({ timeoutMs: 60_000, onOutput: () => undefined }, signal);

  async function outputOf(command: string): Promise<string> {
    const plan = await planned(command);
    assert.equal(plan.route, 'direct', plan.reason);
    return accepted(await runPlan(plan)).output;
  }

  it('runs what is proven directly, by the absolute path of each program', async () => {
    const plan = await planned('cat a.txt | head -n 1 && pwd');
    assert.equal(plan.route, 'direct');
    assert.deepEqual(
      plan.argv?.map(([program = '', ...args]) => [path.isAbsolute(program), path.basename(program), ...args]),
      [
        [true, 'cat', 'a.txt'],
        [true, 'head', '-n', '1'],
        [true, 'pwd'],
      ],
    );
    assert.equal(plan.writes, 'nothing');
    assert.equal(accepted(await runPlan(plan)).output, `one\n${root}\n`);
    assert.deepEqual(
      requests.filter((request) => 'command' in request),
      [],
    );
  });

  it('evaluates &&, ||, ; and redirects as bash does', async () => {
    assert.equal(await outputOf('false && echo a || echo b; echo c'), 'b\nc\n');
    assert.equal(await outputOf('true || echo a && echo b'), 'b\n');
    assert.equal(await outputOf('echo gone >/dev/null; ls missing 2>/dev/null'.replace('ls missing 2>/dev/null', 'echo kept')), 'kept\n');
    assert.equal(await outputOf('grep -q two a.txt && echo found'), 'found\n');
    assert.equal(await outputOf("printf '%s\\n' 'a  b' '$x' \"it's\""), "a  b\n$x\nit's\n");
    assert.equal(accepted(await runPlan(await planned('true; false'))).exitCode, 1);
  });

  it('starts in the folder that a leading cd names, and takes .. from there', async () => {
    assert.equal(await outputOf('cd src && cat b.ts ../a.txt | wc -l'.replace(' | wc -l', '')), 'export\none\ntwo\nthree\n');
    symlinkSync('src', path.join(root, 'to-src'));
    assert.equal(await outputOf('cd to-src && pwd'), `${path.join(root, 'src')}\n`);
    for (const command of ['cd a.txt && ls', 'cd missing && ls', 'cd .. && ls', 'cd src && cat ../../secret.txt']) {
      assert.equal((await planned(command)).route, 'shell', command);
    }
  });

  it('SH-01: asks about secrets, .git, links out, other names, pipes, devices and what is not there', async () => {
    symlinkSync('../secret.txt', path.join(root, 'out'));
    symlinkSync('.env', path.join(root, 'env-link'));
    symlinkSync('..', path.join(root, 'up'));
    linkSync(path.join(outer, 'secret.txt'), path.join(root, 'hard'));
    makePipe(path.join(root, 'pipe'));
    mkdirSync(path.join(root, 'keys'));
    writeFileSync(path.join(root, 'keys/id_rsa'), '');
    const commands = [
      'cat .env',
      'cat env-link',
      'cat src/../.env',
      'ls .git',
      'cat .git/config',
      'cat out',
      'cat up/secret.txt',
      'ls up',
      'cat hard',
      'cat pipe',
      'cat missing',
    ];
    const more = [
      'cat src',
      'cat ../secret.txt',
      'cat /etc/passwd',
      'cat /dev/null',
      'grep -r x',
      'grep -r x .',
      'grep -rn x src keys',
      'cat keys/id_rsa',
      'head -- -x',
      'cat a.txt .env',
    ];
    for (const command of [...commands, ...more]) {
      const plan = await planned(command);
      assert.equal(plan.route, 'shell', command);
      assert.match(plan.reason, /\w.*\.$/, command);
    }
    assert.equal(await outputOf('grep -r --exclude-dir=.git --exclude-dir=keys t src'), 'src/b.ts:export\n');
  });

  it('takes no flag that is also the name of a file', async () => {
    symlinkSync('../secret.txt', path.join(root, '-n'));
    assert.match((await planned('cat a.txt -n')).reason, /a file called -n/);
  });

  it('SH-10: takes programs from folders that agents cannot write to, and from no other', async () => {
    const own = path.join(outer, 'bin');
    await writeTree(outer, { 'bin/pwd': '#!/bin/sh\necho planted\n', 'w/bin/pwd': '#!/bin/sh\necho planted\n' });
    chmodSync(path.join(own, 'pwd'), 0o755);
    chmodSync(path.join(root, 'bin/pwd'), 0o755);
    chmodSync(own, 0o777);
    symlinkSync(path.join(root, 'bin'), path.join(outer, 'link-bin'));
    for (const first of [own, path.join(root, 'bin'), path.join(outer, 'link-bin'), '.', 'bin', '']) {
      const plan = await planned('pwd', gateWith({}, { PATH: `${first}:/usr/bin:/bin` }));
      assert.match(plan.argv?.[0]?.[0] ?? '', /^(\/usr)?\/bin\/pwd$/, first);
    }
    assert.equal((await planned('pwd', gateWith({}, { PATH: own }))).route, 'shell');
  });

  it('SH-12: gives programs an environment of its own', async () => {
    const host = {
      HOME: outer,
      GREP_OPTIONS: '-r',
      RIPGREP_CONFIG_PATH: '/x',
      LESSOPEN: 'x',
      MAGIC: '/x',
      NODE_OPTIONS: '--require /x',
      SSL_CERT_FILE: '/x',
      HTTPS_PROXY: 'http://x',
    };
    await runPlan(await planned('pwd', gateWith({}, host)));
    const names = Object.keys(requests[0]?.env ?? {}).sort();
    assert.deepEqual(names, [
      'HOME',
      'LANG',
      'NO_COLOR',
      'PAGER',
      'PATH',
      'PWD',
      'TERM',
      'npm_config_logs_max',
      'npm_config_update_notifier',
    ]);
    assert.equal(requests[0]?.env['HOME'], '/dev/null');
  });

  it('tells the version of node and npm, and leaves nothing behind', async () => {
    const plan = await planned('node --version', gateWith({}, { PATH: '/usr/local/bin:/usr/bin:/bin' }));
    if (plan.route === 'direct') {
      assert.match(accepted(await runPlan(plan)).output, /^v\d+\./);
    }
    const npm = await planned('npm --version', gateWith({}, { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: outer }));
    if (npm.route === 'direct') {
      assert.match(accepted(await runPlan(npm)).output, /^\d+\./);
    }
    assert.equal(existsSync(path.join(outer, '.npm')), false);
  });

  it('SH-06: stops a direct plan that writes more than a megabyte', async () => {
    writeFileSync(path.join(root, 'big.txt'), 'x'.repeat(20 * 1024 * 1024));
    const result = accepted(await runPlan(await planned('cat big.txt; echo never')));
    assert.equal(result.tooMuchOutput, true);
    assert.ok(result.totalBytes < 20 * 1024 * 1024);
    assert.ok(!result.output.includes('never'));
  });

  it('kills a direct plan whole when it is aborted, and starts none that was aborted before', async () => {
    const killed: ProcessResult = { ...accepted(await runPlan(await planned('true'))), exitCode: null, killed: true };
    let ran = 0;
    const gate = gateWith({ processes: { run: async () => (ran++, killed) } });
    assert.equal(accepted(await runPlan(await planned('true; echo a', gate))).killed, true);
    assert.equal(ran, 1);
    await assert.rejects(runPlan(await planned('true', gate), AbortSignal.abort(new Error('stopped'))), /stopped/);
    assert.equal(ran, 1);
  });

  it('SH-11: refuses what has changed since it was planned', async () => {
    writeFileSync(path.join(root, 'run.sh'), 'echo good\n');
    await writeTree(root, { 'sub/run.sh': 'echo sub\n', 'package.json': '{}' });
    const changes: readonly (readonly [string, () => void])[] = [
      ['bash run.sh', () => writeFileSync(path.join(root, 'run.sh'), 'echo evil\n')],
      ['cd sub && bash run.sh', () => writeFileSync(path.join(root, 'sub/run.sh'), 'echo evil\n')],
      ['bash "new file.sh"', () => writeFileSync(path.join(root, 'new file.sh'), 'echo evil\n')],
      ['npm test', () => writeFileSync(path.join(root, 'package.json'), '{ "scripts": { "test": "evil" } }')],
      [
        'cat a.txt',
        () => (renameSync(path.join(root, 'a.txt'), path.join(root, 'c.txt')), symlinkSync('../secret.txt', path.join(root, 'a.txt'))),
      ],
      ['ls src', () => (renameSync(path.join(root, 'src'), path.join(root, 'src2')), symlinkSync('..', path.join(root, 'src')))],
    ];
    for (const [command, change] of changes) {
      const plan = await planned(command);
      change();
      assert.match(refusalOf(await runPlan(plan)), /^Nothing was run\. .*changed/, command);
    }
    assert.deepEqual(requests, []);
  });

  it('TRU-07: takes what a pull has changed for another command, so that a yes to the one before does not hold', async () => {
    const git = gitPlace();
    try {
      const upstream = git.repository('upstream', { 'package.json': '{ "scripts": { "test": "echo good" } }', 'build.sh': 'echo good\n' });
      git.plain(root, 'clone', '-q', upstream, 'app');
      const requests = ['npm test', 'bash build.sh'].map((command) => ({ command, folder: 'app' }));
      const before = await Promise.all(requests.map((request) => planned(request)));
      git.write(upstream, { 'package.json': '{ "scripts": { "test": "echo evil" } }', 'build.sh': 'echo evil\n' });
      git.plain(upstream, 'commit', '-q', '-a', '-m', 'Change what is run');
      git.plain(path.join(root, 'app'), 'pull', '-q');
      for (const [index, request] of requests.entries()) {
        const plan = before[index] ?? assert.fail();
        assert.match(refusalOf(await runPlan(plan)), /^Nothing was run\. .*changed/, request.command);
        assert.notEqual((await planned(request)).hash, plan.hash, request.command);
      }
    } finally {
      git.remove();
    }
  });

  it('SH-11: runs what is as it was, and gives the same hash for it and another for anything else', async () => {
    writeFileSync(path.join(root, 'run.sh'), 'echo good\n');
    const plan = await planned('bash run.sh');
    assert.equal(plan.hash, (await planned('bash run.sh')).hash);
    assert.equal(accepted(await runPlan(plan)).output, 'good\n');
    const hashes = await Promise.all(
      ['bash run.sh', 'bash  run.sh', { command: 'bash run.sh', folder: 'src' }, 'cat a.txt', 'cat a.txt >/dev/null'].map(
        async (one) => (await planned(one)).hash,
      ),
    );
    assert.equal(new Set(hashes).size, hashes.length);
    assert.match(plan.hash, /^[0-9a-f]{64}$/);
  });

  it('denies hard patterns, and refuses a folder outside', async () => {
    const plan = await gateWith().plan({ command: 'sudo ls', folder: '.' });
    assert.equal('route' in plan ? plan.route : '', 'denied');
    assert.match(refusalOf((await gateWith().plan({ command: 'ls', folder: outer })) as Refusal), /outside the workspace/);
  });

  it('proves nothing on Windows', async () => {
    assert.equal((await planned('ls', gateWith({ platform: 'win32' }))).route, 'shell');
  });

  it('gives the sandbox what is not proven, with the profile of the person, and clears up after it', async () => {
    const wrapped: SandboxRequest[] = [];
    let changed: readonly string[] = [];
    let created: readonly string[] = [];
    let done = 0;
    const sandbox: Pick<Sandbox, 'status' | 'wrap'> = {
      status: async () => ({ kind: 'ready' }),
      wrap: async (request) => {
        wrapped.push(request);
        return { ok: true, argv: ['/bin/echo', 'confined'], env: { X: '1' }, done: async () => (done++, { changed, created }) };
      },
    };
    const gate = gateWith({ sandbox });
    const plan = await planned({ command: 'make all', folder: '.', profile }, gate);
    assert.deepEqual([plan.route, plan.writes], ['sandboxed', '/w, without what is protected there']);
    assert.equal(accepted(await runPlan(plan)).output, 'confined\n');
    assert.deepEqual([wrapped, done], [[{ command: 'make all', folder: root, ...profile }], 1]);
    assert.equal(requests[0]?.env['X'], '1');
    created = ['new/.git'];
    assert.match(accepted(await runPlan(plan)).output, /^confined\n\n.*new\/\.git/);
    changed = ['.git/config'];
    assert.match(refusalOf(await runPlan(plan)), /\.git\/config/);
    assert.equal((await planned({ command: 'make all', folder: '.' }, gate)).route, 'shell');
    assert.equal((await planned({ command: 'ls', folder: '.', profile }, gate)).route, 'direct');
  });

  it('SH-10: says why a command cannot be confined, and never runs it plainly instead of confined', async () => {
    let status: Awaited<ReturnType<Sandbox['status']>> = { kind: 'unavailable', why: 'bwrap is missing.', next: 'Install bubblewrap.' };
    const sandbox: Pick<Sandbox, 'status' | 'wrap'> = {
      status: async () => status,
      wrap: async () => ({ ok: false, text: 'It broke.' }),
    };
    const gate = gateWith({ sandbox });
    const plain = await planned({ command: 'make all', folder: '.', profile }, gate);
    assert.equal(plain.route, 'shell');
    assert.match(plain.reason, /bwrap is missing\. Install bubblewrap\.$/);
    status = { kind: 'ready' };
    const confined = await planned({ command: 'make all', folder: '.', profile }, gate);
    assert.equal(confined.route, 'sandboxed');
    assert.equal(refusalOf(await runPlan(confined)), 'It broke.');
    status = { kind: 'unavailable', why: 'gone', next: '' };
    assert.match(refusalOf(await runPlan(confined)), /changed/);
    assert.deepEqual(requests, []);
  });
});
