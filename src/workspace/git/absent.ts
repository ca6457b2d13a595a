import { errorCode } from '../refusal.ts';

/** For the catch of a look at the file system: what cannot be looked at counts as absent. Rethrows what is no system error. */
export function orUndefined(error: unknown): undefined {
  if (errorCode(error) === undefined) {
    throw error;
  }
  return undefined;
}
