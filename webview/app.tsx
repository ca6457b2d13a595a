import { useMemo, useRef } from 'preact/hooks';
import { DetailView } from './detail/detailView.tsx';
import { LanesView } from './lanes/lanesView.tsx';
import { Legend } from './lanes/legend.tsx';
import { axisHeight, createIndexCache, type FindIndex, rowHeight } from './lanes/scene.ts';
import { Icon } from './parts/icon.tsx';
import { PlanView } from './plan/planView.tsx';
import { Sash } from './parts/sash.tsx';
import { useSize } from './parts/useSize.ts';
import type { Store } from './store.ts';
import { mainPanel, TopBar } from './topBar.tsx';

/** Panels at least this wide and not tall show the detail beside the lanes instead of below. */
const wide = 1_200;

/** The whole view. */
export function App({ store }: { readonly store: Store }) {
  const { loaded, readOnly } = store.mirror.value;
  const find = useMemo(createIndexCache, []);
  if (!loaded) {
    return <div class="hint">Reading the fleet…</div>;
  }
  if (store.runs.value.length === 0) {
    return (
      <div class="hint welcome">
        <Icon name="rocket" />
        <h2>{readOnly === undefined ? 'No runs yet' : 'No runs to show'}</h2>
        {readOnly === undefined ? (
          <>
            <p>A run is one request and all the agents that serve it. Its agents appear here, each with a lane of its own.</p>
            <button type="button" class="button primary" onClick={() => store.post({ type: 'startRun' })}>
              Start a run
            </button>
          </>
        ) : (
          <p>{readOnly}</p>
        )}
      </div>
    );
  }
  return (
    <div class="app">
      <TopBar store={store} />
      {store.view.value.legend && store.view.value.main === 'lanes' ? <Legend store={store} find={find} /> : null}
      <Panes store={store} find={find} />
    </div>
  );
}

/** Few lanes leave their room to the detail. */
function heightOfLanes(rows: number): number {
  return axisHeight + Math.max(4, rows) * rowHeight + 8;
}

function Panes({ store, find }: { readonly store: Store; readonly find: FindIndex }) {
  const panes = useRef<HTMLDivElement>(null);
  const { width, height } = useSize(panes);
  const { split, main } = store.view.value;
  const beside = width >= wide && width > height * 1.2;
  const whole = beside ? width : height;
  const splitRef = useRef(split);
  splitRef.current = split;
  return (
    <div class={`panes ${beside ? 'beside' : 'below'}`} ref={panes}>
      <div
        class="pane"
        id={mainPanel}
        role="tabpanel"
        aria-labelledby={`${mainPanel}-${main}`}
        style={{
          flexBasis: `${split * 100}%`,
          maxHeight: beside || main === 'plan' ? 'none' : `${heightOfLanes(store.rows.value.length)}px`,
        }}
      >
        {main === 'plan' ? <PlanView store={store} /> : <LanesView store={store} find={find} />}
      </div>
      <Sash
        label={`Border between ${main} and detail`}
        direction={beside ? 'row' : 'column'}
        value={split * 100}
        onMove={(px) => store.change({ split: Math.min(0.85, Math.max(0.15, splitRef.current + px / Math.max(1, whole))) })}
      />
      <div class="pane" style={{ flexBasis: `${(1 - split) * 100}%` }}>
        <DetailView store={store} />
      </div>
    </div>
  );
}
