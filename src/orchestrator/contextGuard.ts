import { afterCompaction, isCompaction } from '../core/context/compaction.ts';
import { type ContextLevel, contextLevel, contextWarning } from '../core/context/contextFullness.ts';
import type { AgentDeps } from './agentDeps.ts';
import type { ModelReply } from './ports.ts';

/** Tells an agent how full its context is, once for each level, and whom it has at work when its history was summarised. */
export interface ContextGuard {
  /** To be called after every settled reply of an agent that goes on. */
  check(reply: ModelReply): void;
}

const order: readonly ContextLevel[] = ['room', 'filling', 'full'];

export function createContextGuard(deps: AgentDeps): ContextGuard {
  let told = toldBefore(deps);
  return {
    check: (reply) => {
      if (reply.blocks.some(isCompaction)) {
        told = 'room';
        const roster = deps.roster();
        if (roster !== '') {
          tell(afterCompaction(roster), deps);
        }
      }
      const { requestedModel, contextTokens } = deps.agent();
      const window = deps.provider.contextWindow(requestedModel);
      const level = contextLevel(contextTokens, window);
      if (window === undefined || level === 'room' || order.indexOf(level) <= order.indexOf(told)) {
        return;
      }
      told = level;
      const canHandOver = deps.prompt().tools.some((tool) => tool.name === 'hand_over');
      tell(contextWarning(level, contextTokens, window, canHandOver), deps);
    },
  };
}

/** The level an agent that goes on from its history knows of: it was told, unless its history was summarised since. */
function toldBefore(deps: AgentDeps): ContextLevel {
  const { turns } = deps.transcript();
  const since = turns.findLastIndex((turn) => turn.blocks.some(isCompaction)) + 1;
  const texts = turns.slice(since).flatMap((turn) => turn.delivered.flatMap(({ kind, text }) => (kind === 'engine' ? [text] : [])));
  const warnings = texts.filter((text) => /^Your context is \d+ % full/.test(text));
  return warnings.length === 0 ? 'room' : warnings.some((text) => text.includes('may be the last')) ? 'full' : 'filling';
}

function tell(text: string, deps: AgentDeps): void {
  const messageId = deps.mint('message');
  const from = { kind: 'engine' } as const;
  deps.commit([{ type: 'messageQueued', messageId, to: deps.agent().id, from, sender: 'engine', kind: 'engine', text, interrupt: false }]);
}
