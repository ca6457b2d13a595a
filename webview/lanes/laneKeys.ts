import { batch } from '@preact/signals';
import type { AgentId } from '../../src/core/ids.ts';
import type { LaneRow } from './laneRows.ts';
import { axisHeight, rowHeight, toX } from './scene.ts';
import { spanText } from './spanText.ts';
import type { Surface } from './surface.ts';
import { panned, revealed, zoomedAt } from './viewport.ts';

const zoomStep = 1.5;

/** What the keys do while the tree of agents has the focus. */
export function createLaneKeys(surface: Surface): (event: KeyboardEvent) => void {
  let stepped: { readonly agentId: AgentId; readonly index: number } | undefined;
  const { store } = surface;

  const go = (line: number): void => {
    const rows = store.rows.peek();
    const row = rows[Math.max(0, Math.min(rows.length - 1, line))];
    if (row !== undefined) {
      store.select(row.agent.id);
      scrollToLine(surface.scroller.current, rows.indexOf(row));
    }
  };
  const step = (row: LaneRow, by: number): void => {
    const scene = surface.scene();
    const lane = scene.lanes[row.agent.id];
    if (lane === undefined || lane.spans.length === 0) {
      return;
    }
    const from = stepped?.agentId === row.agent.id ? stepped.index + by : by > 0 ? 0 : lane.spans.length - 1;
    const index = Math.max(0, Math.min(lane.spans.length - 1, from));
    const span = lane.spans[index];
    if (span === undefined) {
      return;
    }
    stepped = { agentId: row.agent.id, index };
    batch(() => {
      store.change({ zoom: revealed(store.view.peek().zoom, surface.extent(), span.from, span.to ?? scene.now) });
      const text = spanText(span, lane, scene.now, scene.origin);
      surface.spoken.value = text.join('. ');
      const box = surface.canvas.current?.getBoundingClientRect();
      if (box !== undefined) {
        const shown = surface.scene();
        const y = axisHeight + store.rows.peek().indexOf(row) * rowHeight - shown.scrollTop + rowHeight / 2;
        surface.tip.value = { x: box.left + Math.max(0, toX(shown, span.from)), y: box.top + y, text };
      }
      if (span.turn > 0) {
        store.sought.value = { agentId: row.agent.id, turn: span.turn };
      }
    });
  };
  const zoom = (factor: number): void => {
    const { range } = surface.scene();
    store.change({ zoom: zoomedAt(store.view.peek().zoom, surface.extent(), (range.from + range.to) / 2, factor) });
  };
  const pan = (share: number): void => {
    const { range } = surface.scene();
    store.change({ zoom: panned(store.view.peek().zoom, surface.extent(), (range.to - range.from) * share) });
  };
  const collapse = (row: LaneRow, on: boolean): void => {
    const others = store.view.peek().collapsed.filter((id) => id !== row.agent.id);
    store.change({ collapsed: on ? [...others, row.agent.id] : others });
  };

  const act = (event: KeyboardEvent): boolean => {
    const rows = store.rows.peek();
    const line = rows.findIndex((row) => row.agent.id === store.view.peek().agentId);
    const row = rows[line];
    const page = Math.max(1, Math.floor((surface.scene().height - axisHeight) / rowHeight) - 1);
    switch (event.key) {
      case 'ArrowDown':
        go(line + 1);
        return true;
      case 'ArrowUp':
        go(Math.max(0, line - 1));
        return true;
      case 'PageDown':
        go(line + page);
        return true;
      case 'PageUp':
        go(line - page);
        return true;
      case 'Home':
        go(0);
        return true;
      case 'End':
        go(rows.length - 1);
        return true;
      case 'ArrowLeft':
      case 'ArrowRight': {
        const right = event.key === 'ArrowRight';
        if (event.shiftKey) {
          pan(right ? 0.2 : -0.2);
        } else if (row !== undefined && event.altKey) {
          step(row, right ? 1 : -1);
        } else if (row !== undefined && right && row.children > 0) {
          if (row.expanded) {
            go(line + 1);
          } else {
            collapse(row, false);
          }
        } else if (row?.expanded === true && !right) {
          collapse(row, true);
        } else if (row !== undefined && !right) {
          go(parentLine(rows, line));
        }
        return true;
      }
      case '+':
      case '=':
        zoom(1 / zoomStep);
        return true;
      case '-':
        zoom(zoomStep);
        return true;
      case '0':
        store.change({ zoom: { kind: 'fit' } });
        return true;
      case 'Escape':
        surface.tip.value = undefined;
        return true;
      default:
        return false;
    }
  };

  return (event) => {
    if (!event.ctrlKey && !event.metaKey && act(event)) {
      event.preventDefault();
      event.stopPropagation();
    }
  };
}

function parentLine(rows: readonly LaneRow[], line: number): number {
  const depth = rows[line]?.depth ?? 0;
  const parent = rows.slice(0, Math.max(0, line)).findLastIndex((row) => row.depth < depth);
  return parent < 0 ? line : parent;
}

/** Scrolls as little as it takes for a line to be seen whole. */
export function scrollToLine(element: HTMLElement | null, line: number): void {
  if (element === null || line < 0) {
    return;
  }
  const top = line * rowHeight;
  const room = element.clientHeight - axisHeight - rowHeight;
  if (top < element.scrollTop) {
    element.scrollTop = top;
  } else if (top > element.scrollTop + room) {
    element.scrollTop = top - room;
  }
}
