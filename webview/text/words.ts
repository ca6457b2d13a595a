import type { Actor, MessageKind, ToolStatus } from '../../src/core/events.ts';
import type { AgentId } from '../../src/core/ids.ts';
import type { Agent, Span, WaitKind } from '../../src/core/state.ts';
import { doingText } from '../../src/core/rowText.ts';
import { toVisibleLine } from './visible.ts';

/** Everything a stretch of a lane can be, in the order of the legend. */
export const spanTypes = [
  'model',
  'tool',
  'children',
  'approval',
  'answer',
  'reply',
  'lease',
  'slot',
  'rateLimit',
  'network',
  'budget',
  'dependency',
  'paused',
] as const;
export type SpanType = (typeof spanTypes)[number];

/** What each type of span is called in the legend and in tooltips. */
export const spanWords = {
  model: 'Model',
  tool: 'Tool',
  children: 'Waits for agents',
  approval: 'Needs approval',
  answer: 'Needs an answer',
  reply: 'Waits for a reply',
  lease: 'Waits for a file',
  slot: 'Waits for a slot',
  rateLimit: 'Rate limit',
  network: 'Network',
  budget: 'Budget',
  dependency: 'Dependency',
  paused: 'Paused',
} as const satisfies Record<SpanType, string>;

/** The type of a span. */
export function spanType(span: Pick<Span, 'kind' | 'wait'>): SpanType {
  return span.kind === 'wait' ? (span.wait ?? 'slot') : span.kind;
}

/** A codicon's name with the words that say the same. */
export interface Sign {
  readonly icon: string;
  readonly words: string;
  /** Which theme colour it takes. */
  readonly tone: 'plain' | 'busy' | 'wait' | 'person' | 'good' | 'bad';
}

const waitSigns = {
  dependency: { icon: 'circle-large-outline', tone: 'plain' },
  slot: { icon: 'circle-large-outline', tone: 'plain' },
  rateLimit: { icon: 'watch', tone: 'wait' },
  network: { icon: 'watch', tone: 'wait' },
  budget: { icon: 'watch', tone: 'wait' },
  children: { icon: 'organization', tone: 'busy' },
  lease: { icon: 'lock', tone: 'busy' },
  approval: { icon: 'report', tone: 'person' },
  answer: { icon: 'question', tone: 'person' },
  reply: { icon: 'comment-discussion', tone: 'busy' },
} as const satisfies Record<WaitKind, Omit<Sign, 'words'>>;

/** What an agent is doing, as an icon and words. `now`: ms since the epoch, for waits whose end is known. */
export function agentSign(agent: Agent, now: number): Sign {
  return { ...phaseIcon(agent), words: toVisibleLine(doingText(agent, now)) };
}

function phaseIcon({ phase }: Agent): Omit<Sign, 'words'> {
  switch (phase.kind) {
    case 'queued':
      return { icon: 'circle-large-outline', tone: 'plain' };
    case 'thinking':
      return { icon: 'loading', tone: 'busy' };
    case 'runningTools':
      return { icon: 'gear', tone: 'busy' };
    case 'waiting':
      return waitSigns[phase.wait];
    case 'paused':
      return { icon: 'debug-pause', tone: 'wait' };
    case 'ended':
      return endSign(phase.outcome.kind);
  }
}

/** How an agent ended, as an icon and a word. */
export function endSign(outcome: 'done' | 'failed' | 'killed' | 'interrupted'): Sign {
  switch (outcome) {
    case 'done':
      return { icon: 'pass-filled', words: 'Done', tone: 'good' };
    case 'failed':
      return { icon: 'error', words: 'Failed', tone: 'bad' };
    case 'killed':
      return { icon: 'circle-slash', words: 'Killed', tone: 'plain' };
    case 'interrupted':
      return { icon: 'debug-disconnect', words: 'Interrupted', tone: 'wait' };
  }
}

/** How a tool call stands, as an icon and a word. */
export function callSign(status: ToolStatus | undefined, running: boolean): Sign {
  switch (status) {
    case 'ok':
      return { icon: 'check', words: 'Done', tone: 'good' };
    case 'error':
      return { icon: 'error', words: 'Error', tone: 'bad' };
    case 'denied':
      return { icon: 'circle-slash', words: 'Denied', tone: 'bad' };
    case 'skipped':
      return { icon: 'debug-step-over', words: 'Skipped', tone: 'plain' };
    case 'cancelled':
      return { icon: 'circle-slash', words: 'Cancelled', tone: 'plain' };
    case 'unknown':
      return { icon: 'question', words: 'Outcome unknown', tone: 'wait' };
    case undefined:
      return running ? { icon: 'gear', words: 'Running', tone: 'busy' } : { icon: 'circle-outline', words: 'Requested', tone: 'plain' };
  }
}

/** What kinds of message are called, with their icons. */
export const messageSigns = {
  steer: { icon: 'compass', words: 'Steering', tone: 'person' },
  wrapUp: { icon: 'flag', words: 'Wrap up', tone: 'person' },
  report: { icon: 'output', words: 'Report', tone: 'good' },
  followUp: { icon: 'reply', words: 'Follow up', tone: 'person' },
  info: { icon: 'info', words: 'Info', tone: 'plain' },
  request: { icon: 'comment', words: 'Request', tone: 'plain' },
  warning: { icon: 'warning', words: 'Warning', tone: 'wait' },
  confirmation: { icon: 'check', words: 'Confirmation', tone: 'good' },
  engine: { icon: 'gear', words: 'Notice', tone: 'plain' },
} as const satisfies Record<MessageKind, Sign>;

/** Who sent or did something, for people. */
export function actorWords(actor: Actor, agents: Readonly<Record<AgentId, Pick<Agent, 'label'>>>): string {
  switch (actor.kind) {
    case 'person':
      return 'you';
    case 'engine':
      return 'the engine';
    case 'agent': {
      const label = agents[actor.agentId]?.label;
      return label === undefined ? 'an agent that was deleted' : toVisibleLine(label);
    }
  }
}
