import { useComputed, useSignal, useSignalEffect } from '@preact/signals';
import { elementScroll, observeElementOffset, observeElementRect, Virtualizer } from '@tanstack/virtual-core';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { OpenAsk } from '../../src/core/state.ts';
import type { Agent } from '../../src/core/state.ts';
import { Icon } from '../parts/icon.tsx';
import { useTick } from '../parts/useTick.ts';
import type { Store } from '../store.ts';
import { type ItemContext, ItemView } from './itemView.tsx';
import { placeOpener } from './placeOpener.ts';
import { createToItems, liveOutputs } from './transcriptItems.ts';

/** Px from the end within which the view counts as being at the end. */
const nearEnd = 48;
const guessedHeight = 64;

/** Everything said by and to one agent. It stays at the end only while the reader is there. */
export function TranscriptView({ store, agent }: { readonly store: Store; readonly agent: Agent }) {
  const scroller = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const away = useSignal(false);
  const opened = useSignal<ReadonlySet<string>>(new Set());
  const [, redraw] = useState(0);
  const toItems = useMemo(createToItems, []);
  useTick(
    agent.openCalls.length > 0 || (agent.stage !== 'ended' && (agent.requests ?? []).some(({ settled }) => settled === undefined)),
    1_000,
  );

  const mirror = store.mirror.value;
  const transcript = mirror.state.transcripts[agent.id];
  const tail = mirror.tail?.agentId === agent.id ? mirror.tail.blocks : [];
  const items = useMemo(() => (transcript === undefined ? [] : toItems(agent, transcript, tail)), [agent, transcript, tail]);
  const itemsRef = useRef(items);
  itemsRef.current = items;
  const asks = useComputed(
    () =>
      new Map<string, OpenAsk>(
        Object.values<OpenAsk>(store.mirror.value.state.asks).flatMap((ask) =>
          ask.agentId === store.view.value.agentId ? [[ask.callId, ask]] : [],
        ),
      ),
  );

  const virtualizer = useMemo(
    () =>
      new Virtualizer<HTMLDivElement, HTMLDivElement>({
        count: 0,
        getScrollElement: () => scroller.current,
        estimateSize: () => guessedHeight,
        observeElementRect,
        observeElementOffset,
        scrollToFn: elementScroll,
      }),
    [],
  );
  virtualizer.setOptions({
    ...virtualizer.options,
    count: items.length,
    getItemKey: (index) => itemsRef.current[index]?.key ?? index,
    overscan: 6,
    onChange: () => redraw((count) => count + 1),
  });
  useLayoutEffect(() => virtualizer._didMount(), []);
  useLayoutEffect(() => {
    virtualizer._willUpdate();
    const element = scroller.current;
    if (element !== null && atEnd.current) {
      element.scrollTop = element.scrollHeight;
    }
  });

  const goTo = (turn: number): void => {
    const index = itemsRef.current.findIndex((item) => item.kind === 'turn' && item.turn.number === turn);
    if (index >= 0) {
      atEnd.current = false;
      virtualizer.scrollToIndex(index, { align: 'start' });
    }
  };
  const loaded = transcript !== undefined;
  useSignalEffect(() => {
    const sought = store.sought.value;
    if (sought !== undefined && sought.agentId === store.view.value.agentId && loadedRef.current) {
      store.sought.value = undefined;
      goTo(sought.turn);
    }
  });
  const loadedRef = useRef(loaded);
  useEffect(() => {
    loadedRef.current = loaded;
    const sought = store.sought.peek();
    if (loaded && sought !== undefined) {
      store.sought.value = { ...sought };
    }
  }, [loaded]);

  const context: ItemContext = {
    store,
    openPlace: placeOpener(store, agent),
    asks: asks.value,
    liveOutputs: liveOutputs(tail),
    isOpen: (key) => opened.value.has(key),
    toggle: (key) => {
      const next = new Set(opened.value);
      if (!next.delete(key)) {
        next.add(key);
      }
      // Opening something is reading it: the view must not jump to the end under the reader.
      atEnd.current = false;
      opened.value = next;
    },
  };
  void opened.value;

  return (
    <div class="transcript">
      <div
        class="transcript-scroll"
        ref={scroller}
        tabIndex={0}
        role="log"
        aria-live="off"
        aria-label={`Transcript of ${agent.label}`}
        onScroll={(event) => {
          const { scrollTop, scrollHeight, clientHeight } = event.currentTarget;
          atEnd.current = scrollHeight - scrollTop - clientHeight < nearEnd;
          away.value = !atEnd.current;
        }}
      >
        {loaded ? null : <div class="hint">Reading the transcript…</div>}
        <div class="transcript-space" style={{ height: `${virtualizer.getTotalSize()}px` }}>
          {virtualizer.getVirtualItems().map((place) => {
            const item = items[place.index];
            return item === undefined ? null : (
              <div
                key={item.key}
                class="item"
                data-index={place.index}
                ref={(element) => virtualizer.measureElement(element)}
                style={{ transform: `translateY(${place.start}px)` }}
              >
                <ItemView item={item} context={context} />
              </div>
            );
          })}
        </div>
      </div>
      {away.value ? (
        <button
          type="button"
          class="to-end"
          title="Go to the end and stay there"
          onClick={() => {
            atEnd.current = true;
            away.value = false;
            redraw((count) => count + 1);
          }}
        >
          <Icon name="arrow-down" /> Latest
        </button>
      ) : null}
    </div>
  );
}
