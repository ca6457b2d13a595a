import type { ComponentChildren } from 'preact';
import { countText, formatCost, formatTokens } from '../../src/core/rowText.ts';
import type { RunMetrics } from '../../src/core/result/runMetrics.ts';
import { totalInput } from '../../src/core/usage.ts';
import { formatCount, formatDuration, formatShare } from '../text/format.ts';
import type { PlanPath } from './planPath.ts';
import { useSpan, useWords } from './planWords.ts';

/** How a run goes in numbers, each with its unit and what it means. */
export function MetricsView({ metrics, path }: { readonly metrics: RunMetrics; readonly path: PlanPath }) {
  const { usage, cost, costKnown, wallMs, serialMs, speedUp, successRate, retries, rounds } = metrics;
  const repeats = [
    ...(retries === 0 ? [] : [`${retries} ${retries === 1 ? 'retry' : 'retries'}`]),
    ...(rounds === 0 ? [] : [countText(rounds, 'further round')]),
  ];
  return (
    <div class="plan-metrics">
      <dl class="metrics">
        <Metric name="Cost" title={costKnown ? 'Of all requests' : 'Some requests have no known price'}>
          {formatCost(cost, costKnown)}
        </Metric>
        <Metric name="Tokens" title={`${formatCount(totalInput(usage))} of input, ${formatCount(usage.output)} of output`}>
          {formatTokens(totalInput(usage))} in, {formatTokens(usage.output)} out
        </Metric>
        <Metric name="Wall time" title="From the start to the last end, or until now">
          {formatDuration(wallMs)}
        </Metric>
        {path.ms === undefined ? null : <IdealTime ms={path.ms} guessed={path.guessed} wallMs={wallMs} />}
        {speedUp === undefined ? null : (
          <Metric name="Speed-up" title={`One after the other, the same work takes ${formatDuration(serialMs)}`}>
            {speedUp.toFixed(1)} × serial time
          </Metric>
        )}
        {successRate === undefined ? null : (
          <Metric name="Success" title="Tasks that are done, of those that were done, failed or were skipped">
            {formatShare(successRate)} of ended tasks
          </Metric>
        )}
        {repeats.length === 0 ? null : (
          <Metric name="Repeated" title="Attempts after a failure, and further rounds of reviews">
            {repeats.join(', ')}
          </Metric>
        )}
      </dl>
      <TimeUses uses={metrics.timeUse} />
    </div>
  );
}

function IdealTime({ ms, guessed, wallMs }: { readonly ms: number; readonly guessed: boolean; readonly wallMs: number }) {
  // Agents of one chain may work at the same time, a lead and its workers for example; no run is shorter than it was.
  const ideal = guessed ? ms : Math.min(ms, wallMs);
  const guess = guessed ? ' Tasks that are not done count as the average of those that are.' : '';
  return (
    <Metric name="Ideal" title={`The work on the critical path, if nothing ever waited for a slot, a limit or a person.${guess}`}>
      <span class="path-mark" /> {guessed ? 'about ' : ''}
      {formatDuration(ideal)}
      {guessed || wallMs === 0 ? '' : `, ${formatShare(ideal / wallMs)} of wall time`}
    </Metric>
  );
}

function Metric(props: { readonly name: string; readonly title: string; readonly children: ComponentChildren }) {
  return (
    <div class="metric" title={props.title}>
      <dt>{props.name}</dt>
      <dd>{props.children}</dd>
    </div>
  );
}

/** Less than this is not worth a word. */
const leastShare = 0.005;

function TimeUses({ uses }: { readonly uses: RunMetrics['timeUse'] }) {
  const shown = uses.filter(({ share }) => share >= leastShare);
  if (shown.length === 0) {
    return null;
  }
  return (
    <div class="time-uses">
      <span class="fact-name" id="time-uses">
        Time of all agents
      </span>
      <div class="time-bar" aria-hidden="true">
        {shown.map(({ use, share }) => (
          <span key={use} class={`use-${useSpan(use)}`} style={{ flexGrow: share }} />
        ))}
      </div>
      <ul aria-labelledby="time-uses">
        {shown.map(({ use, ms, share }) => (
          <li key={use} title={formatDuration(ms)}>
            <span class={`use-mark use-${useSpan(use)}`} /> {useWords(use)} {formatShare(share)}
          </li>
        ))}
      </ul>
    </div>
  );
}
