import { randomBytes } from 'node:crypto';
import { type MintId, toId } from '../core/ids.ts';

/** Letters that are not mistaken for one another when a person or a model repeats an id. */
const letters = '23456789abcdefghijkmnpqrstuvwxyz';
const length = 10;

/** Mints ids of fifty random bits, short enough for a model to repeat. */
export const mintId: MintId = (kind) => {
  const random = Array.from(randomBytes(length), (byte) => letters[byte % letters.length] ?? '').join('');
  return toId(kind, `${kind}-${random}`);
};
