import { useSignal, useSignalEffect } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { AgentId } from '../../src/core/ids.ts';
import { Sash } from '../parts/sash.tsx';
import { useSize } from '../parts/useSize.ts';
import { useTick } from '../parts/useTick.ts';
import { extentOf } from '../scope.ts';
import type { Store } from '../store.ts';
import { LaneHead, laneId } from './laneHead.tsx';
import { createLaneKeys, scrollToLine } from './laneKeys.ts';
import { visibleRows } from './laneRows.ts';
import { createPainter, type Painter } from './painter.ts';
import { attachPointer } from './pointer.ts';
import { axisHeight, type FindIndex, rowHeight, type Scene } from './scene.ts';
import { SpanTip, type Tip } from './spanTip.tsx';
import { type TimeRange, rangeOf } from './viewport.ts';

const overscan = 4;

/** The tree of agents with their lanes on a common time axis. */
export function LanesView({ store, find }: { readonly store: Store; readonly find: FindIndex }) {
  const scroller = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const painter = useRef<Painter | undefined>(undefined);
  const size = useSize(scroller);
  const sizeRef = useRef(size);
  sizeRef.current = size;
  const top = useSignal(0);
  const hovered = useSignal<AgentId | undefined>(undefined);
  const tip = useSignal<Tip | undefined>(undefined);
  const spoken = useSignal('');
  useTick(store.live.value, 1_000);

  const rows = store.rows.value;
  const { agentId, collapsed, names: wanted } = store.view.value;
  const names = namesWidth(wanted, size.width);
  const namesRef = useRef(names);
  namesRef.current = names;

  const surface = useMemo(() => {
    const extent = (): TimeRange => extentOf(store.agents.peek(), store.mirror.peek().state.lanes, store.now());
    const scene = (): Scene => {
      const view = store.view.peek();
      const whole = extent();
      return {
        width: sizeRef.current.width - namesRef.current,
        height: sizeRef.current.height,
        scrollTop: top.peek(),
        rows: store.rows.peek(),
        lanes: store.mirror.peek().state.lanes,
        range: rangeOf(view.zoom, whole),
        now: store.now(),
        live: store.live.peek(),
        origin: store.run.peek()?.startedAt,
        selected: view.agentId,
        hovered: hovered.peek(),
      };
    };
    return { store, find, extent, scene, hovered, tip, spoken, scroller, canvas };
  }, [store, find]);

  useEffect(() => {
    const element = canvas.current;
    if (element === null) {
      return;
    }
    painter.current = createPainter(element, surface.scene, find);
    const detach = attachPointer(element, surface);
    return () => {
      detach();
      painter.current?.dispose();
      painter.current = undefined;
    };
  }, [surface]);

  useSignalEffect(() => {
    // Read to be told of every change that the canvas shows.
    void [store.mirror.value.state.lanes, store.rows.value, store.view.value, store.live.value, top.value, hovered.value];
    painter.current?.invalidate();
  });
  useEffect(() => painter.current?.invalidate(), [size, names]);
  // Whatever selected it, the selected agent is seen; afterwards the person may scroll away from it.
  const sized = size.height > 0;
  useEffect(() => {
    if (sized) {
      scrollToLine(
        scroller.current,
        store.rows.peek().findIndex((row) => row.agent.id === agentId),
      );
    }
  }, [agentId, sized]);

  const keys = useMemo(() => createLaneKeys(surface), [surface]);
  const { start, end } = visibleRows(rows.length, rowHeight, top.value - overscan * rowHeight, size.height + 2 * overscan * rowHeight);
  const labels = store.mirror.value.facts.providerLabels;
  const selectedLine = rows.findIndex((row) => row.agent.id === agentId);

  return (
    <section class="lanes" aria-label="Agents over time">
      <div
        class="lanes-scroll"
        ref={scroller}
        onScroll={(event) => {
          top.value = event.currentTarget.scrollTop;
        }}
      >
        <div class="lanes-space" style={{ height: `${axisHeight + rows.length * rowHeight + 8}px` }}>
          <div class="lanes-still" style={{ height: `${size.height}px` }}>
            <div class={`names-head${narrowness(names)}`} style={{ width: `${names}px`, height: `${axisHeight}px` }} aria-hidden="true">
              <span class="lane-label">Agent</span>
              <span class="lane-number">Tokens</span>
              <span class="lane-number lane-cost">Cost</span>
            </div>
            <canvas class="lanes-canvas" ref={canvas} style={{ left: `${names}px` }} aria-hidden="true" />
          </div>
          {/* The lines are moved to, not focused: focus would be lost whenever a line is not drawn. */}
          <div
            class={`lanes-tree${narrowness(names)}`}
            role="tree"
            tabIndex={0}
            aria-label="Agents"
            aria-describedby="lanes-keys"
            {...(selectedLine >= start && selectedLine < end && agentId !== undefined ? { 'aria-activedescendant': laneId(agentId) } : {})}
            style={{ width: `${names}px` }}
            onKeyDown={keys}
          >
            {rows.slice(start, end).map((row, index) => (
              <LaneHead
                key={row.agent.id}
                row={row}
                line={start + index}
                now={store.now()}
                selected={row.agent.id === agentId}
                hovered={row.agent.id === hovered.value}
                indent={names < 300 ? 6 : 12}
                providerLabel={labels[row.agent.provider] ?? 'Practice model (offline)'}
                onSelect={() => store.select(row.agent.id)}
                onToggle={() =>
                  store.change({
                    collapsed: row.expanded ? [...collapsed, row.agent.id] : collapsed.filter((id) => id !== row.agent.id),
                  })
                }
                onHover={(on) => {
                  hovered.value = on ? row.agent.id : undefined;
                }}
              />
            ))}
          </div>
        </div>
      </div>
      <div class="names-sash" style={{ left: `${names - 2}px` }}>
        <Sash
          label="Width of the column of names"
          direction="row"
          value={(names / Math.max(1, size.width)) * 100}
          onMove={(px) => store.change({ names: Math.min(900, Math.max(120, namesRef.current + px)) })}
        />
      </div>
      {tip.value === undefined ? null : <SpanTip tip={tip.value} />}
      <div class="for-readers" id="lanes-keys">
        Arrow keys move between agents and open or close them. Alt and left or right step through what the agent did. Plus and minus zoom,
        zero shows everything, shift and left or right move in time.
      </div>
      <div class="for-readers" role="status">
        {spoken.value}
      </div>
    </section>
  );
}

/** Which columns there is no room for. */
function narrowness(names: number): string {
  return `${names < 290 ? ' no-words' : ''}${names < 260 ? ' no-cost' : ''}${names < 200 ? ' no-tokens' : ''}`;
}

/** The names never take more than half, so that lanes stay to be seen in a narrow panel. */
function namesWidth(wanted: number, width: number): number {
  return Math.round(Math.max(100, Math.min(wanted, width * 0.48)));
}
