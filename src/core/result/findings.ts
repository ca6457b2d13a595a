import { groupAlike } from './alike.ts';
import type { Report } from '../events.ts';
import type { AgentId } from '../ids.ts';

/*
 * What several reports found, recommend and ask, put together: each thing once, the most important first, with all who said it.
 */

/** Who said something. */
export interface Source {
  readonly agentId: AgentId;
  readonly label: string;
  /** It puts together what others reported, so that it is named only for what nobody else said. */
  readonly gathers?: boolean | undefined;
}

/** A report with who wrote it. */
export interface SourcedReport {
  readonly source: Source;
  readonly report: Report;
}

/** One finding as one agent worded it. */
export type FindingMention = Report['findings'][number] & { readonly source: Source };

/** A finding with everybody who made it. Text and place are of the mention that takes it most seriously. */
export interface MergedFinding {
  readonly text: string;
  readonly path?: string | undefined;
  readonly line?: number | undefined;
  /** The highest that anybody gave it. */
  readonly severity?: Severity | undefined;
  readonly sources: readonly Source[];
  /** Every wording, in the order of the reports. */
  readonly mentions: readonly FindingMention[];
}

export type Severity = NonNullable<Report['findings'][number]['severity']>;
type Recommendation = Report['recommendations'][number];

/** A recommendation or an open question with everybody who made it. */
export interface MergedText {
  readonly text: string;
  readonly sources: readonly Source[];
}
export interface MergedRecommendation extends MergedText {
  /** The highest that anybody gave it. */
  readonly priority: Recommendation['priority'];
}

/** Lines this far apart still count as one place: agents cite the head of a block or the line within it. */
const nearLines = 3;
/** How alike two findings must be at one place, and when neither names one. */
const leastAtPlace = 0.5;
const leastWithoutPlace = 0.7;
const never = Number.POSITIVE_INFINITY;

/** The findings of all reports, each once: the severest first, then those that more agents made, then in the order of the reports. */
export function mergeFindings(reports: readonly SourcedReport[]): readonly MergedFinding[] {
  const mentions = reports.flatMap(({ source, report }) => report.findings.map((finding) => ({ ...finding, source })));
  const merged = groupAlike(mentions, (mention) => mention.text, leastLikeness).map(mergeMentions);
  return merged.toSorted((a, b) => severityRank(a.severity) - severityRank(b.severity) || b.sources.length - a.sources.length);
}

/** The recommendations of all reports, each once, the most urgent first. */
export function mergeRecommendations(reports: readonly SourcedReport[]): readonly MergedRecommendation[] {
  const all = reports.flatMap(({ source, report }) => report.recommendations.map((one) => ({ ...one, source })));
  return groupTexts(all)
    .map((group) => {
      const best = group.reduce((first, other) =>
        priorities.indexOf(other.priority) < priorities.indexOf(first.priority) ? other : first,
      );
      return { text: best.text, priority: best.priority, sources: distinct(group) };
    })
    .toSorted((a, b) => priorities.indexOf(a.priority) - priorities.indexOf(b.priority) || b.sources.length - a.sources.length);
}

/** The open questions of all reports, each once, in the order of the reports. */
export function mergeQuestions(reports: readonly SourcedReport[]): readonly MergedText[] {
  const all = reports.flatMap(({ source, report }) => report.openQuestions.map((text) => ({ text, source })));
  return groupTexts(all).flatMap((group) => {
    const [first] = group;
    return first === undefined ? [] : [{ text: first.text, sources: distinct(group) }];
  });
}

const priorities: readonly Recommendation['priority'][] = ['high', 'medium', 'low'];
/** A finding that nobody rated is more than a mere note. */
const severities: readonly (Severity | undefined)[] = ['high', 'medium', 'low', undefined, 'info'];

function severityRank(severity: Severity | undefined): number {
  return severities.indexOf(severity);
}

function leastLikeness(a: FindingMention, b: FindingMention): number {
  if (a.path !== b.path) {
    return never;
  }
  if (a.path === undefined) {
    return leastWithoutPlace;
  }
  return a.line !== undefined && b.line !== undefined && Math.abs(a.line - b.line) > nearLines ? never : leastAtPlace;
}

function mergeMentions(mentions: readonly FindingMention[]): MergedFinding {
  // Who found it says it best; who only passes it on may have added to the words.
  const best = mentions
    .toSorted((a, b) => Number(a.source.gathers === true) - Number(b.source.gathers === true))
    .reduce((first, other) => (severityRank(other.severity) < severityRank(first.severity) ? other : first));
  const line = best.line ?? mentions.find((mention) => mention.line !== undefined)?.line;
  return { text: best.text, path: best.path, line, severity: best.severity, sources: distinct(mentions), mentions };
}

function groupTexts<T extends MergedTextPart>(items: readonly T[]): readonly (readonly T[])[] {
  return groupAlike(
    items,
    (item) => item.text,
    () => leastWithoutPlace,
  );
}

interface MergedTextPart {
  readonly text: string;
  readonly source: Source;
}

function distinct(parts: readonly MergedTextPart[]): readonly Source[] {
  const all = [...new Map(parts.map(({ source }) => [source.agentId, source])).values()];
  const first = all.filter(({ gathers }) => gathers !== true);
  return first.length === 0 ? all : first;
}
