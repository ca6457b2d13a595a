import { formatCost, formatTokens } from '../../src/core/rowText.ts';
import { tokensOf } from '../../src/core/selectors.ts';
import { Icon, isTurning } from '../parts/icon.tsx';
import { isPractice } from '../scope.ts';
import { toVisibleLine } from '../text/visible.ts';
import { agentSign } from '../text/words.ts';
import type { LaneRow } from './laneRows.ts';
import { axisHeight, rowHeight } from './scene.ts';

interface LaneHeadProps {
  readonly row: LaneRow;
  readonly line: number;
  readonly now: number;
  readonly selected: boolean;
  readonly hovered: boolean;
  readonly providerLabel: string;
  /** Px that each level moves to the right. */
  readonly indent: number;
  readonly onSelect: () => void;
  readonly onToggle: () => void;
  readonly onHover: (on: boolean) => void;
}

/** The name, phase, tokens and cost of one agent, left of its lane. */
export function LaneHead({ row, line, now, selected, hovered, providerLabel, indent, onSelect, onToggle, onHover }: LaneHeadProps) {
  const { agent } = row;
  const sign = agentSign(agent, now);
  const label = toVisibleLine(agent.label);
  const type = toVisibleLine(agent.agentType);
  const tokens = formatTokens(tokensOf(agent));
  const cost = formatCost(agent.cost, agent.costKnown);
  const practice = isPractice(agent);
  return (
    <div
      id={laneId(agent.id)}
      class={`lane${selected ? ' selected' : ''}${hovered ? ' hovered' : ''}`}
      role="treeitem"
      aria-level={row.depth + 1}
      aria-posinset={row.position}
      aria-setsize={row.siblings}
      aria-selected={selected}
      {...(row.children > 0 ? { 'aria-expanded': row.expanded } : {})}
      aria-label={`${label}, ${type}, ${sign.words}, ${tokens} tokens, ${cost}${practice ? `, ${providerLabel}` : ''}`}
      style={{ top: `${axisHeight + line * rowHeight}px`, paddingLeft: `${4 + Math.min(row.depth, 8) * indent}px` }}
      title={`${label}\n${type} · ${sign.words}\n${tokens} tokens · ${cost}${practice ? `\n${providerLabel}` : ''}`}
      onClick={onSelect}
      onMouseEnter={() => onHover(true)}
      onMouseLeave={() => onHover(false)}
    >
      {row.children > 0 ? (
        <button
          type="button"
          class="twistie"
          tabIndex={-1}
          aria-hidden="true"
          onClick={(event) => {
            event.stopPropagation();
            onToggle();
          }}
        >
          <Icon name={row.expanded ? 'chevron-down' : 'chevron-right'} />
        </button>
      ) : (
        <span class="twistie" />
      )}
      <Icon name={sign.icon} tone={sign.tone} spin={isTurning(sign.icon)} />
      <span class="lane-label">{label}</span>
      {practice ? <Icon name="beaker" tone="wait" /> : null}
      <span class="lane-words">{label.toLowerCase().startsWith(type.toLowerCase()) ? sign.words : `${sign.words} · ${type}`}</span>
      <span class="lane-number">{tokens}</span>
      <span class="lane-number lane-cost">{cost}</span>
    </div>
  );
}

/** The element id of an agent's line. */
export function laneId(agentId: string): string {
  return `lane-${agentId}`;
}
