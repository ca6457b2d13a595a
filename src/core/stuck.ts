import { firstLine, formatDuration } from './rowText.ts';
import type { Agent, Decision, FleetState, ToolCall, Transcript, Turn } from './state.ts';

/*
 * How an agent shows that it makes no progress. Pure; the watchdog looks now and then and acts on it.
 */

/** `silent`: at work, and nothing has come of it. `noEffect`: every call fails. The other two repeat what they know. */
export type StuckKind = 'silent' | 'repeating' | 'pingPong' | 'noEffect';

/** A sign that an agent is stuck. */
export interface Stuck {
  readonly kind: StuckKind;
  /** The last turn that shows it. */
  readonly turn: number;
  /** What it does, as the end of a sentence that begins with the agent. */
  readonly what: string;
}

/** So many turns with the same calls and results are no progress. */
export const mostRepeats = 4;
/** So many turns back and forth between two calls, three of each. */
const pingPongTurns = 6;
/** So many turns of which every call failed. */
const failedTurns = 6;
const longestTitle = 80;

/** What an agent is judged by. Times in ms since the epoch. */
export interface StuckView {
  readonly agent: Agent;
  readonly transcript: Transcript;
  readonly now: number;
  /** How long nothing may come of an agent that is at work. */
  readonly quietMs: number;
  /** When live text of its model or its tools came last. */
  readonly heardAt?: number | undefined;
  /** What was before does not count, because the person has seen it. */
  readonly since: number;
}

/** The sign that an agent is stuck, if there is one. An agent that waits for something named is not at work. */
export function stuckOf(view: StuckView): Stuck | undefined {
  const { agent, transcript, since } = view;
  if (agent.stage !== 'working' || agent.killing !== undefined || agent.phase.kind === 'waiting') {
    return undefined;
  }
  const settled = transcript.turns.filter((turn) => turn.startedAt >= since && isSettled(turn));
  return repeating(settled) ?? pingPong(settled) ?? noEffect(settled) ?? silent(view);
}

/** Since when the person has let an agent go on, or 0. */
export function toleratedSince(decisions: readonly Decision[], agent: Agent): number {
  const answers = decisions.filter(({ purpose, agentId }) => purpose === 'stuck' && agentId === agent.id);
  return Math.max(0, ...answers.map(({ answer }) => (answer?.choice === 'goOn' ? answer.at : 0)));
}

/** The question about an agent that the person has not answered. */
export function stuckQuestion(state: FleetState, agent: Agent): Decision | undefined {
  return state.plans[agent.runId]?.decisions.find(
    ({ purpose, agentId, answer }) => purpose === 'stuck' && agentId === agent.id && answer === undefined,
  );
}

function isSettled(turn: Turn): boolean {
  return turn.calls.length > 0 && turn.calls.every((call) => call.status !== undefined);
}

function repeating(turns: readonly Turn[]): Stuck | undefined {
  const last = turns.slice(-mostRepeats);
  const [first] = last;
  if (first === undefined || last.length < mostRepeats || isWaiting(first) || !last.every((turn) => sameTurn(turn, first))) {
    return undefined;
  }
  return {
    kind: 'repeating',
    turn: turnOf(last),
    what: `has made the same call ${mostRepeats} times with the same result: ${titleOf(first)}`,
  };
}

function pingPong(turns: readonly Turn[]): Stuck | undefined {
  const last = turns.slice(-pingPongTurns);
  const [one, other] = last;
  if (one === undefined || other === undefined || last.length < pingPongTurns || isWaiting(one) || isWaiting(other)) {
    return undefined;
  }
  if (!last.every((turn, index) => sameTurn(turn, index % 2 === 0 ? one : other))) {
    return undefined;
  }
  const what = `goes back and forth between the same two calls with the same results: ${titleOf(one)}; ${titleOf(other)}`;
  return { kind: 'pingPong', turn: turnOf(last), what };
}

function noEffect(turns: readonly Turn[]): Stuck | undefined {
  const last = turns.slice(-failedTurns);
  return last.length === failedTurns && last.every((turn) => turn.calls.every((call) => call.status !== 'ok'))
    ? { kind: 'noEffect', turn: turnOf(last), what: `has had no call succeed in ${failedTurns} turns` }
    : undefined;
}

function silent({ agent, transcript, now, quietMs, heardAt = 0, since }: StuckView): Stuck | undefined {
  const quiet = now - Math.max(progressAt(agent, transcript), heardAt, since);
  if (quiet < quietMs) {
    return undefined;
  }
  const [call] = agent.openCalls;
  const busy = call === undefined ? 'has been waiting for its model' : `has been at ${firstLine(call.title, longestTitle)}`;
  return { kind: 'silent', turn: agent.turn, what: `${busy} for ${formatDuration(quiet)} without a sign` };
}

/** When something came of the agent last: a reply, the end of a call, the end of a wait. */
export function progressAt({ phase, spawnedAt }: Agent, { turns }: Transcript): number {
  const last = turns.at(-1);
  const times = last?.calls.flatMap((call) => [call.startedAt ?? 0, call.endedAt ?? 0]) ?? [];
  return Math.max(spawnedAt, phase.since, turns.at(-2)?.endedAt ?? 0, last?.endedAt ?? 0, ...times);
}

/** Waiting again for the same thing is what waiting is. */
function isWaiting(turn: Turn): boolean {
  return turn.calls.some((call) => call.name === 'wait_for_agents');
}

function sameTurn(a: Turn, b: Turn): boolean {
  return a === b || (a.calls.length === b.calls.length && a.calls.every((call, index) => sameCall(a, call, b, b.calls[index])));
}

function sameCall(turn: Turn, call: ToolCall, otherTurn: Turn, other: ToolCall | undefined): boolean {
  return (
    other !== undefined &&
    call.name === other.name &&
    call.status === other.status &&
    call.output?.text === other.output?.text &&
    call.output?.blob?.hash === other.output?.blob?.hash &&
    inputOf(turn, call) === inputOf(otherTurn, other)
  );
}

function inputOf(turn: Turn, { callId }: ToolCall): string {
  const block = turn.blocks.find((candidate) => candidate.kind === 'toolCall' && candidate.callId === callId);
  return block?.kind === 'toolCall' ? JSON.stringify(block.input) : '';
}

function titleOf({ calls }: Turn): string {
  const more = calls.length > 1 ? ` (+${calls.length - 1})` : '';
  return `${firstLine(calls[0]?.title ?? '', longestTitle)}${more}`;
}

const turnOf = (turns: readonly Turn[]): number => turns.at(-1)?.number ?? 0;
