/**
 * The text after a unified diff of one file, or undefined if the diff does not fit the text exactly. Only for showing a plan beside what
 * is there now: nothing is ever written from it.
 */
export function applyUnifiedDiff(before: string, diff: string): string | undefined {
  const eol = before.includes('\r\n') ? '\r\n' : '\n';
  const old = before === '' ? [] : before.split(/\r?\n/);
  const result: string[] = [];
  let at = 0;
  let sawHunk = false;
  let left = { old: 0, new: 0 };
  for (const line of diff.split('\n')) {
    const text = line.endsWith('\r') ? line.slice(0, -1) : line;
    if (left.old === 0 && left.new === 0) {
      const hunk = /^@@ -(\d+)(?:,(\d+))? \+\d+(?:,(\d+))? @@/.exec(text);
      if (hunk === null) {
        continue;
      }
      sawHunk = true;
      left = { old: Number(hunk[2] ?? 1), new: Number(hunk[3] ?? 1) };
      const start = left.old === 0 ? Number(hunk[1]) : Number(hunk[1]) - 1;
      if (start < at || start > old.length) {
        return undefined;
      }
      result.push(...old.slice(at, start));
      at = start;
      continue;
    }
    const mark = text[0] ?? ' ';
    const content = text.slice(1);
    if (mark === '\\') {
      continue;
    }
    if (mark !== '+') {
      if (old[at] !== content) {
        return undefined;
      }
      at += 1;
      left = { ...left, old: left.old - 1 };
    }
    if (mark !== '-') {
      result.push(content);
      left = { ...left, new: left.new - 1 };
    }
  }
  if (!sawHunk || left.old !== 0 || left.new !== 0) {
    return undefined;
  }
  return [...result, ...old.slice(at)].join(eol);
}
