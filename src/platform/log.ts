import type { LogOutputChannel } from 'vscode';
import { toError } from '../lib/errors.ts';
import type { Log } from '../orchestrator/ports.ts';

/** The readable log in the output channel. Errors are written with their stack, and with what caused them; `redact` leaves secrets out of all of it. */
export function createLog(channel: LogOutputChannel, redact: (text: string) => string): Log {
  return {
    debug: (message) => channel.debug(redact(message)),
    info: (message) => channel.info(redact(message)),
    warn: (message) => channel.warn(redact(message)),
    error: (message, error) => channel.error(redact(error === undefined ? message : `${message}: ${describe(toError(error))}`)),
  };
}

function describe(error: Error): string {
  const own = error.stack ?? error.message;
  return error.cause === undefined ? own : `${own}\nCaused by ${describe(toError(error.cause))}`;
}
