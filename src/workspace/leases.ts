import type { AgentId } from '../core/ids.ts';
import type { Clock } from '../orchestrator/ports.ts';
import { type Refusal, refuse } from './refusal.ts';

/** What happens when an agent wants to write a file that another writes: both write and are told, the later one waits, or it plans anew. */
export type LeasePolicy = 'warn' | 'wait' | 'refuse';

/** A wait for a file, as it is shown. */
export interface LeaseWait {
  readonly display: string;
  /** Who the agent waits for, the nearest first. */
  readonly behind: readonly AgentId[];
}

/** The right to write one file. */
export interface Lease {
  readonly ok: true;
  /** Gives the right back when nothing was written, unless the agent had it before. */
  readonly giveBack: () => void;
  /** Who else writes the file, in words for the agent. */
  readonly warning: string | undefined;
}

/** Who writes which file of a shared tree. In memory: after a restart nobody is at work. */
export interface Leases {
  /** Takes the right to write a file until {@link release}; rejects with the signal's reason when it is aborted while it waits. */
  readonly take: (agentId: AgentId, absolute: string, display: string, signal?: AbortSignal) => Promise<Lease | Refusal>;
  /** Ends all rights and waits of an agent: its turn or task is over. */
  readonly release: (agentId: AgentId) => void;
  /** The agents that hold the right to write a file, the first one first. */
  readonly holders: (absolute: string) => readonly AgentId[];
}

export interface LeasesDeps {
  readonly clock: Pick<Clock, 'sleep'>;
  /** The rule of the agent's run, asked at each write. */
  readonly policy: (agentId: AgentId) => LeasePolicy;
  /** What others call an agent. */
  readonly labelOf: (agentId: AgentId) => string;
  /** How long an agent may wait for a file, in ms. */
  readonly limitMs: () => number;
  /** Told when an agent begins to wait and when it waits no more. */
  readonly waiting?: (agentId: AgentId, wait: LeaseWait | undefined) => void;
  /** Told when an agent writes a file that others hold, for a warning to both. */
  readonly overlap?: (agentId: AgentId, others: readonly AgentId[], display: string) => void;
}

interface Waiter {
  readonly agentId: AgentId;
  readonly grant: () => void;
  readonly cancel: () => void;
}

interface File {
  readonly holders: AgentId[];
  readonly waiters: Waiter[];
}

/** Makes the leases of one tree; one object owns them all, so that a cycle of waits can be seen before it closes. */
export function createLeases(deps: LeasesDeps): Leases {
  const files = new Map<string, File>();

  /** Whoever has to be done before an agent may have a file; all of its calls come when the first of them does. */
  const before = (file: File, agentId: AgentId): readonly AgentId[] => {
    const first = file.waiters.findIndex((waiter) => waiter.agentId === agentId);
    const ahead = first < 0 ? file.waiters : file.waiters.slice(0, first);
    return [...new Set([...file.holders, ...ahead.map((waiter) => waiter.agentId)])];
  };
  const blockersOf = (agentId: AgentId): readonly AgentId[] =>
    [...files.values()].flatMap((file) => (file.waiters.some((waiter) => waiter.agentId === agentId) ? before(file, agentId) : []));
  const waitsFor = (from: readonly AgentId[], wanted: AgentId): boolean => {
    const seen = new Set<AgentId>();
    const open = [...from];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (next === wanted) {
        return true;
      }
      if (!seen.has(next)) {
        seen.add(next);
        open.push(...blockersOf(next));
      }
    }
    return false;
  };

  const tidy = (key: string, file: File): void => {
    const [first] = file.waiters;
    if (file.holders.length === 0 && first !== undefined) {
      file.holders.push(first.agentId);
      // An agent may wait for a file with several calls at once.
      const same = file.waiters.filter((waiter) => waiter.agentId === first.agentId);
      file.waiters.splice(0, file.waiters.length, ...file.waiters.filter((waiter) => !same.includes(waiter)));
      same.forEach((waiter) => waiter.grant());
    }
    if (file.holders.length === 0) {
      files.delete(key);
    }
  };
  const leave = (key: string, agentId: AgentId): void => {
    const file = files.get(key);
    const at = file?.holders.indexOf(agentId) ?? -1;
    if (file !== undefined && at >= 0) {
      file.holders.splice(at, 1);
      tidy(key, file);
    }
  };
  const lease = (key: string, agentId: AgentId, warning?: string): Lease => ({ ok: true, warning, giveBack: () => leave(key, agentId) });

  const wait = async (
    key: string,
    file: File,
    agentId: AgentId,
    display: string,
    signal: AbortSignal | undefined,
  ): Promise<Lease | Refusal> => {
    const behind = before(file, agentId);
    let granted = false;
    const done = new AbortController();
    const stop = signal === undefined ? done.signal : AbortSignal.any([signal, done.signal]);
    let settle = (): void => undefined;
    const turn = new Promise<void>((resolve) => {
      settle = resolve;
    });
    const grant = () => {
      granted = true;
      settle();
    };
    const mine: Waiter = { agentId, grant, cancel: settle };
    file.waiters.push(mine);
    deps.waiting?.(agentId, { display, behind });
    try {
      const came = await Promise.race([turn, deps.clock.sleep(deps.limitMs(), stop).then(() => 'late' as const)]);
      if (granted) {
        return lease(key, agentId);
      }
      return came === 'late' ? refuse(lateText(display, names(behind))) : refuse(`You no longer wait for ${display}; nothing was changed.`);
    } catch (error) {
      // Granted in the very moment in which it was aborted: the next one must not wait for an agent that is gone.
      if (granted) {
        leave(key, agentId);
      }
      throw error;
    } finally {
      const at = file.waiters.indexOf(mine);
      if (at >= 0) {
        file.waiters.splice(at, 1);
      }
      done.abort();
      deps.waiting?.(agentId, undefined);
    }
  };
  const names = (agentIds: readonly AgentId[]): string => agentIds.map(deps.labelOf).join(', ');

  return {
    take: async (agentId, absolute, display, signal) => {
      signal?.throwIfAborted();
      const key = keyOf(absolute);
      const file = files.get(key) ?? { holders: [], waiters: [] };
      if (file.holders.includes(agentId)) {
        return { ok: true, warning: undefined, giveBack: () => undefined };
      }
      files.set(key, file);
      const others = [...file.holders];
      if (others.length === 0) {
        file.holders.push(agentId);
        return lease(key, agentId);
      }
      switch (deps.policy(agentId)) {
        case 'warn':
          file.holders.push(agentId);
          deps.overlap?.(agentId, others, display);
          return lease(key, agentId, warnText(display, names(others)));
        case 'refuse':
          return refuse(refusedText(display, names(others)));
        case 'wait':
          return waitsFor(before(file, agentId), agentId)
            ? refuse(cycleText(display, names(others)))
            : wait(key, file, agentId, display, signal);
      }
    },
    release: (agentId) => {
      for (const [key, file] of files) {
        const mine = file.waiters.filter((waiter) => waiter.agentId === agentId);
        for (const waiter of mine) {
          file.waiters.splice(file.waiters.indexOf(waiter), 1);
          waiter.cancel();
        }
        leave(key, agentId);
      }
    },
    holders: (absolute) => [...(files.get(keyOf(absolute))?.holders ?? [])],
  };
}

/** Paths that differ only in letter case are the same file on some volumes. */
function keyOf(absolute: string): string {
  return absolute.normalize('NFC').toLowerCase();
}

function warnText(display: string, others: string): string {
  return `${others} is writing ${display} too. Agree with message_agent on who changes what, and read it again before your next edit.`;
}

function refusedText(display: string, others: string): string {
  return `${others} is writing ${display}, so it was not changed. Do other parts of your task first, or ask for the change with message_agent; if it cannot be done without this file, say so in your report.`;
}

function cycleText(display: string, others: string): string {
  return `${others} is writing ${display} and waits for a file that you write, so waiting would never end; nothing was changed. Plan anew: finish and report what you have, or send your change of ${display} to ${others} with message_agent.`;
}

function lateText(display: string, others: string): string {
  return `${others} has been writing ${display} for so long that you were not kept waiting any more; nothing was changed. Do other parts of your task first, or ask for the change with message_agent.`;
}
