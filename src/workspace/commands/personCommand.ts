import type { Processes, ProcessResult } from '../processes.ts';
import { type Refusal, refuse } from '../refusal.ts';
import type { Sandbox, SandboxAudit, SandboxedCommand } from '../sandbox/sandbox.ts';
import type { SandboxWish } from './commandPlanner.ts';

/** A command that the person wrote into their settings or typed themselves, which is their yes to it. It works on what agents wrote. */
export interface PersonCommand {
  readonly command: string;
  /** Absolute; where it starts. */
  readonly folder: string;
  /** Absolute; all that it may write below when it is confined. */
  readonly writable: string;
  readonly timeoutMs: number;
}

export type PersonCommandEnd =
  | {
      readonly kind: 'ended';
      readonly exitCode: number | null;
      readonly timedOut: boolean;
      readonly output: string;
      /** Why it was not confined, as a sentence; undefined when it was. */
      readonly unconfined: string | undefined;
    }
  /** It was not started, or what became of it cannot be trusted. */
  | { readonly kind: 'notRun'; readonly text: string; readonly next: string };

/** Runs commands of the person. Throws only the reason of an aborted signal. */
export type RunPersonCommand = (command: PersonCommand, signal: AbortSignal) => Promise<PersonCommandEnd>;

export interface PersonCommandDeps {
  readonly processes: Pick<Processes, 'run'>;
  readonly environment: () => Readonly<Record<string, string>>;
  readonly sandbox: Pick<Sandbox, 'status' | 'wrap'>;
  readonly wish: () => SandboxWish;
  /** Hosts that confined commands may reach. */
  readonly domains: () => readonly string[];
}

/**
 * Makes the runner. What agents wrote runs in such a command too, so that it is confined wherever it can be; unconfined only when the person
 * does not want it confined or the machine cannot, and the result says so.
 */
export function createPersonCommands(deps: PersonCommandDeps): RunPersonCommand {
  return async (command, signal) => {
    const wish = deps.wish();
    const status = wish === 'off' ? undefined : await deps.sandbox.status();
    signal.throwIfAborted();
    if (status?.kind === 'ready') {
      return runConfined(deps, command, signal);
    }
    if (wish === 'required') {
      return {
        kind: 'notRun',
        text: `You want every command confined (flotilla.sandbox is "required"). ${status?.why ?? ''}`.trim(),
        next: status?.next ?? '',
      };
    }
    const why = status === undefined ? 'flotilla.sandbox is "off".' : status.why;
    const { folder, timeoutMs } = command;
    return endOf(
      await deps.processes.run({ command: command.command, folder, timeoutMs, env: deps.environment() }, ignore, signal),
      why,
      signal,
    );
  };
}

const ignore = (): void => undefined;

async function runConfined(deps: PersonCommandDeps, command: PersonCommand, signal: AbortSignal): Promise<PersonCommandEnd> {
  const { folder, timeoutMs, writable } = command;
  const domains = deps.domains();
  const confined = await deps.sandbox.wrap(
    { command: command.command, folder, writable: [writable], denyWrite: [], denyRead: [], domains },
    signal,
  );
  if (!confined.ok) {
    return { kind: 'notRun', text: confined.text, next: 'Correct that, or set flotilla.sandbox to "off" to have it run unconfined.' };
  }
  const { result, audit } = await runAudited(deps, confined, { folder, timeoutMs }, signal);
  return audit.changed.length > 0
    ? endOf(refuse(`Protected files are not what they were: ${audit.changed.join(', ')}. Look at them before going on.`), undefined, signal)
    : endOf(result, undefined, signal);
}

async function runAudited(
  { processes, environment }: PersonCommandDeps,
  confined: SandboxedCommand,
  { folder, timeoutMs }: Pick<PersonCommand, 'folder' | 'timeoutMs'>,
  signal: AbortSignal,
): Promise<{ readonly result: ProcessResult | Refusal; readonly audit: SandboxAudit }> {
  let result: ProcessResult | Refusal | undefined;
  let audit: SandboxAudit | undefined;
  try {
    const { argv, env } = confined;
    result = await processes.run({ argv, folder, timeoutMs, env: { ...environment(), ...env } }, ignore, signal);
  } finally {
    audit = await confined.done();
  }
  return { result, audit };
}

function endOf(result: ProcessResult | Refusal, unconfined: string | undefined, signal: AbortSignal): PersonCommandEnd {
  // A command that was killed has ended too, and says nothing.
  signal.throwIfAborted();
  if (!result.ok) {
    return { kind: 'notRun', text: result.text, next: 'Correct the command, then try again.' };
  }
  const { exitCode, timedOut, output } = result;
  return { kind: 'ended', exitCode, timedOut, output, unconfined };
}
