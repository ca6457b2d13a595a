import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { formatCost, formatTokens } from '../../src/core/rowText.ts';
import { isLive, tokensOf } from '../../src/core/selectors.ts';
import type { Agent, UsagePoint } from '../../src/core/state.ts';
import { useTick } from '../parts/useTick.ts';
import { extentOf } from '../scope.ts';
import type { Store } from '../store.ts';
import { formatCount } from '../text/format.ts';
import { toVisibleLine } from '../text/visible.ts';
import { tokenKinds, tokensOfKind, tokenWords, usageSeries } from './series.ts';
import { UsageChart } from './usageChart.tsx';

/** More moments than a chart has px are of no use. */
const moments = 1_000;
const firstRows = 50;

/** Tokens over time, of the selected agent or of all that are shown, and per agent. */
export function UsageView({ store, agent }: { readonly store: Store; readonly agent: Agent }) {
  const whole = useSignal(false);
  const shown = useSignal(firstRows);
  const agents = store.agents.value;
  const chosen = useMemo(() => (whole.value ? agents : [agent]), [whole.value, agents, agent]);
  useTick(chosen.some(isLive), 2_000);
  const { lanes } = store.mirror.value.state;
  const now = store.now();
  const extent = extentOf(chosen, lanes, now);
  const points = useMemo(() => chosen.flatMap((each): readonly UsagePoint[] => lanes[each.id]?.points ?? []), [chosen, lanes]);
  const end = Math.round(extent.to / 1_000) * 1_000;
  const series = useMemo(() => usageSeries(points, extent.from, end, moments), [points, extent.from, end]);
  const byCost = useMemo(() => agents.toSorted((a, b) => b.cost - a.cost || tokensOf(b) - tokensOf(a)), [agents]);
  const run = store.run.value;
  return (
    <div class="usage">
      <div class="usage-scope" role="radiogroup" aria-label="Whose tokens">
        <button type="button" role="radio" class="choice" aria-checked={!whole.value} onClick={() => (whole.value = false)}>
          This agent
        </button>
        <button type="button" role="radio" class="choice" aria-checked={whole.value} onClick={() => (whole.value = true)}>
          {run === undefined ? 'All runs' : 'Whole run'}
        </button>
      </div>
      <UsageChart
        key={whole.value ? 'all' : agent.id}
        series={series}
        title={`Tokens used over time: ${tokenKinds.map((kind) => `${tokenWords[kind]} ${formatTokens(series.plain[kind].at(-1) ?? 0)}`).join(', ')}`}
      />
      <div class="usage-table">
        <table>
          <thead>
            <tr>
              <th scope="col">Agent</th>
              {tokenKinds.toReversed().map((kind) => (
                <th key={kind} scope="col">
                  {tokenWords[kind]}
                </th>
              ))}
              <th scope="col">Cost</th>
            </tr>
          </thead>
          <tbody>
            {byCost.slice(0, shown.value).map((each) => (
              <tr key={each.id} class={each.id === agent.id ? 'selected' : ''}>
                <th scope="row">
                  <button type="button" class="link-button" onClick={() => store.select(each.id)}>
                    {toVisibleLine(each.label)}
                  </button>
                </th>
                {tokenKinds.toReversed().map((kind) => (
                  <td key={kind} title={formatCount(tokensOfKind(each.usage, kind))}>
                    {formatTokens(tokensOfKind(each.usage, kind))}
                  </td>
                ))}
                <td>{formatCost(each.cost, each.costKnown)}</td>
              </tr>
            ))}
          </tbody>
        </table>
        {byCost.length > shown.value ? (
          <button type="button" class="link-button" onClick={() => (shown.value += firstRows)}>
            Show more of {byCost.length} agents
          </button>
        ) : null}
      </div>
    </div>
  );
}
