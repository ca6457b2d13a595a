import { useEffect, useRef } from 'preact/hooks';
import { type SpanType, spanTypes, spanWords } from '../text/words.ts';
import type { Store } from '../store.ts';
import { readPalette, watchTheme } from './palette.ts';
import { createFills } from './patterns.ts';
import type { FindIndex } from './scene.ts';

/** The types of span that occur, each drawn exactly as in the lanes. */
export function Legend({ store, find }: { readonly store: Store; readonly find: FindIndex }) {
  const { lanes } = store.mirror.value.state;
  let present = 0;
  for (const agent of store.agents.value) {
    const lane = lanes[agent.id];
    present |= lane === undefined ? 0 : find(lane).types;
  }
  return (
    <ul class="legend" aria-label="Types of span">
      {spanTypes.map((type, number) =>
        (present & (1 << number)) === 0 ? null : (
          <li key={type}>
            <Swatch type={type} />
            {spanWords[type]}
          </li>
        ),
      )}
      <li>
        <span class="mark-swatch" /> Message read
      </li>
    </ul>
  );
}

const width = 22;
const height = 12;

function Swatch({ type }: { readonly type: SpanType }) {
  const ref = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const canvas = ref.current;
    const context = canvas?.getContext('2d') ?? null;
    if (canvas === null || context === null) {
      return;
    }
    const paint = (): void => {
      const scale = window.devicePixelRatio || 1;
      canvas.width = width * scale;
      canvas.height = height * scale;
      context.setTransform(scale, 0, 0, scale, 0, 0);
      const palette = readPalette(canvas);
      createFills(palette, scale)(context, type, 0, 0, width, height);
      if (palette.outline !== undefined) {
        context.strokeStyle = palette.outline;
        context.strokeRect(0.5, 0.5, width - 1, height - 1);
      }
    };
    paint();
    return watchTheme(paint);
  }, [type]);
  return <canvas class="swatch" ref={ref} aria-hidden="true" />;
}
