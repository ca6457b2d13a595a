import { createHash } from 'node:crypto';
import type { AgentId } from '../core/ids.ts';

/** What an agent knows of a file: the content it saw last, and which lines of it (from 1, both ends included). */
export interface Known {
  readonly hash: string;
  readonly ranges: readonly (readonly [from: number, to: number])[];
}

/** Remembers what each agent has seen of each file, so that nobody writes over something they do not know. */
export interface ReadLedger {
  readonly known: (agentId: AgentId, absolute: string) => Known | undefined;
  /** Notes that an agent saw lines of a content; what it saw of another content before no longer counts. */
  readonly noteRead: (agentId: AgentId, absolute: string, hash: string, from: number, to: number) => void;
  /** Notes that an agent made a new content itself. `whole`: it knows all of it. */
  readonly noteWrite: (agentId: AgentId, absolute: string, hash: string, whole: boolean) => void;
  readonly forget: (agentId: AgentId) => void;
}

/** Makes an empty ledger. */
export function createReadLedger(): ReadLedger {
  const byAgent = new Map<AgentId, Map<string, Known>>();
  const set = (agentId: AgentId, absolute: string, known: Known) => {
    const files = byAgent.get(agentId) ?? new Map<string, Known>();
    byAgent.set(agentId, files.set(absolute, known));
  };
  const known = (agentId: AgentId, absolute: string) => byAgent.get(agentId)?.get(absolute);
  return {
    known,
    noteRead: (agentId, absolute, hash, from, to) => {
      const before = known(agentId, absolute);
      set(agentId, absolute, { hash, ranges: before?.hash === hash ? merged([...before.ranges, [from, to]]) : [[from, to]] });
    },
    noteWrite: (agentId, absolute, hash, whole) => {
      set(agentId, absolute, { hash, ranges: whole ? [[1, Number.POSITIVE_INFINITY]] : [] });
    },
    forget: (agentId) => {
      byAgent.delete(agentId);
    },
  };
}

/** Whether lines 1 to `lines` were all seen. */
export function knowsAll(known: Known, lines: number): boolean {
  return lines === 0 || known.ranges.some(([from, to]) => from <= 1 && to >= lines);
}

/** Identity of a text. */
export function textHash(text: string): string {
  return createHash('sha256').update(text, 'utf16le').digest('hex');
}

function merged(ranges: readonly (readonly [number, number])[]): readonly (readonly [number, number])[] {
  const result: (readonly [number, number])[] = [];
  for (const [from, to] of [...ranges].sort((a, b) => a[0] - b[0])) {
    const last = result.at(-1);
    if (last !== undefined && from <= last[1] + 1) {
      result[result.length - 1] = [last[0], Math.max(last[1], to)];
    } else {
      result.push([from, to]);
    }
  }
  return result;
}
