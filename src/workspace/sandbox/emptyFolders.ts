import { mkdirSync, rmdirSync } from 'node:fs';
import { errorCode } from '../refusal.ts';

/** Why a folder need not be held: nothing can be made there, or something is there already. */
const notMakeable = ['ENOENT', 'ENOTDIR', 'EACCES', 'EPERM', 'EROFS', 'ELOOP'];
const notEmpty = ['ENOTEMPTY', 'EEXIST', 'ENOENT', 'ENOTDIR', 'EACCES', 'EPERM', 'EBUSY'];

/**
 * Empty folders in the places of those that must not come about, for as long as some command runs: only what is there can be kept from
 * being written. Git and editors take no notice of an empty folder. After a crash they stay.
 */
export function createEmptyFolders() {
  const users = new Map<string, number>();
  return {
    /** Makes what is not there; gives what is to be let go of later, and all that is there now. */
    hold(places: readonly string[]): { readonly held: readonly string[]; readonly there: readonly string[] } {
      const held: string[] = [];
      const there: string[] = [];
      for (const place of places) {
        const made = make(place);
        const others = users.get(place) ?? 0;
        if (made === 'made' || others > 0) {
          users.set(place, others + 1);
          held.push(place);
        }
        if (made !== 'impossible') {
          there.push(place);
        }
      }
      return { held, there };
    },
    release(held: readonly string[]): void {
      for (const place of held) {
        const others = (users.get(place) ?? 1) - 1;
        if (others > 0) {
          users.set(place, others);
        } else {
          users.delete(place);
          remove(place);
        }
      }
    },
  };
}

function make(place: string): 'made' | 'there' | 'impossible' {
  try {
    mkdirSync(place);
    return 'made';
  } catch (error) {
    const code = errorCode(error) ?? '';
    if (code !== 'EEXIST' && !notMakeable.includes(code)) {
      throw error;
    }
    return code === 'EEXIST' ? 'there' : 'impossible';
  }
}

function remove(place: string): void {
  try {
    rmdirSync(place);
  } catch (error) {
    // The person has put something in it, or removed it.
    if (!notEmpty.includes(errorCode(error) ?? '')) {
      throw error;
    }
  }
}
