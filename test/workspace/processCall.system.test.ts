import * as assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import type { Log } from '../../src/orchestrator/ports.ts';
import { type ProcessCall, spawnCall } from '../../src/workspace/processCall.ts';
import { Processes } from '../../src/workspace/processes.ts';
import { examples } from '../support/examples.ts';

const quiet: Log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

describe('Programs started without a shell', function () {
  this.timeout(60_000);
  let folder: string;
  let processes: Processes;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'flotilla-call-'));
    processes = new Processes({ markerPrefix: `call-${process.pid}`, spoolFolder: join(folder, 'spool'), log: quiet });
  });

  afterEach(() => {
    processes.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  async function run(call: ProcessCall) {
    const request = { ...call, folder, timeoutMs: 10_000, env: { PATH: '/usr/bin:/bin' } };
    return processes.run(request, () => undefined, new AbortController().signal);
  }

  async function output(call: ProcessCall): Promise<string> {
    const result = await run(call);
    assert.ok(result.ok, result.ok ? '' : result.text);
    return result.output;
  }

  const hostile = fc.array(fc.stringMatching(/^[ -~\n\tä€]{1,20}$/), { minLength: 1, maxLength: 12 });

  it('get their arguments as they are, whatever is in them', async () => {
    await fc.assert(
      fc.asyncProperty(hostile, async (words) => {
        const wanted = words.map((word) => `<${word}>`).join('');
        const argv = ['/usr/bin/printf', '<%s>', ...words] as const;
        assert.equal(await output({ argv: [...argv] }), wanted);
        assert.equal(await output({ pipeline: [{ argv: [...argv] }, { argv: ['/bin/cat'] }] }), wanted);
      }),
      examples(12),
    );
  });

  it('read what the one before writes; the exit code is that of the last', async () => {
    assert.equal(
      await output({
        pipeline: [{ argv: ['/usr/bin/seq', '1000'] }, { argv: ['/usr/bin/tail', '-n', '2'] }, { argv: ['/usr/bin/head', '-n', '1'] }],
      }),
      '999\n',
    );
    const last = await run({ pipeline: [{ argv: ['/bin/true'] }, { argv: ['/bin/sh', '-c', 'exit 5'] }] });
    assert.equal(last.ok && last.exitCode, 5);
  });

  it('end when nobody reads them any more', async () => {
    const result = await run({ pipeline: [{ argv: ['/usr/bin/yes'] }, { argv: ['/usr/bin/head', '-n', '1'] }] });
    assert.ok(result.ok);
    assert.equal(result.output, 'y\n');
    assert.equal(result.timedOut, false);
  });

  it('have their outputs put together or thrown away as asked', async () => {
    const both = ['/bin/sh', '-c', 'echo out; echo err >&2'] as const;
    const count = { argv: ['/usr/bin/wc', '-l'] } as const;
    assert.equal((await output({ pipeline: [{ argv: [...both], stderr: 'stdout' }, { argv: [...count.argv] }] })).trim(), '2');
    assert.equal((await output({ pipeline: [{ argv: [...both], stderr: 'discard' }] })).trim(), 'out');
    assert.equal((await output({ pipeline: [{ argv: [...both], stdout: 'discard' }] })).trim(), 'err');
    assert.equal((await output({ pipeline: [{ argv: [...both], stdout: 'discard', stderr: 'stdout' }] })).trim(), 'err');
  });

  it('are killed as all commands are', async () => {
    const result = await processes.run(
      { pipeline: [{ argv: ['/usr/bin/yes'] }, { argv: ['/usr/bin/tail'] }], folder, timeoutMs: 300, env: {} },
      () => undefined,
      new AbortController().signal,
    );
    assert.ok(result.ok);
    assert.equal(result.timedOut, true);
    assert.equal(result.unkillable, 0);
  });

  it('are refused without an absolute path, with NUL, or when there are none', async () => {
    for (const call of [
      { argv: ['ls'] },
      { argv: ['./ls'] },
      { argv: ['/bin/ls', 'a\0b'] },
      { pipeline: [] },
      { pipeline: [{ argv: ['eval', 'touch ran'] }] },
    ] as const) {
      const result = await run(structuredClone(call) as ProcessCall);
      assert.equal(result.ok, false);
    }
    assert.equal(existsSync(join(folder, 'ran')), false);
    assert.throws(() => spawnCall({ pipeline: [{ argv: ['C:\\x.exe'] }] }, 'win32', {}), /platform/);
    assert.equal(spawnCall({ argv: ['C:\\x.exe', 'a'] }, 'win32', {}).file, 'C:\\x.exe');
  });
});
