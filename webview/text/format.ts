/** A length of time in the two units that matter: `850 ms`, `4.2 s`, `3 m 05 s`, `2 h 05 m`, `3 d 4 h`. */
export function formatDuration(ms: number): string {
  if (!Number.isFinite(ms) || ms < 0) {
    return '0 ms';
  }
  if (ms < 999.5) {
    return `${Math.round(ms)} ms`;
  }
  if (ms < 9_950) {
    return `${(ms / 1000).toFixed(1)} s`;
  }
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) {
    return `${seconds} s`;
  }
  if (seconds < 3_600) {
    return `${Math.floor(seconds / 60)} m ${twoDigits(seconds % 60)} s`;
  }
  const minutes = Math.floor(seconds / 60);
  if (minutes < 1_440) {
    return `${Math.floor(minutes / 60)} h ${twoDigits(minutes % 60)} m`;
  }
  const hours = Math.floor(minutes / 60);
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** A count with every digit, grouped. */
export function formatCount(count: number): string {
  return Math.round(count).toLocaleString('en-US');
}

/** The time of day of a moment (ms since the epoch) in the reader's time zone: `14:03:09`. */
export function formatClock(at: number): string {
  const date = new Date(at);
  return Number.isNaN(date.getTime())
    ? '–'
    : `${twoDigits(date.getHours())}:${twoDigits(date.getMinutes())}:${twoDigits(date.getSeconds())}`;
}

/** A day and time of day, for runs that may be of another day: `21 Nov, 14:03`. */
export function formatDay(at: number): string {
  const date = new Date(at);
  return Number.isNaN(date.getTime())
    ? '–'
    : `${date.getDate()} ${months[date.getMonth()] ?? ''}, ${twoDigits(date.getHours())}:${twoDigits(date.getMinutes())}`;
}

/** A share between 0 and 1 as a whole percentage. */
export function formatShare(share: number): string {
  return `${Math.round(Math.min(1, Math.max(0, share)) * 100)} %`;
}

/** A size in bytes: `812 B`, `1.2 KB`, `3.4 MB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1_000) {
    return `${Math.max(0, Math.round(bytes))} B`;
  }
  return bytes < 999_500 ? `${(bytes / 1_000).toFixed(1)} KB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
