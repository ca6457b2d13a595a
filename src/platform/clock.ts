import type { Clock } from '../orchestrator/ports.ts';

/** Where a clock gets its time from, in ms: `wall` may jump either way, `monotonic` counts on evenly from any origin. */
export interface TimeSource {
  readonly wall: () => number;
  readonly monotonic: () => number;
}

/**
 * The real clock. It keeps an even pace whatever is done to the system's time, and never goes back; when the system's time is far ahead, as
 * after the machine slept, it catches up in one step.
 */
export function createClock(source: TimeSource = { wall: () => Date.now(), monotonic: () => performance.now() }): Clock {
  let offset = source.wall() - source.monotonic();
  return {
    now: () => {
      const steady = source.monotonic() + offset;
      const ahead = source.wall() - steady;
      if (ahead > maxBehindMs) {
        offset += ahead;
        return steady + ahead;
      }
      return steady;
    },
    sleep,
  };
}

/** Some systems stop the monotonic time while they sleep; a lag beyond this is such a sleep and not a drift. */
const maxBehindMs = 60_000;
/** A longer timer would fire at once. */
const maxTimerMs = 2_147_483_647;

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(signal.reason);
      return;
    }
    let left = ms;
    let timer: NodeJS.Timeout;
    const abort = (): void => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const wait = (): void => {
      const step = Math.min(left, maxTimerMs);
      left -= step;
      timer = setTimeout(() => {
        if (left > 0) {
          wait();
          return;
        }
        signal.removeEventListener('abort', abort);
        resolve();
      }, step);
    };
    wait();
    signal.addEventListener('abort', abort, { once: true });
  });
}
