import { useLayoutEffect, useRef } from 'preact/hooks';
import type { TipText } from './spanText.ts';

/** What the pointer is over, at a point of the page in px. */
export interface Tip {
  readonly x: number;
  readonly y: number;
  readonly text: TipText;
}

const gap = 14;

/** A tooltip beside the pointer, kept inside the page. */
export function SpanTip({ tip }: { readonly tip: Tip }) {
  const ref = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const box = ref.current;
    if (box !== null) {
      const right = tip.x + gap + box.offsetWidth;
      const bottom = tip.y + gap + box.offsetHeight;
      box.style.left = `${Math.max(4, right > window.innerWidth ? tip.x - gap - box.offsetWidth : tip.x + gap)}px`;
      box.style.top = `${Math.max(4, bottom > window.innerHeight ? tip.y - gap - box.offsetHeight : tip.y + gap)}px`;
    }
  });
  const [title, ...details] = tip.text;
  return (
    <div class="tip" role="tooltip" ref={ref}>
      <div class="tip-title">{title}</div>
      {details.map((line) => (
        <div key={line}>{line}</div>
      ))}
    </div>
  );
}
