import type { Json } from '../../core/json.ts';
import { ProtocolError } from './streamErrors.ts';

/** Beyond this, walking through a value could exhaust the stack of whoever does so; no honest reply comes near. */
export const maxLevels = 200;

/** The value of JSON text, or why there is none. */
export function parseJson(text: string): { readonly value: Json } | { readonly problem: 'invalid' | 'tooDeep' } {
  let value: Json;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) {
      return { problem: 'invalid' };
    }
    throw error;
  }
  return isDeeperThan(value, maxLevels) ? { problem: 'tooDeep' } : { value };
}

/** One event of a stream. Throws ProtocolError when the text is none. */
export function parseEvent(data: string): Json {
  const parsed = parseJson(data);
  if ('value' in parsed) {
    return parsed.value;
  }
  const why = parsed.problem === 'tooDeep' ? `is nested more than ${maxLevels} levels deep` : `is not JSON: ${data.slice(0, 80)}`;
  throw new ProtocolError(`an event that ${why}`);
}

/** Goes down level by level and not by recursion. */
function isDeeperThan(value: Json, levels: number): boolean {
  let level: Json[] = [value];
  for (let depth = 0; depth <= levels; depth++) {
    level = level.flatMap((item) => (typeof item === 'object' && item !== null ? Object.values(item) : []));
    if (level.length === 0) {
      return false;
    }
  }
  return true;
}
