import type { Failure, Outcome } from './events.ts';
import type { Agent, AgentPhase, WaitKind } from './state.ts';

/** A count of tokens for people: 950, 12.3k, 4.1M. */
export function formatTokens(tokens: number): string {
  if (tokens < 1000) {
    return String(tokens);
  }
  return tokens < 999_950 ? `${trimZero((tokens / 1000).toFixed(1))}k` : `${trimZero((tokens / 1_000_000).toFixed(1))}M`;
}

/** US dollars for people. `known` is false when some request had no price, so that the sum is a lower bound. */
export function formatCost(usd: number, known: boolean): string {
  if (!known && usd === 0) {
    return 'cost unknown';
  }
  const digits = usd > 0 && usd < 0.01 ? 4 : 2;
  return `${known ? '' : 'over '}$${usd.toFixed(digits)}`;
}

/** A time span for people, at the precision they care about: 7 s, 3 min, 2 h 5 min. */
export function formatDuration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) {
    return `${seconds} s`;
  }
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) {
    return `${minutes} min`;
  }
  const rest = minutes % 60;
  return `${Math.floor(minutes / 60)} h${rest === 0 ? '' : ` ${rest} min`}`;
}

/** The first line of a text, cut to `max` characters without splitting a character. */
export function firstLine(text: string, max: number): string {
  const line = text.trim().split(/\r?\n/, 1)[0] ?? '';
  const characters = [...line];
  return characters.length <= max ? line : `${characters.slice(0, max - 1).join('')}…`;
}

/** What an agent does now or waits for, or how it ended. `now` in ms since the epoch, for waits whose end is known. */
export function doingText(agent: Agent, now: number): string {
  const intent = intentText(agent);
  const phase = agent.phase;
  switch (phase.kind) {
    case 'queued':
      return intent ?? 'queued';
    case 'thinking':
      return intent ?? 'thinking';
    case 'runningTools':
      return intent === undefined ? toolsText(agent) : `${intent} · ${toolsText(agent)}`;
    case 'waiting': {
      const text = `${waitText(phase)}${untilText(phase.until, now)}`;
      return intent === undefined ? text : `${intent} · ${text}`;
    }
    case 'paused':
      return 'paused';
    case 'ended':
      return outcomeText(phase.outcome);
  }
}

/** How an agent ended, in a few words. */
export function outcomeText(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'done':
      return 'done';
    case 'failed':
      return `failed: ${failureWords[outcome.failure.kind]}`;
    case 'killed':
      return `killed by ${{ person: 'you', agent: 'its lead', engine: 'the engine' }[outcome.by.kind]}`;
    case 'interrupted':
      return 'interrupted';
  }
}

/** Failures in the few words that a row has room for; the message says the rest. */
const failureWords = {
  auth: 'key not accepted',
  unknownModel: 'unknown model',
  badRequest: 'request refused',
  refused: 'the model refused',
  contextWindow: 'context is full',
  maxTokens: 'reply too long',
  spendLimit: 'spending limit reached',
  endpoint: 'no usable endpoint',
  overloaded: 'endpoint overloaded',
  rateLimit: 'rate limit',
  network: 'network',
  noReport: 'no report',
  limit: 'limit reached',
  storage: 'could not save',
  interrupted: 'interrupted',
  defect: 'internal error',
} as const satisfies Record<Failure['kind'], string>;

/** A failure with the way out, as one text. */
export function failureText(failure: Failure): string {
  return failure.next === '' ? failure.message : `${failure.message} ${failure.next}`;
}

/** A text as a sentence of its own: with a full stop unless it ends with a mark already. */
export function sentence(text: string): string {
  return /[.!?…`]$/.test(text) ? text : `${text}.`;
}

/** A count with its noun: "1 agent", "3 agents". */
export function countText(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}

/** What an agent waits for, in words. */
export const waitTexts = {
  dependency: 'waiting for another task',
  slot: 'waiting for a free slot',
  rateLimit: 'waiting for the rate limit',
  network: 'waiting for the network',
  budget: 'waiting for budget',
  children: 'waiting for its agents',
  lease: 'waiting for a file',
  approval: 'needs your approval',
  answer: 'asks you a question',
  reply: 'waiting for an answer',
} as const satisfies Record<WaitKind, string>;

/** Waits whose detail is shown in full elsewhere, as the question itself. */
const ownDetail: ReadonlySet<WaitKind> = new Set<WaitKind>(['approval', 'answer', 'children', 'slot']);

function waitText({ wait, detail }: Extract<AgentPhase, { kind: 'waiting' }>): string {
  if (wait === 'lease') {
    return `waiting for ${firstLine(detail, 90)}`;
  }
  const text = ownDetail.has(wait) ? '' : firstLine(detail, 60).replace(/\.$/, '');
  return text === '' ? waitTexts[wait] : `${waitTexts[wait]}: ${text}`;
}

function untilText(until: number | undefined, now: number): string {
  if (until === undefined) {
    return '';
  }
  return until - now < 1000 ? ', tries again now' : `, tries again in ${formatDuration(until - now)}`;
}

function intentText(agent: Agent): string | undefined {
  if (agent.phase.kind === 'ended') {
    return undefined;
  }
  if (agent.killing !== undefined) {
    return 'stopping';
  }
  if (agent.pausing) {
    return 'pausing';
  }
  return agent.wrappingUp ? 'wrapping up' : undefined;
}

function toolsText(agent: Agent): string {
  const running = agent.openCalls.filter((call) => call.stage !== 'requested');
  const first = running[0] ?? agent.openCalls[0];
  if (first === undefined) {
    return 'running tools';
  }
  const more = agent.openCalls.length - 1;
  return more > 0 ? `${firstLine(first.title, 70)} (+${more})` : firstLine(first.title, 70);
}

function trimZero(text: string): string {
  return text.endsWith('.0') ? text.slice(0, -2) : text;
}
