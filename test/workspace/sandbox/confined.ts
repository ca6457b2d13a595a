import * as assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Log } from '../../../src/orchestrator/ports.ts';
import { commandEnvironment } from '../../../src/workspace/commandEnvironment.ts';
import { Processes, type ProcessResult } from '../../../src/workspace/processes.ts';
import { createSandbox, type SandboxDeps } from '../../../src/workspace/sandbox/createSandbox.ts';
import type { SandboxAudit, SandboxRequest } from '../../../src/workspace/sandbox/sandbox.ts';

const quiet: Log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** Where sandbox-runtime brings the programs it needs. */
export const helperFolder = join(process.cwd(), 'node_modules/@anthropic-ai/sandbox-runtime/vendor/seccomp');

/** A folder with a home, a workspace and a storage folder in it, and a sandbox over them. */
export function createPlace(changes: Partial<SandboxDeps> = {}) {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'flotilla-sandbox-')));
  const at = (...names: string[]) => join(root, ...names);
  const empty = () => {
    for (const folder of ['home', 'work', 'storage/temp', 'storage/trees']) {
      rmSync(at(folder), { recursive: true, force: true });
      mkdirSync(at(folder), { recursive: true });
    }
  };
  empty();
  const processes = new Processes({ markerPrefix: `box-${process.pid}`, spoolFolder: at('storage/spool'), log: quiet });
  const environment = () => ({
    ...commandEnvironment(process.env, { platform: 'linux', workspaceFolders: [at('work')] }),
    HOME: at('home'),
  });
  const sandbox = createSandbox({
    processes,
    environment,
    helperFolder,
    tempFolder: at('storage/temp'),
    privateFolders: [at('storage')],
    workspaceFolders: () => [at('work')],
    home: at('home'),
    log: quiet,
    ...changes,
  });
  const run = async (command: string, options: RunOptions = {}): Promise<ProcessResult & { audit: SandboxAudit }> => {
    const { timeoutMs = 30_000, signal = new AbortController().signal, onOutput = () => undefined, ...request } = options;
    const wrapped = await sandbox.wrap(
      { command, folder: at('work'), writable: [at('work')], denyWrite: [], denyRead: [], domains: [], ...request },
      signal,
    );
    assert.ok(wrapped.ok, wrapped.ok ? '' : wrapped.text);
    const env = { ...environment(), ...wrapped.env };
    const result = await processes.run({ argv: wrapped.argv, folder: request.folder ?? at('work'), timeoutMs, env }, onOutput, signal);
    const audit = await wrapped.done();
    assert.ok(result.ok, result.ok ? '' : result.text);
    return { ...result, audit };
  };
  const close = async () => {
    processes.dispose();
    await sandbox.dispose();
    rmSync(root, { recursive: true, force: true });
  };
  return { at, empty, sandbox, processes, environment, run, close };
}

type RunOptions = Partial<Omit<SandboxRequest, 'command'>> & {
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  readonly onOutput?: (text: string) => void;
};

export type Place = ReturnType<typeof createPlace>;

/** Living processes whose environment holds the text, found without the code under test; the dead have none. */
export function alive(text: string): readonly number[] {
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
