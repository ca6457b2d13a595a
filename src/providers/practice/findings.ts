import { isGenerated, isTestPath, type Probe, type Severity } from './probes.ts';
import type { CallInput } from './planned.ts';
import type { PastCall } from './story.ts';
import { hitsOf, isWithin, linesRead, readsOf, type SeenLine } from './toolText.ts';
import { brief, distinct } from './words.ts';

/** A finding as the report tool takes it. */
export interface Finding {
  readonly text: string;
  readonly path?: string;
  readonly line?: number;
  readonly severity: Severity;
}

/** How a finding begins that tells of a line its agent has changed. */
export const correction = 'Corrected: ';

/** A line for which a probe's claim holds. */
export interface Hit extends SeenLine {
  readonly probe: Probe;
}

const ranks: Readonly<Record<Severity, number>> = { high: 0, medium: 1, low: 2, info: 3 };
/** For sorting: the graver comes first. */
export const bySeverity = (a: { readonly severity: Severity }, b: { readonly severity: Severity }): number =>
  ranks[a.severity] - ranks[b.severity];

/**
 * The lines the searches found for which a probe's claim holds, best first: own sources before tests before generated files. A line that
 * reads otherwise in the file than in the search has changed since, and is left out.
 */
export function confirmedHits(
  calls: readonly PastCall[],
  probes: readonly Probe[],
  keep: (path: string, probe: Probe) => boolean,
): readonly Hit[] {
  const read = linesRead(calls);
  const hits = hitsOf(calls).flatMap((hit): Hit[] => {
    const probe = probes.find((entry) => entry.pattern === hit.pattern);
    const now = read.get(hit.path)?.get(hit.line);
    const line = now === undefined ? hit : { ...hit, text: now };
    const same = now === undefined || now.includes(coreOf(hit.text));
    return probe !== undefined && keep(hit.path, probe) && isWorthTelling(hit.path, probe) && same && probe.holds(line)
      ? [{ path: line.path, line: line.line, text: line.text, probe }]
      : [];
  });
  return distinct(hits, (hit) => `${hit.path}:${hit.line}:${hit.probe.claim}`).toSorted(
    (a, b) => bySeverity(a.probe, b.probe) || placeRank(a.path) - placeRank(b.path),
  );
}

/** Nobody mends what a machine made; only what is grave, such as a secret, matters there too, and words that were asked for. */
function isWorthTelling(path: string, probe: Probe): boolean {
  return !isGenerated(path) || probe.severity === 'high' || probe.literal === true;
}

/** The beginning of a searched line, without the marks that show where a long one was cut. */
function coreOf(shown: string): string {
  return shown.trim().replace(/^… /, '').slice(0, 60).replace(/ ?…?$/, '').trim();
}

function placeRank(path: string): number {
  return isGenerated(path) ? 2 : isTestPath(path) ? 1 : 0;
}

/** What a hit says, with the line's own words. */
export function toFinding(hit: Hit): Finding {
  const quote = hit.probe.masked === true ? '' : `: ${quoted(brief(hit.text, 110))}`;
  return { text: `${hit.probe.claim}${quote}`, path: hit.path, line: hit.line, severity: hit.probe.severity };
}

/** Code in backticks of its own length, so that those of a template in it stay what they are. */
function quoted(line: string): string {
  const marks = '`'.repeat(Math.max(0, ...[...line.matchAll(/`+/g)].map((run) => run[0].length)) + 1);
  const pad = /^`|`$/.test(line) ? ' ' : '';
  return `${marks}${pad}${line}${pad}${marks}`;
}

/** At most `limit` findings: first one of every kind, then each wording, then each file, then the rest; so that copies do not crowd others out. */
export function pickFindings(hits: readonly Hit[], limit: number): readonly Finding[] {
  const kinds = distinct(hits, (hit) => hit.probe.claim);
  const wordings = distinct(hits, (hit) => `${hit.probe.claim} ${hit.text.trim()}`);
  const files = distinct(hits, (hit) => hit.path);
  const picked = distinct([...kinds, ...wordings, ...files, ...hits], (hit) => `${hit.path}:${hit.line}`, limit);
  return picked.map(toFinding).toSorted(bySeverity);
}

/** The next places worth reading: the best hit not yet read around of each file, files not yet opened first. */
export function unreadHits(calls: readonly PastCall[], hits: readonly Hit[]): readonly Hit[] {
  const read = linesRead(calls);
  const tried = new Set(calls.filter((call) => call.name === 'read_file').map((call) => call.input['path']));
  const open = distinct(
    hits.filter((hit) => read.get(hit.path)?.has(hit.line) !== true && !(tried.has(hit.path) && !read.has(hit.path))),
    (hit) => hit.path,
  );
  return [...open.filter((hit) => !read.has(hit.path)), ...open.filter((hit) => read.has(hit.path))];
}

/** Facts about files that were read: their length, when it is worth a word. */
export function longFiles(calls: readonly PastCall[], scope: readonly string[]): readonly Finding[] {
  const parts = distinct(
    readsOf(calls).filter(
      (part) =>
        isWithin(part.path, scope) && !isGenerated(part.path) && (part.total ?? 0) > 400 && !/\.(md|json|txt|lock)$/i.test(part.path),
    ),
    (part) => part.path,
    2,
  );
  return parts.map((part) => ({ text: `A long file: ${part.total} lines`, path: part.path, line: 1, severity: 'low' }));
}

/** The input of a search for a probe. */
export function searchInput(probe: Probe, path: string | undefined, limit: number): CallInput {
  return {
    pattern: probe.pattern,
    ...(path === undefined ? {} : { path }),
    ...(probe.glob === undefined ? {} : { glob: probe.glob }),
    ...(probe.literal === true ? { literal: true } : {}),
    ...(probe.ignoreCase === true ? { ignore_case: true } : {}),
    max_results: limit,
  };
}
