import type { TimeRange } from './viewport.ts';

/** A tick of the time axis at `at` (ms since the epoch). */
export interface Tick {
  readonly at: number;
  readonly label: string;
}

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const steps = [
  1,
  2,
  5,
  10,
  20,
  50,
  100,
  200,
  500,
  second,
  2 * second,
  5 * second,
  10 * second,
  15 * second,
  30 * second,
  minute,
  2 * minute,
  5 * minute,
  10 * minute,
  15 * minute,
  30 * minute,
  hour,
  2 * hour,
  3 * hour,
  6 * hour,
  12 * hour,
  day,
  2 * day,
  7 * day,
  14 * day,
  28 * day,
  91 * day,
  364 * day,
];

/**
 * Round moments in a range, about `spacing` px apart on `width` px. Labels count from `origin` (a run's start) when it is given,
 * and are times of day otherwise.
 */
export function timeTicks(range: TimeRange, width: number, spacing: number, origin: number | undefined): readonly Tick[] {
  if (width <= 0) {
    return [];
  }
  const wanted = ((range.to - range.from) / width) * spacing;
  const step = steps.find((candidate) => candidate >= wanted) ?? day * 364;
  const base = origin ?? startOfDay(range.from);
  const ticks: Tick[] = [];
  for (let index = Math.ceil((range.from - base) / step); ticks.length < 200; index++) {
    const at = base + index * step;
    if (at > range.to) {
      break;
    }
    if (origin === undefined || at >= origin) {
      ticks.push({ at, label: origin === undefined ? clockLabel(at, step) : elapsedLabel(at - origin, step) });
    }
  }
  return ticks;
}

/** Time since the start with the precision of the step: `0`, `250 ms`, `1:05`, `2:00:00`. */
export function elapsedLabel(ms: number, step: number): string {
  if (ms === 0) {
    return '0';
  }
  if (step < second) {
    return ms < second ? `${ms} ms` : `${(ms / second).toFixed(step < 10 ? 3 : step < 100 ? 2 : 1)} s`;
  }
  const seconds = Math.floor(ms / second);
  if (seconds < 60) {
    return `${seconds} s`;
  }
  const inHour = `${Math.floor((seconds % 3600) / 60)}`;
  const rest = two(seconds % 60);
  return seconds < 3600 ? `${inHour}:${rest}` : `${Math.floor(seconds / 3600)}:${two(Number(inHour))}:${rest}`;
}

function clockLabel(at: number, step: number): string {
  const date = new Date(at);
  if (step >= day) {
    return `${date.getDate()}.${date.getMonth() + 1}.`;
  }
  const time = `${two(date.getHours())}:${two(date.getMinutes())}`;
  if (step >= minute) {
    return time;
  }
  const seconds = `${time}:${two(date.getSeconds())}`;
  return step >= second ? seconds : `${seconds}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

function startOfDay(at: number): number {
  const date = new Date(at);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
