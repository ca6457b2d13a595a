import type { Finding, Hit } from './findings.ts';
import { fixOf } from './fixes.ts';
import { isGenerated, type Probe } from './probes.ts';
import { type Renaming, wholeName } from './taskText.ts';
import { brief, distinct, plural } from './words.ts';

const mostFiles = 40;
const mostFilesUnsure = 12;

/** Whether a brief wants one finding for each file that a change concerns, because each file becomes a task. */
export function asksPerFile(text: string): boolean {
  return /\b(one (finding )?(for each|per) file|every file that (must change|uses)|all (the )?(uses|usages|files that)|every use)\b/i.test(
    text,
  );
}

/** Finds where a name is used by itself. */
export function nameProbe({ from, to }: Renaming): Probe {
  return {
    pattern: `\\b${from.replaceAll(/[.$]/g, '\\$&')}\\b`,
    what: `“${from}”`,
    holds: (line) => wholeName(from).test(line.text),
    claim: `“${from}” is to become “${to}”`,
    severity: 'info',
    advice: '',
  };
}

/** One finding for each file, with all its lines. What nobody can certainly change is named only where nothing else is. */
export function usesByFile(hits: readonly Hit[], renaming: Renaming | undefined): readonly Finding[] {
  const own = hits.filter((hit) => !isGenerated(hit.path));
  const sure = own.filter((hit) => renaming !== undefined || fixOf(hit) !== undefined);
  const chosen = sure.length > 0 ? sure : own;
  const files = distinct(chosen, (hit) => hit.path, sure.length > 0 ? mostFiles : mostFilesUnsure);
  return files.map(({ path }) => {
    const inFile = chosen.filter((hit) => hit.path === path).toSorted((a, b) => a.line - b.line);
    const lines = distinct(inFile, (hit) => `${hit.line}`);
    const [first] = lines;
    const numbers = lines.map((hit) => `${hit.line}`).join(', ');
    return {
      text: `${plural(lines.length, 'line')} (${brief(numbers, 120)}): ${whatIn(first, renaming)}`,
      path,
      ...(first === undefined ? {} : { line: first.line }),
      severity: 'info',
    };
  });
}

function whatIn(first: Hit | undefined, renaming: Renaming | undefined): string {
  if (renaming !== undefined) {
    return `\`${renaming.from}\` becomes \`${renaming.to}\``;
  }
  const fix = first === undefined ? undefined : fixOf(first);
  return fix === undefined ? (first?.probe.claim ?? 'It is here') : `\`${brief(fix.text, 80)}\` becomes \`${brief(fix.better, 80)}\``;
}
