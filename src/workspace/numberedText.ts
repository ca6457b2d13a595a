/** How much of a file is shown at once. */
export interface ShowLimits {
  readonly lines: number;
  readonly chars: number;
}

/** Lines of a file with their numbers, as a model sees them. */
export interface ShownText {
  readonly text: string;
  /** First and last line shown; `to` is `from - 1` when there is none. */
  readonly from: number;
  readonly to: number;
  readonly total: number;
  /** Some line was too long and is shown in part. */
  readonly cut: boolean;
}

export const readLimits: ShowLimits = { lines: 2000, chars: 60_000 };
/** Smaller, because it comes unasked. */
export const freshLimits: ShowLimits = { lines: 400, chars: 20_000 };

const maxLineLength = 4000;

/** Lines of a text whose line ends are LF; the end of the last line does not begin another. */
export function linesOf(text: string): readonly string[] {
  const lines = text.split('\n');
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}

/** Shows lines `from` to `to` as `path (lines a-b of n)` and numbered lines, within the limits, and says how to go on. */
export function showLines(text: string, display: string, from: number, to: number, limits: ShowLimits): ShownText {
  const lines = linesOf(text);
  const total = lines.length;
  if (total === 0) {
    return { text: `${display} (empty file)`, from: 1, to: 0, total, cut: false };
  }
  const wanted = Math.min(to, total);
  const shown: string[] = [];
  let chars = 0;
  let cut = false;
  let next = from;
  for (; next <= wanted && shown.length < limits.lines; next++) {
    const line = lines[next - 1] ?? '';
    const short = shorten(line);
    chars += short.length + 7;
    if (chars > limits.chars && shown.length > 0) {
      break;
    }
    cut ||= short !== line;
    shown.push(`${String(next).padStart(5)}\t${short}`);
  }
  const head = `${display} (lines ${from}-${next - 1} of ${total})`;
  const rest = next <= wanted ? [`(${wanted - next + 1} more lines; go on with from_line ${next})`] : [];
  return { text: [head, ...shown, ...rest].join('\n'), from, to: next - 1, total, cut };
}

function shorten(line: string): string {
  if (line.length <= maxLineLength) {
    return line;
  }
  const kept = line.slice(0, maxLineLength).replace(/[\ud800-\udbff]$/, '');
  return `${kept} … (${line.length - kept.length} more characters in this line)`;
}
