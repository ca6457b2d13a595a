import type { LogOutputChannel } from 'vscode';
import { toError } from '../lib/errors.ts';
import type { Log } from '../orchestrator/ports.ts';

/** The readable log in the output channel. Errors are written with their stack, and with what caused them. */
export function createLog(channel: LogOutputChannel): Log {
  return {
    debug: (message) => channel.debug(message),
    info: (message) => channel.info(message),
    warn: (message) => channel.warn(message),
    error: (message, error) => channel.error(error === undefined ? message : `${message}: ${describe(toError(error))}`),
  };
}

function describe(error: Error): string {
  const own = error.stack ?? error.message;
  return error.cause === undefined ? own : `${own}\nCaused by ${describe(toError(error.cause))}`;
}
