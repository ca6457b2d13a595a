import type { AgentId } from '../../src/core/ids.ts';
import type { Lane, Mark } from '../../src/core/state.ts';
import { type Bar, barAt, layoutBars } from './bars.ts';
import { indexSpans, type LaneIndex } from './laneIndex.ts';
import type { LaneRow } from './laneRows.ts';
import type { TimeRange } from './viewport.ts';

/** Heights in px, shared by the names and the canvas. */
export const rowHeight = 24;
export const axisHeight = 22;
/** Free space above and below the bars of a lane; messages are marked in the upper one. */
export const barInset = 5;

/** Everything the canvas shows, in px from its upper left corner. */
export interface Scene {
  readonly width: number;
  readonly height: number;
  readonly scrollTop: number;
  readonly rows: readonly LaneRow[];
  readonly lanes: Readonly<Record<AgentId, Lane>>;
  readonly range: TimeRange;
  readonly now: number;
  readonly live: boolean;
  /** Start of the run, from which the axis counts. */
  readonly origin: number | undefined;
  readonly selected: AgentId | undefined;
  readonly hovered: AgentId | undefined;
}

/** Finds the index of a lane, built once for each version of the lane. */
export type FindIndex = (lane: Lane) => LaneIndex;

/** Remembers indices as long as their lanes live. */
export function createIndexCache(): FindIndex {
  const indices = new WeakMap<Lane['spans'], LaneIndex>();
  return (lane) => {
    let index = indices.get(lane.spans);
    if (index === undefined) {
      index = indexSpans(lane.spans);
      indices.set(lane.spans, index);
    }
    return index;
  };
}

/** What lies at a point of the canvas. */
export interface Hit {
  readonly row: LaneRow;
  readonly bar?: Bar | undefined;
  readonly mark?: Mark | undefined;
}

const slack = 3;
const markSlack = 5;

/** What lies at a point of the scene; undefined outside of all lanes. */
export function hitAt(scene: Scene, find: FindIndex, x: number, y: number): Hit | undefined {
  const line = Math.floor((y - axisHeight + scene.scrollTop) / rowHeight);
  const row = y < axisHeight ? undefined : scene.rows[line];
  const lane = row === undefined ? undefined : scene.lanes[row.agent.id];
  if (row === undefined || lane === undefined) {
    return row === undefined ? undefined : { row };
  }
  const inLane = y - axisHeight + scene.scrollTop - line * rowHeight;
  if (inLane <= barInset + 3) {
    const mark = nearestMark(lane.marks, scene, x);
    if (mark !== undefined) {
      return { row, mark };
    }
  }
  const bars = layoutBars(find(lane), scene.range, scene.width, scene.now);
  const share = (inLane - barInset) / (rowHeight - 2 * barInset);
  return { row, bar: barAt(bars, x, share, slack) };
}

/** Where a moment lies, in px from the left of the canvas. */
export function toX(scene: Pick<Scene, 'range' | 'width'>, at: number): number {
  return ((at - scene.range.from) / (scene.range.to - scene.range.from)) * scene.width;
}

/** The moment at a distance from the left of the canvas. */
export function toMoment(scene: Pick<Scene, 'range' | 'width'>, x: number): number {
  return scene.range.from + (x / Math.max(1, scene.width)) * (scene.range.to - scene.range.from);
}

function nearestMark(marks: readonly Mark[], scene: Scene, x: number): Mark | undefined {
  let best: Mark | undefined;
  let bestDistance = markSlack;
  for (const mark of marks) {
    const distance = Math.abs(toX(scene, mark.at) - x);
    if (distance < bestDistance) {
      best = mark;
      bestDistance = distance;
    }
  }
  return best;
}
