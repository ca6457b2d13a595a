import { batch } from '@preact/signals';
import { countText, formatCost, formatTokens } from '../src/core/rowText.ts';
import { rootOf, totalsOf } from '../src/core/selectors.ts';
import { totalInput } from '../src/core/usage.ts';
import { followToggled, rangeOf, type Zoom, zoomedAt } from './lanes/viewport.ts';
import { Icon } from './parts/icon.tsx';
import { Tabs } from './parts/tabs.tsx';
import { useTick } from './parts/useTick.ts';
import { askerOf, cacheWrites, countStandings, extentOf, practiceLabel, requestTitle, shownRequests, usageOf } from './scope.ts';
import type { Store } from './store.ts';
import { formatCount, formatDay, formatDuration } from './text/format.ts';
import { toVisibleLine } from './text/visible.ts';
import { type Main, mains, type ViewState } from './viewState.ts';

/** The element id of what stands beside the detail. */
export const mainPanel = 'main-panel';

const mainWords = { lanes: 'Lanes', plan: 'Plan' } as const satisfies Record<Main, string>;
const mainItems = mains.map((value) => ({ value, words: mainWords[value] }));

/** What is shown, what it adds up to, and how much of the time axis. */
export function TopBar({ store }: { readonly store: Store }) {
  const { readOnly, facts } = store.mirror.value;
  const practice = practiceLabel(store.agents.value, facts.providerLabels);
  return (
    <div class="top">
      {readOnly === undefined ? null : (
        <div class="banner" role="status">
          <Icon name="lock" /> {toVisibleLine(readOnly)}
        </div>
      )}
      <div class="top-line">
        <RunPicker store={store} />
        <Tabs label="View" panel={mainPanel} items={mainItems} value={store.view.value.main} onChange={(main) => store.change({ main })} />
        {practice === undefined ? null : (
          <span class="badge practice">
            <Icon name="beaker" /> {practice}
          </span>
        )}
        <Needs store={store} />
        <Totals store={store} />
        {store.view.value.main === 'lanes' ? <ZoomControls store={store} /> : null}
      </div>
    </div>
  );
}

function RunPicker({ store }: { readonly store: Store }) {
  const chosen = store.run.value?.id ?? 'all';
  const runs = store.runs.value;
  const pick = (value: string): void => {
    const run = runs.find((each) => each.id === value);
    const newest = run !== undefined && run.id === runs[0]?.id;
    const choice: ViewState['run'] = run === undefined ? 'all' : newest ? 'newest' : run.id;
    batch(() => {
      store.change({ run: choice, zoom: { kind: 'fit' } });
      if (run !== undefined && store.selected.value?.runId !== run.id) {
        store.select(rootOf(store.mirror.value.state, run.id)?.id);
      }
    });
  };
  return (
    <select class="run-picker" aria-label="Run" value={chosen} onChange={(event) => pick(event.currentTarget.value)}>
      {runs.map((run) => (
        <option key={run.id} value={run.id}>
          {toVisibleLine(run.label).slice(0, 120)} ({formatDay(run.startedAt)})
        </option>
      ))}
      {runs.length > 1 ? <option value="all">All {runs.length} runs</option> : null}
    </select>
  );
}

/** What waits for the person comes before everything else. */
function Needs({ store }: { readonly store: Store }) {
  const { state, readOnly } = store.mirror.value;
  const requests = shownRequests(state, store.run.value);
  const first = requests[0];
  return first === undefined ? null : (
    <button
      type="button"
      class="button needs"
      disabled={readOnly !== undefined}
      title={requestTitle(state, first)}
      onClick={() => {
        const asker = askerOf(first);
        if (asker !== undefined) {
          store.select(asker);
        }
        store.post({ type: 'review', askId: first.askId });
      }}
    >
      <Icon name="report" /> {countText(requests.length, 'request')} {requests.length === 1 ? 'needs' : 'need'} you
    </button>
  );
}

function Totals({ store }: { readonly store: Store }) {
  useTick(store.live.value, 1_000);
  const agents = store.agents.value;
  const { state } = store.mirror.value;
  const { cost, costKnown } = totalsOf(state, agents);
  const usage = usageOf(agents);
  const extent = extentOf(agents, state.lanes, store.now());
  const standings = countStandings(agents)
    .map(({ standing, count }) => `${count} ${standing}`)
    .join(' · ');
  return (
    <div class="totals">
      <span title={standings}>
        {countText(agents.length, 'agent')}
        {standings === '' ? '' : `: ${standings}`}
      </span>
      <span
        title={`${formatCount(totalInput(usage))} tokens of input, of them ${formatCount(usage.cacheRead)} served and ${formatCount(cacheWrites(usage))} kept by the cache; ${formatCount(usage.output)} tokens of output`}
      >
        <span class="fact-name">Tokens</span> {formatTokens(totalInput(usage))} in ({formatTokens(usage.cacheRead)} cached),{' '}
        {formatTokens(usage.output)} out
      </span>
      <span>
        <span class="fact-name">Cost</span> {formatCost(cost, costKnown)}
      </span>
      <span>
        <span class="fact-name">Elapsed</span> {formatDuration(extent.to - extent.from)}
      </span>
    </div>
  );
}

const zoomStep = 1.6;

function ZoomControls({ store }: { readonly store: Store }) {
  const { zoom, legend } = store.view.value;
  const change = (next: (extent: { readonly from: number; readonly to: number }) => Zoom): void =>
    store.change({ zoom: next(extentOf(store.agents.value, store.mirror.value.state.lanes, store.now())) });
  const by = (factor: number): void =>
    change((extent) => {
      const range = rangeOf(zoom, extent);
      return zoomedAt(zoom, extent, (range.from + range.to) / 2, factor);
    });
  return (
    <div class="zoom" role="toolbar" aria-label="Time axis">
      <Toggle icon="zap" words="Follow now" on={zoom.kind === 'follow'} onClick={() => change((extent) => followToggled(zoom, extent))} />
      <Toggle icon="screen-full" words="Show everything" on={zoom.kind === 'fit'} onClick={() => store.change({ zoom: { kind: 'fit' } })} />
      <button type="button" class="icon-button" title="Zoom in" aria-label="Zoom in" onClick={() => by(1 / zoomStep)}>
        <Icon name="zoom-in" />
      </button>
      <button type="button" class="icon-button" title="Zoom out" aria-label="Zoom out" onClick={() => by(zoomStep)}>
        <Icon name="zoom-out" />
      </button>
      <Toggle icon="symbol-color" words="Legend" on={legend} onClick={() => store.change({ legend: !legend })} />
    </div>
  );
}

function Toggle(props: { readonly icon: string; readonly words: string; readonly on: boolean; readonly onClick: () => void }) {
  return (
    <button type="button" class="icon-button" title={props.words} aria-label={props.words} aria-pressed={props.on} onClick={props.onClick}>
      <Icon name={props.icon} />
    </button>
  );
}
