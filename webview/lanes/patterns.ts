import type { SpanType } from '../text/words.ts';
import type { Palette } from './palette.ts';

/** Fills a rectangle as its type of span looks; colour alone never tells two types apart. */
export type FillSpan = (context: CanvasRenderingContext2D, type: SpanType, x: number, y: number, width: number, height: number) => void;

type Strokes = (tile: CanvasRenderingContext2D) => void;

const tileSize = 8;

/** How solid the ground under a pattern is. Spans in which work is done are solid; those that need the person stand out of the waits. */
const grounds = {
  model: 0.9,
  tool: 0.9,
  children: 0.1,
  approval: 0.45,
  answer: 0.45,
  reply: 0.1,
  lease: 0.1,
  slot: 0.08,
  rateLimit: 0.16,
  network: 0.16,
  budget: 0.16,
  dependency: 0.08,
  paused: 0.12,
} as const satisfies Record<SpanType, number>;

const strokes: Partial<Record<SpanType, Strokes>> = {
  children: (tile) => line(tile, 0, 4, 8, 4),
  approval: (tile) => {
    line(tile, 0, 8, 8, 0);
    line(tile, -2, 2, 2, -2);
    line(tile, 6, 10, 10, 6);
  },
  answer: (tile) => {
    dot(tile, 2, 2);
    dot(tile, 6, 6);
  },
  reply: (tile) => {
    line(tile, 0, 2, 8, 2);
    dot(tile, 4, 6);
  },
  lease: (tile) => {
    line(tile, 0, 1, 8, 1);
    line(tile, 0, 5, 8, 5);
    line(tile, 4, 1, 4, 5);
  },
  slot: (tile) => {
    line(tile, 0, 8, 8, 0);
  },
  rateLimit: (tile) => {
    line(tile, 0, 0, 8, 8);
    line(tile, 4, -4, 12, 4);
    line(tile, -4, 4, 4, 12);
  },
  network: (tile) => {
    line(tile, 2, 0, 2, 8);
    line(tile, 6, 0, 6, 8);
  },
  budget: (tile) => {
    line(tile, 0, 8, 8, 0);
    line(tile, 0, 0, 8, 8);
  },
  dependency: (tile) => {
    dot(tile, 4, 4);
  },
  paused: (tile) => {
    line(tile, 1, 0, 1, 8);
    line(tile, 4, 0, 4, 8);
  },
};

/** Makes the fills of a palette for a screen of `scale` device px per px; cheap enough to be made anew for every theme. */
export function createFills(palette: Palette, scale: number): FillSpan {
  const patterns = new Map<SpanType, CanvasPattern | null>();
  return (context, type, x, y, width, height) => {
    let pattern = patterns.get(type);
    if (pattern === undefined) {
      pattern = createPattern(context, palette.spans[type], strokes[type], scale);
      patterns.set(type, pattern);
    }
    context.fillStyle = palette.background;
    context.fillRect(x, y, width, height);
    context.globalAlpha = grounds[type];
    context.fillStyle = palette.spans[type];
    context.fillRect(x, y, width, height);
    context.globalAlpha = 1;
    if (pattern !== null && width >= 2) {
      context.fillStyle = pattern;
      context.fillRect(x, y, width, height);
    }
  };
}

function createPattern(context: CanvasRenderingContext2D, color: string, draw: Strokes | undefined, scale: number): CanvasPattern | null {
  if (draw === undefined) {
    return null;
  }
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(tileSize * scale);
  canvas.height = canvas.width;
  const tile = canvas.getContext('2d');
  if (tile === null) {
    return null;
  }
  const exact = canvas.width / tileSize;
  tile.scale(exact, exact);
  tile.strokeStyle = color;
  tile.fillStyle = color;
  tile.globalAlpha = 0.75;
  tile.lineWidth = 1;
  draw(tile);
  const pattern = context.createPattern(canvas, 'repeat');
  pattern?.setTransform(new DOMMatrix().scale(1 / exact));
  return pattern;
}

function line(tile: CanvasRenderingContext2D, x1: number, y1: number, x2: number, y2: number): void {
  tile.beginPath();
  tile.moveTo(x1, y1);
  tile.lineTo(x2, y2);
  tile.stroke();
}

function dot(tile: CanvasRenderingContext2D, x: number, y: number): void {
  tile.fillRect(x - 1, y - 1, 2, 2);
}
