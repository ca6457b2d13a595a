import { useEffect, useState } from 'preact/hooks';

/** Renders again every `ms` while `on` and the page is visible, for texts that count time. */
export function useTick(on: boolean, ms: number): void {
  const [, setCount] = useState(0);
  useEffect(() => {
    if (!on) {
      return;
    }
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') {
        setCount((count) => count + 1);
      }
    }, ms);
    return () => clearInterval(timer);
  }, [on, ms]);
}
