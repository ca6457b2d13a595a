import { type Assignment, toAssignment } from './assignment.ts';
import { conduct } from './conduct.ts';
import { byRules, endReply } from './ending.ts';
import type { Finding } from './findings.ts';
import { changedFiles, type EarlierResult, type Given, readGiven } from './given.ts';
import { judge } from './judging.ts';
import { call, type Planned, text, thinking } from './planned.ts';
import type { Severity } from './probes.ts';
import { field, type Story } from './story.ts';
import { isGone, mergeFindings, mergeRecommendations } from './synthesis.ts';
import { cleanPath, linesRead, readsOf } from './toolText.ts';
import { brief, distinct, listOf, plural } from './words.ts';
import { decideWorker } from './worker.ts';

const mostChecks = 3;
const mostFindings = 20;

/** An agent that puts reports together: each finding once, by weight, the gravest looked at again. Without reports it looks for itself. */
export function decideAnalyst(story: Story): readonly Planned[] {
  const given = readGiven(story);
  if (given.results.length === 0) {
    return decideWorker(story);
  }
  const assignment = toAssignment(story);
  const merged = mergeFindings(given.results.map((result) => result.report));
  return conduct({ story, assignment, next: () => checkGravest(story, merged), end: () => analysis(story, assignment, given, merged) });
}

/** Looks at the gravest places in one go before they are repeated. */
function checkGravest(story: Story, merged: readonly Finding[]): readonly Planned[] | undefined {
  const tried = story.calls.some((entry) => entry.name === 'read_file');
  const places = merged.filter((finding) => finding.path !== undefined && finding.line !== undefined);
  const grave = places.filter((finding) => finding.severity === 'high');
  const chosen = distinct(grave.length > 0 ? grave : places.slice(0, 1), (finding) => `${finding.path}:${finding.line}`, mostChecks);
  if (tried || chosen.length === 0 || !story.tools.has('read_file')) {
    return undefined;
  }
  const reads = chosen.map(({ path = '', line = 1 }) => call('read_file', { path, from_line: Math.max(1, line - 5), to_line: line + 5 }));
  return [
    thinking('A report is worth what its places are worth. I look at the gravest before I repeat them.'),
    text(`I check ${listOf(chosen.map((finding) => `${finding.path}:${finding.line}`))} myself.`),
    ...reads,
  ];
}

function analysis(story: Story, assignment: Assignment, given: Given, merged: readonly Finding[]): readonly Planned[] {
  const lines = linesRead(story.calls);
  const dropped = merged.filter((finding) => isGone(lines, finding) || isAbsent(story, finding));
  const findings = merged.filter((finding) => !dropped.includes(finding)).slice(0, mostFindings);
  const heard = given.results.filter((result) => !result.missing);
  const missing = given.results.filter((result) => result.missing);
  const total = heard.reduce((sum, result) => sum + result.report.findings.length, 0);
  const sources = new Map(findings.map((finding) => [finding, sourcesOf(finding, heard)]));
  const changed = changedFiles(given.results);
  return endReply(story, {
    thought: 'Each place once, the gravest first, nothing that no report says.',
    words: `${plural(total, 'finding')} in ${plural(heard.length, 'report')} come to ${findings.length}.`,
    summary: [
      `About “${brief(assignment.task, 120)}”: ${plural(total, 'finding')} in ${plural(heard.length, 'report')}${heard.length === 0 ? '' : ` (${listOf(heard.map((result) => result.title))})`}, ${findings.length} after removing duplicates${weights(findings)}.`,
      ...(findings[0]?.path === undefined ? [] : [`First to settle: ${findings[0].path}:${findings[0].line ?? 1}.`]),
      ...(changed.length === 0 ? [] : [`Changed: ${listOf(changed)}.`]),
      ...(dropped.length === 0
        ? []
        : [`Dropped, because the place does not say so now: ${listOf(dropped.map((finding) => `${finding.path}:${finding.line ?? 1}`))}.`]),
      ...(missing.length === 0 ? [] : [`Without a report: ${listOf(missing.map((result) => result.title))}.`]),
      ...heard.map((result) => `${result.title}: ${brief(result.report.summary, 400)}`),
    ].join('\n'),
    findings: findings.map((finding) => withSources(finding, sources.get(finding) ?? [], heard.length)),
    filesRead: distinct(readsOf(story.calls), (part) => part.path).map((part) => part.path),
    recommendations: mergeRecommendations(heard.map((result) => result.report)).slice(0, 8),
    openQuestions: distinct(
      heard.flatMap((result) => result.report.openQuestions),
      (entry) => entry,
      12,
    ),
    notes: [byRules],
    verdict: given.verdict === undefined ? undefined : judge(findings, given.round?.number ?? 1),
  });
}

/** A cited file that could not be read because there is none. */
function isAbsent(story: Story, finding: Finding): boolean {
  return story.calls.some(
    (entry) =>
      entry.name === 'read_file' &&
      entry.result?.isError === true &&
      /does not exist/i.test(entry.result.text) &&
      cleanPath(field(entry.input, 'path') ?? '') === finding.path,
  );
}

function sourcesOf(finding: Finding, heard: readonly EarlierResult[]): readonly string[] {
  const says = (other: Finding) =>
    finding.path === undefined || finding.line === undefined
      ? other.text === finding.text
      : other.path === finding.path && other.line === finding.line;
  return heard.filter((result) => result.report.findings.some(says)).map((result) => result.title);
}

/** Who found it, where there were several who could have. */
function withSources(finding: Finding, sources: readonly string[], reports: number): Finding {
  return reports < 2 || sources.length === 0 ? finding : { ...finding, text: `${finding.text} (found by ${listOf(sources)})` };
}

function weights(findings: readonly Finding[]): string {
  const count = (severity: Severity) => findings.filter((finding) => finding.severity === severity).length;
  const parts = (['high', 'medium', 'low', 'info'] as const)
    .filter((severity) => count(severity) > 0)
    .map((severity) => `${count(severity)} ${severity}`);
  return parts.length === 0 ? '' : ` (${listOf(parts)})`;
}
