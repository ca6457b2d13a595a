import type { Page } from 'playwright-core';

/** What a page's frames cost while something goes on, in ms. */
export interface Frames {
  readonly count: number;
  readonly median: number;
  readonly p95: number;
  readonly worst: number;
}

/** Zooms and moves the lanes once per frame, as a person with a wheel would, and measures the frames. */
export async function measureFrames(page: Page, count: number): Promise<Frames> {
  const lengths = await page.evaluate(async (frames) => {
    const canvas = document.querySelector('.lanes-canvas');
    const box = canvas?.getBoundingClientRect();
    if (canvas === null || box === undefined) {
      return [];
    }
    const found: number[] = [];
    let last = performance.now();
    for (let frame = 0; frame < frames; frame++) {
      const sideways = frame % 3 === 0;
      canvas.dispatchEvent(
        new WheelEvent('wheel', {
          clientX: box.left + box.width / 2,
          clientY: box.top + 100,
          deltaY: sideways ? 0 : frame < frames / 2 ? -60 : 60,
          deltaX: sideways ? 40 : 0,
          cancelable: true,
        }),
      );
      await new Promise<void>((resolve) => {
        requestAnimationFrame(() => resolve());
      });
      const now = performance.now();
      found.push(now - last);
      last = now;
    }
    return found;
  }, count);
  const sorted = lengths.toSorted((a, b) => a - b);
  const at = (share: number): number => Math.round((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0) * 10) / 10;
  return { count: sorted.length, median: at(0.5), p95: at(0.95), worst: at(1) };
}
