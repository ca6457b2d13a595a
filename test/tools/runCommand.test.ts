import * as assert from 'node:assert/strict';
import { createRunCommandTool } from '../../src/tools/runCommand.ts';
import type { ProcessResult } from '../../src/workspace/processes.ts';
import { refuse } from '../../src/workspace/refusal.ts';
import type { WorkspacePaths } from '../../src/workspace/workspacePath.ts';
import { call, prepare } from './fakes.ts';

const folders = [
  { name: 'app', path: '/w/app' },
  { name: 'lib', path: '/w/lib' },
];

function fakePaths(names: readonly string[]): WorkspacePaths {
  const open = folders.filter((folder) => names.includes(folder.name));
  return {
    folders: () => open,
    resolve: async (text) => {
      const folder = open.find(({ name }) => name === text) ?? (text === '.' ? open[0] : undefined);
      return folder === undefined
        ? refuse(`${text} is outside the workspace.`)
        : { ok: true, absolute: folder.path, spellings: [folder.path], display: text, real: text, folder, root: folder.path };
    },
  };
}

const ended: ProcessResult = {
  ok: true,
  exitCode: 0,
  timedOut: false,
  killed: false,
  output: 'fine\n',
  totalBytes: 5,
  leftOutBytes: 0,
  leftRunning: false,
  unkillable: 0,
};

interface Ran {
  readonly command: string;
  readonly folder: string;
  readonly timeoutMs: number;
}

function toolWith(result: Partial<ProcessResult> = {}, names = ['app']) {
  const requests: Ran[] = [];
  const tool = createRunCommandTool({
    paths: fakePaths(names),
    plan: async ({ command, folder }) => ({
      route: 'shell',
      reason: 'It may change something.',
      writes: 'anything',
      folder,
      hash: `hash of ${command}`,
      run: async ({ timeoutMs, onOutput }) => {
        requests.push({ command, folder, timeoutMs });
        onOutput('\u001b[31mlive\u001b[0m');
        return { ...ended, ...result };
      },
    }),
  });
  return { tool, requests };
}

describe('run_command', () => {
  it('tells the agent why a command is not run at all, and asks nobody', async () => {
    const plans = [{ route: 'denied', reason: 'sudo gives rights that nobody gave.' } as const, refuse('The folder is gone.')];
    const tool = createRunCommandTool({ paths: fakePaths(['app']), plan: async () => plans.shift() ?? assert.fail('planned once more') });
    assert.deepEqual(await prepare(tool, { command: 'sudo x' }), {
      kind: 'refused',
      text: 'Nothing was run. Not allowed: sudo gives rights that nobody gave.',
    });
    assert.deepEqual(await prepare(tool, { command: 'x' }), { kind: 'refused', text: 'The folder is gone.' });
  });

  it('asks for exactly the text and folder that it then runs', async () => {
    const { tool, requests } = toolWith();
    const prepared = await prepare(tool, { command: 'npm test' });
    assert.ok(prepared.kind === 'ready');
    assert.deepEqual(prepared.ask, {
      kind: 'command',
      title: 'Run npm test',
      command: 'npm test',
      folder: '.',
      route: 'shell',
      why: 'It may change something.',
      writes: 'anything',
      hash: 'hash of npm test',
    });
    assert.equal(prepared.outside, true);
    const outcome = await call(tool, { command: 'npm test' });
    assert.deepEqual(requests, [{ command: 'npm test', folder: '/w/app', timeoutMs: 120_000 }]);
    assert.deepEqual(outcome, {
      text: 'exit code 0\nfine\n',
      isError: false,
      effects: [{ kind: 'ran', command: 'npm test', exitCode: 0 }],
    });
  });

  it('runs in the first of several folders, or in the named one', async () => {
    const { tool, requests } = toolWith({}, ['app', 'lib']);
    await call(tool, { command: 'ls' });
    await call(tool, { command: 'ls', folder: 'lib' });
    assert.deepEqual(
      requests.map(({ folder }) => folder),
      ['/w/app', '/w/lib'],
    );
  });

  it('says that a command was stopped for its output', async () => {
    const { tool } = toolWith({ exitCode: null, killed: true, tooMuchOutput: true });
    assert.match((await call(tool, { command: 'yes' })).text, /^exit code none: stopped because of too much output/);
  });

  it('TIN-04: clamps the time limit', async () => {
    const { tool, requests } = toolWith();
    for (const timeout_seconds of [0, -5, 30, 1e12]) {
      await call(tool, { command: 'ls', timeout_seconds });
    }
    assert.deepEqual(
      requests.map(({ timeoutMs }) => timeoutMs),
      [1000, 1000, 30_000, 1_800_000],
    );
  });

  it('TIN-04: refuses a folder outside, an empty command, and fields that do not exist, without running anything', async () => {
    const { tool, requests } = toolWith();
    assert.match((await call(tool, { command: 'ls', folder: '/etc' })).text, /Nothing was run.*outside the workspace/);
    assert.match((await call(tool, { command: ' \n' })).text, /empty/);
    assert.match((await call(tool, { command: 'ls', requires_approval: false })).text, /requires_approval: unknown field/);
    assert.match((await call(tool, { command: 5 })).text, /expected a string/);
    assert.deepEqual(requests, []);
  });

  it('TIN-07: shows hidden characters in the title, and keeps the command itself exact', async () => {
    const prepared = await prepare(toolWith().tool, { command: 'ls\u202e\u0007' });
    assert.ok(prepared.kind === 'ready' && prepared.ask?.kind === 'command');
    assert.equal(prepared.title, 'Run ls⟨U+202E⟩⟨U+0007⟩');
    assert.equal(prepared.ask.command, 'ls\u202e\u0007');
  });

  it('TIN-08: strips escape sequences from live and final output', async () => {
    const seen: string[] = [];
    const { tool } = toolWith({ output: '\u001b]52;c;ZXZpbA==\u0007\u001b[1mbold\u001b[0m\n' });
    const outcome = await call(tool, { command: 'ls' }, { progress: (text) => seen.push(text) });
    assert.deepEqual(seen, ['live']);
    assert.equal(outcome.text, 'exit code 0\nbold\n');
  });

  const endings: readonly (readonly [name: string, result: Partial<ProcessResult>, text: string])[] = [
    ['a failure', { exitCode: 2 }, 'exit code 2\nfine\n'],
    ['no output', { exitCode: 1, output: '' }, 'exit code 1\n(no output)'],
    ['a signal', { exitCode: null, signal: 'SIGSEGV' }, 'exit code none: ended by SIGSEGV\nfine\n'],
    [
      'the time limit',
      { exitCode: null, timedOut: true },
      'exit code none: stopped at its time limit of 120 s; the output so far follows\nfine\n',
    ],
    ['a stop', { exitCode: null, killed: true }, 'exit code none: stopped before it ended; the output so far follows\nfine\n'],
  ];
  for (const [name, result, text] of endings) {
    it(`tells of ${name}`, async () => {
      const outcome = await call(toolWith(result).tool, { command: 'x' });
      assert.equal(outcome.text, text);
      assert.equal(outcome.isError, true);
      assert.deepEqual(outcome.effects, [{ kind: 'ran', command: 'x', exitCode: result.exitCode ?? null }]);
    });
  }

  it('tells of processes that were stopped and of output that was left out', async () => {
    const result = { leftRunning: true, unkillable: 1, totalBytes: 900, leftOutBytes: 800, spool: { path: '/s/1.out', bytes: 900 } };
    assert.equal(
      (await call(toolWith(result).tool, { command: 'x' })).text,
      [
        'exit code 0',
        '(processes it had left running in the background were stopped)',
        '(1 of its processes could not be stopped)',
        '(900 bytes of output, the beginning and end of which follow; all of it is in /s/1.out, which only run_command can read)',
        'fine\n',
      ].join('\n'),
    );
    const capped = await call(toolWith({ ...result, spool: { path: '/s/1.out', bytes: 500 } }).tool, { command: 'x' });
    assert.match(capped.text, /the first 500 bytes are in \/s\/1\.out/);
  });
});
