import type { Log } from '../../orchestrator/ports.ts';
import type { PersonCommandEnd, RunPersonCommand } from '../commands/personCommand.ts';
import type { Repository } from './gitDir.ts';
import type { GitTrouble } from './gitResult.ts';
import type { Git } from './gitTypes.ts';
import { copyIgnored, fillDependencies } from './worktreeFill.ts';
import type { Dependencies, SetUpEnd } from './worktreeTypes.ts';

/** Set-up that has not ended by then is stopped, in ms. */
const limitMs = 30 * 60_000;
const toldLines = 8;
const longestLine = 200;

/** What the person wants in every new worktree. */
export interface SetUpOptions {
  /** Ignored files to copy, as lines of a .gitignore. */
  readonly copy: readonly string[];
  /** Undefined: folders of packages are left out. */
  readonly dependencies: Dependencies | undefined;
  /** Commands to run in it, one after the other. */
  readonly setup: readonly string[];
}

export interface SetUpDeps {
  readonly run: RunPersonCommand;
  readonly log: Log;
}

/** Runs the person's set-up commands in a worktree, up to the first that fails. Throws only the reason of an aborted signal. */
export async function runSetUp(
  { run, log }: SetUpDeps,
  commands: readonly string[],
  { root, folder }: { readonly root: string; readonly folder: string },
  signal: AbortSignal,
): Promise<SetUpEnd> {
  let unconfined: string | undefined;
  for (const command of commands) {
    const end = await run({ command, folder, writable: root, timeoutMs: limitMs }, signal);
    const output = end.kind === 'ended' ? end.output : '';
    if (end.kind === 'notRun' || end.exitCode !== 0 || end.timedOut) {
      const text = `The set-up command ${JSON.stringify(command)} ${failureText(end)} in ${folder}.`;
      log.warn(`${text}\n${output}`.trim());
      const said = lastLines(output);
      const next = `${end.kind === 'notRun' ? `${end.next} ` : ''}The command is in your setting flotilla.worktree.setup. Correct it, then try again.`;
      return { ok: false, text: said === '' ? text : `${text} It ended with:\n${said}\n`, next };
    }
    log.info(`Set-up command ${JSON.stringify(command)} succeeded in ${folder}.\n${output}`.trim());
    unconfined ??= end.unconfined;
  }
  return { ok: true, notes: commands.length === 0 ? [] : [{ kind: 'setUp', commands, unconfined }] };
}

/** Gives a scratch worktree what an agent's own has: ignored files, dependencies, and what the set-up commands make. */
export async function prepareLikeWorktree(
  deps: SetUpDeps & { readonly git: Git },
  { copy, dependencies, setup }: SetUpOptions,
  places: { readonly from: Repository; readonly root: string; readonly folder: string },
  signal: AbortSignal,
): Promise<{ readonly ok: true } | GitTrouble> {
  const { from, root } = places;
  const copied = await copyIgnored(deps.git, from, root, copy, signal);
  if (!copied.ok) {
    return copied;
  }
  const linked = dependencies === undefined ? copied : await fillDependencies(deps.git, from, root, dependencies, signal);
  if (!linked.ok) {
    return linked;
  }
  const end = await runSetUp(deps, setup, places, signal);
  return end.ok ? { ok: true } : { ok: false, kind: 'failed', text: end.text, next: end.next };
}

function failureText(end: PersonCommandEnd): string {
  if (end.kind === 'notRun') {
    return `was not run (${end.text.replace(/\.$/, '')})`;
  }
  if (end.timedOut) {
    return `did not end within ${limitMs / 60_000} minutes`;
  }
  return end.exitCode === null ? 'was ended by a signal' : `failed with exit code ${end.exitCode}`;
}

function lastLines(output: string): string {
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  return lines
    .slice(-toldLines)
    .map((line) => (line.length > longestLine ? `${line.slice(0, longestLine - 1)}…` : line))
    .join('\n');
}
