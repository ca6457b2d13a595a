import type { SharedFiles } from '../core/events.ts';
import type { AgentId } from '../core/ids.ts';
import { Waker } from '../lib/waker.ts';
import type { Clock, ToolContext } from '../orchestrator/ports.ts';
import { leaseWait, refuseCycle, refuseHeld, refuseLate, refuseStopped } from './leaseText.ts';
import type { Refusal } from './refusal.ts';

/** The right to write one file. */
export interface Lease {
  readonly ok: true;
  /** Gives the right back when nothing was written, unless the agent had it before. */
  readonly giveBack: () => void;
}

/** The call that wants to write, which may have to wait. */
export interface LeaseCall extends Pick<ToolContext, 'whileWaiting'> {
  readonly signal: AbortSignal;
}

/** Who writes which file of a folder in which agents work together. In memory: after a restart nobody is at work. */
export interface Leases {
  /** Takes the right to write a file until it is put down or released; rejects with the signal's reason when it is aborted while it waits. */
  readonly take: (agentId: AgentId, absolute: string, display: string, call: LeaseCall) => Promise<Lease | Refusal>;
  /** Why an agent that must not wait cannot have a file now, if it cannot. */
  readonly refusal: (agentId: AgentId, absolute: string, display: string) => Refusal | undefined;
  /** Ends all rights of an agent that does nothing for a while; what it waits for it goes on waiting for. */
  readonly putDown: (agentId: AgentId) => void;
  /** Ends all waits of an agent, so that it can read a message or pause. */
  readonly stopWaiting: (agentId: AgentId) => void;
  /** Both: its task is over. */
  readonly release: (agentId: AgentId) => void;
  /** Whether an agent has or waits for anything. */
  readonly concerns: (agentId: AgentId) => boolean;
  /** The agents that hold the right to write a file, the first one first. */
  readonly holders: (absolute: string) => readonly AgentId[];
}

export interface LeasesDeps {
  readonly clock: Pick<Clock, 'sleep'>;
  /** The rule of the agent's run, asked at each write. */
  readonly policy: (agentId: AgentId) => SharedFiles;
  /** What others call an agent. */
  readonly labelOf: (agentId: AgentId) => string;
  /** How long an agent may wait for a file, in ms. */
  readonly limitMs: () => number;
}

interface Waiter {
  readonly agentId: AgentId;
  stage: 'waiting' | 'granted' | 'stopped' | 'late';
}

interface File {
  readonly key: string;
  readonly holders: AgentId[];
  readonly waiters: Waiter[];
}

/** Makes the leases of all folders; one object owns them, so that a cycle of waits can be seen before it closes. */
export function createLeases(deps: LeasesDeps): Leases {
  const files = new Map<string, File>();
  const held = new Map<AgentId, Set<File>>();
  /** Files somebody waits for. */
  const queued = new Set<File>();
  const waker = new Waker();

  /** Whoever has to be done before an agent may have a file; all of its calls come when the first of them does. */
  const before = (file: File, agentId: AgentId): readonly AgentId[] => {
    const first = file.waiters.findIndex((waiter) => waiter.agentId === agentId);
    const ahead = first < 0 ? file.waiters : file.waiters.slice(0, first);
    return [...new Set([...file.holders, ...ahead.map((waiter) => waiter.agentId)])];
  };
  const waitedFor = (agentId: AgentId): readonly File[] =>
    [...queued].filter((file) => file.waiters.some((waiter) => waiter.agentId === agentId));
  const waitsFor = (from: readonly AgentId[], wanted: AgentId): boolean => {
    const seen = new Set<AgentId>();
    const open = [...from];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const agentId = next;
      if (agentId === wanted) {
        return true;
      }
      if (!seen.has(agentId)) {
        seen.add(agentId);
        open.push(...waitedFor(agentId).flatMap((file) => before(file, agentId)));
      }
    }
    return false;
  };
  const names = (agentIds: readonly AgentId[]): string => agentIds.map(deps.labelOf).join(', ');
  const othersOf = (file: File | undefined, agentId: AgentId): readonly AgentId[] =>
    file === undefined || file.holders.includes(agentId) ? [] : [...file.holders];

  const hold = (file: File, agentId: AgentId): void => {
    files.set(file.key, file);
    file.holders.push(agentId);
    held.set(agentId, (held.get(agentId) ?? new Set()).add(file));
  };
  const leave = (file: File, agentId: AgentId): void => {
    const at = file.holders.indexOf(agentId);
    if (at < 0) {
      return;
    }
    file.holders.splice(at, 1);
    const own = held.get(agentId);
    own?.delete(file);
    if (own?.size === 0) {
      held.delete(agentId);
    }
    passOn(file);
    waker.wake();
  };
  /** Gives a file nobody has any more to the next one. */
  const passOn = (file: File): void => {
    const [first] = file.waiters;
    if (file.holders.length > 0) {
      return;
    }
    if (first === undefined) {
      files.delete(file.key);
      return;
    }
    hold(file, first.agentId);
    // An agent may wait for a file with several calls at once.
    end(file, first.agentId, 'granted');
  };
  const end = (file: File, agentId: AgentId, stage: Waiter['stage']): void => {
    for (const waiter of file.waiters.filter((one) => one.agentId === agentId)) {
      waiter.stage = stage;
      unqueue(file, waiter);
    }
  };
  const unqueue = (file: File, waiter: Waiter): void => {
    const at = file.waiters.indexOf(waiter);
    if (at >= 0) {
      file.waiters.splice(at, 1);
    }
    if (file.waiters.length === 0) {
      queued.delete(file);
    }
    waker.wake();
  };
  const lease = (file: File, agentId: AgentId): Lease => ({ ok: true, giveBack: () => leave(file, agentId) });

  const wait = async (file: File, agentId: AgentId, display: string, { signal, whileWaiting }: LeaseCall): Promise<Lease | Refusal> => {
    const mine: Waiter = { agentId, stage: 'waiting' };
    file.waiters.push(mine);
    queued.add(file);
    const over = new AbortController();
    deps.clock.sleep(deps.limitMs(), AbortSignal.any([signal, over.signal])).then(
      () => {
        mine.stage = mine.stage === 'waiting' ? 'late' : mine.stage;
        waker.wake();
      },
      () => undefined,
    );
    const behind = () =>
      leaseWait(display, file.holders.map(deps.labelOf), before(file, agentId).slice(file.holders.length).map(deps.labelOf));
    let said = behind();
    const isNews = () => mine.stage !== 'waiting' || behind().detail !== said.detail;
    try {
      await whileWaiting(said, async (say) => {
        await waker.until(isNews, signal);
        while (mine.stage === 'waiting') {
          said = behind();
          say(said);
          await waker.until(isNews, signal);
        }
      });
      // Aborted while the end of the wait was recorded.
      signal.throwIfAborted();
    } catch (error) {
      // Granted in the very moment in which it was aborted: the next one must not wait for an agent that is gone.
      if (mine.stage === 'granted') {
        leave(file, agentId);
      }
      throw error;
    } finally {
      over.abort();
      unqueue(file, mine);
    }
    switch (mine.stage) {
      case 'granted':
        return lease(file, agentId);
      case 'late':
        return refuseLate(display, names(file.holders));
      default:
        return refuseStopped(display);
    }
  };

  const putDown = (agentId: AgentId): void => [...(held.get(agentId) ?? [])].forEach((file) => leave(file, agentId));
  const stopWaiting = (agentId: AgentId): void => waitedFor(agentId).forEach((file) => end(file, agentId, 'stopped'));
  return {
    take: async (agentId, absolute, display, call) => {
      call.signal.throwIfAborted();
      const key = keyOf(absolute);
      const file = files.get(key) ?? { key, holders: [], waiters: [] };
      if (file.holders.includes(agentId)) {
        return { ok: true, giveBack: () => undefined };
      }
      const rule = file.holders.length === 0 ? 'warn' : deps.policy(agentId);
      switch (rule) {
        case 'warn':
          hold(file, agentId);
          return lease(file, agentId);
        case 'refuse':
          return refuseHeld(display, names(file.holders));
        case 'wait':
          return waitsFor(before(file, agentId), agentId) ? refuseCycle(display, names(file.holders)) : wait(file, agentId, display, call);
      }
    },
    refusal: (agentId, absolute, display) => {
      const others = othersOf(files.get(keyOf(absolute)), agentId);
      return others.length > 0 && deps.policy(agentId) === 'refuse' ? refuseHeld(display, names(others)) : undefined;
    },
    putDown,
    stopWaiting,
    release: (agentId) => {
      stopWaiting(agentId);
      putDown(agentId);
    },
    concerns: (agentId) => held.has(agentId) || waitedFor(agentId).length > 0,
    holders: (absolute) => [...(files.get(keyOf(absolute))?.holders ?? [])],
  };
}

/** Paths that differ only in letter case are the same file on some volumes. */
function keyOf(absolute: string): string {
  return absolute.normalize('NFC').toLowerCase();
}
