import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createProcesses } from '../../scripts/lib/processes.mjs';
import { honestCounts } from '../../scripts/lib/steps.mjs';
import { needs } from '../support/needs.ts';

describe('counting tests', () => {
  const counts = (passed: number, failed: number) => ({ passed, failed, skipped: 0 });

  for (const [what, said, endedWell, expected] of [
    ['what passed', counts(3, 0), true, counts(3, 0)],
    ['what failed', counts(3, 2), false, counts(3, 2)],
    ['a runner that broke after its tests as a failure', counts(3, 0), false, counts(3, 1)],
    ['a run of no test as a failure', counts(0, 0), true, counts(0, 1)],
  ] as const) {
    it(`counts ${what}`, () => {
      assert.deepEqual(honestCounts(said, endedWell), expected);
    });
  }
});

describe('processes', () => {
  const node = process.execPath;

  it('tells how a program ended', async () => {
    const ended = await createProcesses().run(node, ['-e', 'console.log("out"); console.error("err"); process.exit(3)']);
    assert.equal(ended.code, 3);
    assert.deepEqual(ended.output.split('\n').sort(), ['err', 'out']);
  });

  it('tells that a program could not be started', async () => {
    const ended = await createProcesses().run('no-such-program-anywhere', []);
    assert.equal(ended.code, 127);
    assert.match(ended.output, /ENOENT/);
  });

  it('ends a program with all that it started, in other groups too', async function () {
    needs(this, process.platform !== 'win32', 'process groups');
    const processes = createProcesses();
    const idle = 'setInterval(() => 0, 1000)';
    const parent = `
      process.on('SIGTERM', () => 0);
      const child = require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(idle)}], { detached: true, stdio: 'ignore' });
      console.log(child.pid);
      ${idle}`;
    let told: (pid: number) => void = () => undefined;
    const started = new Promise<number>((resolve) => {
      told = resolve;
    });
    const running = processes.start(node, ['-e', parent], { onLine: (line) => told(Number(line)) });
    const child = await started;
    await processes.stopAll();
    await running.ended;
    for (const pid of [running.pid, child]) {
      assert.equal(isRunning(pid), false, `process ${pid} is still there`);
    }
  });
});

/** Whether a process runs; one that has ended but was not collected does not. */
function isRunning(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return stdout.trim() !== '' && !stdout.trim().startsWith('Z');
}
