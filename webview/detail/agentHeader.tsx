import { formatCost, formatTokens } from '../../src/core/rowText.ts';
import type { Agent } from '../../src/core/state.ts';
import type { ModelFacts } from '../../src/protocol/toWebview.ts';
import { Icon, isTurning } from '../parts/icon.tsx';
import { useTick } from '../parts/useTick.ts';
import { cacheWrites, isPractice } from '../scope.ts';
import type { Store } from '../store.ts';
import { formatCount, formatDuration, formatShare } from '../text/format.ts';
import { toVisibleLine } from '../text/visible.ts';
import { agentSign } from '../text/words.ts';
import { AgentActions } from './agentActions.tsx';

/** Who the selected agent is, what it is doing, what it has used, and what can be done with it. */
export function AgentHeader({ store, agent, onSteer }: { readonly store: Store; readonly agent: Agent; readonly onSteer: () => void }) {
  useTick(agent.stage !== 'ended', 1_000);
  const now = store.now();
  const { facts } = store.mirror.value;
  const sign = agentSign(agent, now);
  const label = toVisibleLine(agent.label);
  return (
    <header class="agent-header">
      <div class="agent-line">
        <div class="agent-title">
          <Icon name={sign.icon} tone={sign.tone} spin={isTurning(sign.icon)} />
          <h2 title={label}>{label}</h2>
          <span class="badge">{toVisibleLine(agent.agentType)}</span>
          <span class={`agent-phase tone-${sign.tone}`} title={sign.words}>
            {sign.words}
            {agent.phase.kind === 'ended' ? '' : ` · ${formatDuration(now - agent.phase.since)}`}
          </span>
        </div>
        <AgentActions store={store} agent={agent} onSteer={onSteer} />
      </div>
      <div class="agent-facts">
        <ModelFact agent={agent} facts={facts} />
        <ContextGauge agent={agent} facts={facts} />
        <UsageFacts agent={agent} />
        <PlaceFact agent={agent} />
      </div>
    </header>
  );
}

/** Said only of agents that do not work in the open folders. */
function PlaceFact({ agent: { id, workplace } }: { readonly agent: Agent }) {
  return workplace === undefined ? null : (
    <span class="fact" title={toVisibleLine([workplace.folder, ...workplace.notes].join(' · '))}>
      <span class="fact-name">Works in</span>
      <span class="fact-text">{workplace.madeFor === id ? 'own worktree' : 'a worktree it goes on in'}</span>
    </span>
  );
}

function ModelFact({ agent, facts }: { readonly agent: Agent; readonly facts: ModelFacts }) {
  const asked = toVisibleLine(agent.requestedModel);
  const model = agent.model === undefined ? undefined : toVisibleLine(agent.model);
  const differs = model !== undefined && model !== asked;
  const provider = toVisibleLine(facts.providerLabels[agent.provider] ?? (isPractice(agent) ? 'Practice model (offline)' : agent.provider));
  return (
    <span class="fact" title={differs ? `Asked for ${asked}, answered by ${model}` : asked}>
      {isPractice(agent) ? <Icon name="beaker" tone="wait" /> : null}
      <span class="fact-name">Model</span>
      <span class="fact-text">{differs ? `${asked}, answered by ${model}` : asked}</span>
      <span class="dim">
        {provider}, {agent.effort} effort
      </span>
    </span>
  );
}

const gettingFull = 0.8;

function ContextGauge({ agent, facts }: { readonly agent: Agent; readonly facts: ModelFacts }) {
  const size = facts.contextWindows[agent.model ?? ''] ?? facts.contextWindows[agent.requestedModel];
  const used = agent.contextTokens;
  if (size === undefined || size <= 0) {
    return (
      <span class="fact">
        <span class="fact-name">Context</span>
        <span>{formatTokens(used)} tokens</span>
      </span>
    );
  }
  const share = Math.min(1, used / size);
  return (
    <span class="fact" title={`${formatCount(used)} of ${formatCount(size)} tokens of context`}>
      <span class="fact-name">Context</span>
      <span
        class="gauge"
        role="meter"
        aria-label="Context window in use"
        aria-valuemin={0}
        aria-valuemax={size}
        aria-valuenow={used}
        aria-valuetext={`${formatShare(share)} of ${formatTokens(size)} tokens`}
      >
        <span class={`gauge-fill${share >= gettingFull ? ' full' : ''}`} style={{ width: `${share * 100}%` }} />
      </span>
      <span>
        {formatTokens(used)} of {formatTokens(size)} ({formatShare(share)})
      </span>
    </span>
  );
}

function UsageFacts({ agent }: { readonly agent: Agent }) {
  const { usage } = agent;
  const parts = [
    ['Input', usage.input, 'tokens neither read from nor written to the cache'],
    ['Cache read', usage.cacheRead, 'tokens the cache served'],
    ['Cache write', cacheWrites(usage), 'tokens written to the cache'],
    ['Output', usage.output, 'tokens the model wrote'],
  ] as const;
  return (
    <span class="fact usage-facts">
      {parts.map(([name, count, meaning]) => (
        <span key={name} class="fact-part" title={`${formatCount(count)} ${meaning}`}>
          <span class="fact-name">{name}</span> {formatTokens(count)}
        </span>
      ))}
      <span class="fact-part" title={agent.costKnown ? 'Cost of all requests' : 'Some requests have no known price'}>
        <span class="fact-name">Cost</span> {formatCost(agent.cost, agent.costKnown)}
      </span>
    </span>
  );
}
