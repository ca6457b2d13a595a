import type { Agent, Lane } from '../../src/core/state.ts';
import { toVisibleLine } from '../text/visible.ts';
import { timeTicks } from './axis.ts';
import { type Bar, layoutBars } from './bars.ts';
import { visibleRows } from './laneRows.ts';
import type { Palette } from './palette.ts';
import type { FillSpan } from './patterns.ts';
import { axisHeight, barInset, type FindIndex, rowHeight, type Scene, toX } from './scene.ts';

/** What painting needs beside the scene. */
export interface Brush {
  readonly context: CanvasRenderingContext2D;
  readonly palette: Palette;
  readonly fill: FillSpan;
  readonly find: FindIndex;
}

/** Paints the whole scene. */
export function paintScene(brush: Brush, scene: Scene): void {
  const { context, palette } = brush;
  context.clearRect(0, 0, scene.width, scene.height);
  paintGrid(brush, scene);
  context.save();
  context.beginPath();
  context.rect(0, axisHeight, scene.width, Math.max(0, scene.height - axisHeight));
  context.clip();
  const { start, end } = visibleRows(scene.rows.length, rowHeight, scene.scrollTop, scene.height - axisHeight);
  for (let line = start; line < end; line++) {
    const row = scene.rows[line];
    const lane = row === undefined ? undefined : scene.lanes[row.agent.id];
    if (row === undefined || lane === undefined) {
      continue;
    }
    const top = axisHeight + line * rowHeight - scene.scrollTop;
    paintGround(brush, scene, row.agent, top);
    paintLane(brush, scene, row.agent, lane, top);
  }
  if (scene.live) {
    context.fillStyle = palette.now;
    context.fillRect(Math.round(toX(scene, scene.now)), axisHeight, 1, scene.height);
  }
  context.restore();
}

function paintGrid({ context, palette }: Brush, scene: Scene): void {
  context.font = `11px ${palette.font}`;
  context.textBaseline = 'middle';
  for (const tick of timeTicks(scene.range, scene.width, 90, scene.origin)) {
    const x = Math.round(toX(scene, tick.at));
    context.fillStyle = palette.grid;
    context.fillRect(x, axisHeight - 5, 1, scene.height);
    if (x + 4 + context.measureText(tick.label).width <= scene.width) {
      context.fillStyle = palette.dim;
      context.fillText(tick.label, x + 4, axisHeight / 2);
    }
  }
  context.fillStyle = palette.grid;
  context.fillRect(0, axisHeight - 1, scene.width, 1);
}

function paintGround({ context, palette }: Brush, scene: Scene, agent: Agent, top: number): void {
  const ground = agent.id === scene.selected ? palette.selected : agent.id === scene.hovered ? palette.hovered : undefined;
  if (ground !== undefined) {
    context.fillStyle = ground;
    context.fillRect(0, top, scene.width, rowHeight);
  }
  if (agent.id === scene.selected) {
    context.fillStyle = palette.selectedBorder;
    context.fillRect(0, top, scene.width, 1);
    context.fillRect(0, top + rowHeight - 1, scene.width, 1);
  }
}

function paintLane(brush: Brush, scene: Scene, agent: Agent, lane: Lane, top: number): void {
  const { context, palette } = brush;
  const ended = agent.phase.kind === 'ended';
  const from = Math.max(0, toX(scene, agent.spawnedAt));
  const to = Math.min(scene.width, toX(scene, ended ? agent.phase.since : scene.now));
  if (to > from) {
    context.fillStyle = palette.dim;
    context.globalAlpha = 0.4;
    context.fillRect(from, top + rowHeight / 2, to - from, 1);
    context.globalAlpha = 1;
  }
  for (const bar of layoutBars(brush.find(lane), scene.range, scene.width, scene.now)) {
    paintBar(brush, bar, top);
  }
  for (const mark of lane.marks) {
    const x = toX(scene, mark.at);
    if (x >= -5 && x <= scene.width + 5) {
      paintMark(brush, x, top + 1, mark.from === 'person' ? palette.person : palette.foreground);
    }
  }
  if (ended) {
    paintEnd(brush, agent.phase.outcome.kind, toX(scene, agent.phase.since) + 8, top + rowHeight / 2);
  }
}

function paintBar({ context, palette, fill }: Brush, bar: Bar, top: number): void {
  const whole = rowHeight - 2 * barInset;
  const height = whole / bar.tracks;
  const y = top + barInset + bar.track * height;
  const gap = bar.tracks > 1 ? 1 : 0;
  // A hairline between neighbours keeps two spans of one type apart.
  const width = bar.width > 4 ? bar.width - 0.5 : bar.width;
  fill(context, bar.type, bar.x, y, width, height - gap);
  if (palette.outline !== undefined && width > 3) {
    context.strokeStyle = palette.outline;
    context.lineWidth = 1;
    context.strokeRect(bar.x + 0.5, y + 0.5, width - 1, height - gap - 1);
  }
  if (bar.trouble) {
    context.fillStyle = palette.bad;
    context.fillRect(bar.x, y + height - gap - 2, Math.max(2, width), 3);
  }
  if (width > 24 && height >= 11 && bar.count === 1) {
    paintLabel(context, palette, bar, Math.max(0, bar.x), width - Math.max(0, -bar.x), y, height);
  }
}

/** Letters are at least this wide, so that nothing longer is ever measured. */
const thinnest = 3;

function paintLabel(
  context: CanvasRenderingContext2D,
  palette: Palette,
  bar: Bar,
  x: number,
  width: number,
  y: number,
  height: number,
): void {
  const room = width - 8;
  const label = fitText(context, toVisibleLine(bar.span.label.slice(0, Math.ceil(room / thinnest) + 1)), room);
  if (label === '') {
    return;
  }
  const solid = bar.type === 'model' || bar.type === 'tool';
  if (!solid) {
    context.fillStyle = palette.background;
    context.globalAlpha = 0.8;
    context.fillRect(x + 2, y + 1, context.measureText(label).width + 4, height - 2);
    context.globalAlpha = 1;
  }
  context.fillStyle = solid ? palette.background : palette.foreground;
  context.fillText(label, x + 4, y + height / 2 + 0.5);
}

/** The text cut so that it fits, with an ellipsis; empty when not even three letters do. */
function fitText(context: CanvasRenderingContext2D, text: string, room: number): string {
  const width = context.measureText(text).width;
  if (width <= room) {
    return text;
  }
  const letters = [...text];
  const kept = Math.floor((letters.length * (room - 8)) / width);
  return kept < 3 ? '' : `${letters.slice(0, kept).join('').trimEnd()}…`;
}

function paintMark({ context }: Brush, x: number, y: number, color: string): void {
  context.fillStyle = color;
  context.beginPath();
  context.moveTo(x - 4, y);
  context.lineTo(x + 4, y);
  context.lineTo(x, y + 6);
  context.closePath();
  context.fill();
}

function paintEnd({ context, palette }: Brush, outcome: 'done' | 'failed' | 'killed' | 'interrupted', x: number, y: number): void {
  context.lineWidth = 2;
  context.beginPath();
  switch (outcome) {
    case 'done':
      context.strokeStyle = palette.good;
      context.moveTo(x - 4, y);
      context.lineTo(x - 1, y + 3);
      context.lineTo(x + 5, y - 4);
      break;
    case 'failed':
      context.strokeStyle = palette.bad;
      context.moveTo(x - 4, y - 4);
      context.lineTo(x + 4, y + 4);
      context.moveTo(x + 4, y - 4);
      context.lineTo(x - 4, y + 4);
      break;
    case 'killed':
      context.strokeStyle = palette.dim;
      context.rect(x - 3, y - 3, 7, 7);
      break;
    case 'interrupted':
      context.strokeStyle = palette.wait;
      context.moveTo(x - 2, y - 4);
      context.lineTo(x - 2, y + 4);
      context.moveTo(x + 3, y - 4);
      context.lineTo(x + 3, y + 4);
      break;
  }
  context.stroke();
}
