import { type Palette, readPalette, watchTheme } from './palette.ts';
import { paintScene } from './paint.ts';
import { createFills, type FillSpan } from './patterns.ts';
import type { FindIndex, Scene } from './scene.ts';

/** Paints a canvas whenever it is told that something changed, at most once per frame, and by itself while time passes in it. */
export interface Painter {
  invalidate(): void;
  dispose(): void;
}

const fastest = 50;
const slowest = 1_000;

/** Attaches a painter to a canvas; `scene` is asked for anew at every frame. */
export function createPainter(canvas: HTMLCanvasElement, scene: () => Scene, find: FindIndex): Painter {
  const context = canvas.getContext('2d');
  const calm = window.matchMedia('(prefers-reduced-motion: reduce)');
  let look: { readonly palette: Palette; readonly fill: FillSpan; readonly scale: number } | undefined;
  let frame: number | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const invalidate = (): void => {
    frame ??= requestAnimationFrame(paint);
  };

  const paint = (): void => {
    frame = undefined;
    clearTimeout(timer);
    const shown = scene();
    if (context === null || shown.width <= 0 || shown.height <= 0) {
      return;
    }
    const scale = window.devicePixelRatio || 1;
    if (look === undefined || look.scale !== scale) {
      const palette = readPalette(canvas);
      look = { palette, fill: createFills(palette, scale), scale };
    }
    resize(canvas, shown, scale);
    context.setTransform(scale, 0, 0, scale, 0, 0);
    paintScene({ context, palette: look.palette, fill: look.fill, find }, shown);
    const { range, width, now, live } = shown;
    if (live && document.visibilityState === 'visible' && now <= range.to + slowest) {
      // There is nothing new to see before the live end has moved by a px.
      const perPixel = (range.to - range.from) / width;
      timer = setTimeout(invalidate, calm.matches ? slowest : Math.min(slowest, Math.max(fastest, perPixel)));
    }
  };

  const stopWatching = watchTheme(() => {
    look = undefined;
    invalidate();
  });
  document.addEventListener('visibilitychange', invalidate);
  return {
    invalidate,
    dispose: () => {
      stopWatching();
      document.removeEventListener('visibilitychange', invalidate);
      clearTimeout(timer);
      if (frame !== undefined) {
        cancelAnimationFrame(frame);
      }
    },
  };
}

function resize(canvas: HTMLCanvasElement, { width, height }: Scene, scale: number): void {
  const deviceWidth = Math.round(width * scale);
  const deviceHeight = Math.round(height * scale);
  if (canvas.width !== deviceWidth || canvas.height !== deviceHeight) {
    canvas.width = deviceWidth;
    canvas.height = deviceHeight;
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
  }
}
