import type { Member } from './crew.ts';
import { bySeverity, correction, type Finding } from './findings.ts';
import { endReply } from './ending.ts';
import type { Planned } from './planned.ts';
import type { Severity } from './probes.ts';
import { isSteering } from './steering.ts';
import { field, type Story } from './story.ts';
import { cleanPath, linesRead } from './toolText.ts';
import { brief, distinct, listOf, plural } from './words.ts';

/** What one report says, read back from its text. */
export interface ReadReport {
  readonly summary: string;
  readonly findings: readonly Finding[];
  readonly recommendations: readonly { readonly text: string; readonly priority: 'high' | 'medium' | 'low' }[];
  readonly filesRead: readonly string[];
  readonly filesChanged: readonly string[];
  readonly openQuestions: readonly string[];
}

/** Reads a report as it was rendered for its parent. */
export function readReport(report: string): ReadReport {
  const sections = new Map<string, string[]>();
  const summary: string[] = [];
  let current: string[] = summary;
  for (const line of report.split('\n')) {
    // The verdict is told apart from what was found.
    if (/^Verdict: (approve|changes)$/.test(line)) {
      continue;
    }
    const title = /^(Findings|Files changed|Files read|Recommendations|Open questions|Notes):$/.exec(line)?.[1];
    if (title !== undefined) {
      current = [];
      sections.set(title, current);
    } else if (current === summary || !line.startsWith('- ')) {
      current.push(line);
    } else {
      current.push(line.slice(2));
    }
  }
  const items = (title: string) => (sections.get(title) ?? []).filter((line) => line.trim() !== '');
  return {
    summary: summary.join('\n').trim(),
    findings: items('Findings').map(readFinding),
    recommendations: items('Recommendations').map((line) => ({ text: line.replace(/^\[\w+\] /, ''), priority: priorityOf(line) })),
    filesRead: items('Files read'),
    filesChanged: items('Files changed'),
    openQuestions: items('Open questions'),
  };
}

function readFinding(line: string): Finding {
  const match = /^(?:\[(high|medium|low|info)\] )?(?:([^\s:][^:]*?)(?::(\d+)(?:-\d+)?)?: )?(.*)$/.exec(line);
  const [, severity, path, number, rest = line] = match ?? [];
  const isPlace = path !== undefined && (number !== undefined || /[/.]/.test(path)) && !path.includes(' ');
  return {
    text: isPlace ? rest : line.replace(/^\[\w+\] /, ''),
    ...(isPlace ? { path: cleanPath(path) } : {}),
    ...(isPlace && number !== undefined ? { line: Number(number) } : {}),
    severity: toSeverity(severity),
  };
}

const toSeverity = (value: string | undefined): Severity => (value === 'high' || value === 'medium' || value === 'low' ? value : 'info');

function priorityOf(line: string): 'high' | 'medium' | 'low' {
  const severity = toSeverity(/^\[(\w+)\]/.exec(line)?.[1]);
  return severity === 'info' ? 'low' : severity;
}

/** All findings of a crew, each place and each text once: the graver words of two on one place, but what corrected it above all. */
export function mergeFindings(reports: readonly ReadReport[]): readonly Finding[] {
  const found = reports.flatMap((report) => report.findings);
  const corrected = found.filter((finding) => finding.text.startsWith(correction));
  const isOver = (finding: Finding) =>
    corrected.some((other) => other !== finding && other.path === finding.path && other.line === finding.line);
  const all = found.filter((finding) => !isOver(finding)).toSorted(bySeverity);
  return distinct(all, (finding) =>
    finding.path === undefined || finding.line === undefined ? finding.text : `${finding.path}:${finding.line}`,
  );
}

const priorities = { high: 0, medium: 1, low: 2 } as const;

/** Recommendations once each, with every place's weight: what several agents recommend comes first within its priority. */
export function mergeRecommendations(reports: readonly ReadReport[]): ReadReport['recommendations'] {
  const all = reports.flatMap((report) => report.recommendations).toSorted((a, b) => priorities[a.priority] - priorities[b.priority]);
  const votes = (wanted: string) => all.filter((entry) => entry.text === wanted).length;
  return distinct(all, (entry) => entry.text).toSorted(
    (a, b) => priorities[a.priority] - priorities[b.priority] || votes(b.text) - votes(a.text),
  );
}

const maxFindings = 20;

/** The reply that ends a lead: what its agents found, put together. */
export function leadReport(
  story: Story,
  crew: readonly Member[],
  task: string,
  own: readonly Finding[],
  inScope: (path: string) => boolean,
): readonly Planned[] {
  const heard = crew.filter((member) => member.report !== undefined && !member.lost);
  const reports = heard.map((member) => readReport(member.report?.text ?? ''));
  const read = linesRead(story.calls);
  const findings = mergeFindings([...reports, { ...emptyReport, findings: own }])
    .filter((finding) => (finding.path === undefined || inScope(finding.path)) && !(finding.line !== undefined && isGone(read, finding)))
    .slice(0, maxFindings);
  return endReply(story, {
    thought: 'Put the reports together: each place once, the gravest first, nothing that no agent saw.',
    words: `${listOf(heard.map((member) => member.label)) || 'Nobody'} reported. I put ${plural(findings.length, 'finding')} together.`,
    summary: summaryOf(task, crew, heard, reports, findings),
    findings,
    filesRead: distinct(
      reports.flatMap((report) => report.filesRead),
      (path) => path,
      60,
    ),
    filesChanged: distinct(
      reports.flatMap((report) => report.filesChanged),
      (path) => path,
    ),
    recommendations: mergeRecommendations(reports).slice(0, 8),
    openQuestions: distinct(
      reports.flatMap((report) => report.openQuestions),
      (entry) => entry,
    ),
    notes: notesOf(story, crew),
  });
}

const emptyReport: ReadReport = { summary: '', findings: [], recommendations: [], filesRead: [], filesChanged: [], openQuestions: [] };

/** A line that its reader read itself and that no longer says what the finding quotes. */
export function isGone(read: ReadonlyMap<string, ReadonlyMap<number, string>>, finding: Finding): boolean {
  const now = read.get(finding.path ?? '')?.get(finding.line ?? 0);
  const quote = /`([^`…]{8,})/.exec(finding.text)?.[1];
  return now !== undefined && quote !== undefined && !now.replace(/\s+/g, ' ').includes(quote.trim());
}

function summaryOf(
  task: string,
  crew: readonly Member[],
  heard: readonly Member[],
  reports: readonly ReadReport[],
  findings: readonly Finding[],
): string {
  const count = (severity: Severity) => findings.filter((finding) => finding.severity === severity).length;
  const weights = (['high', 'medium', 'low', 'info'] as const)
    .filter((severity) => count(severity) > 0)
    .map((severity) => `${count(severity)} ${severity}`);
  const lost = crew.filter((member) => member.report === undefined || member.lost);
  const changed = distinct(
    reports.flatMap((report) => report.filesChanged),
    (path) => path,
  );
  const head = `Task: ${brief(task, 160)}. ${plural(crew.length, 'agent')} worked on it, ${heard.length} reported.`;
  return [
    head,
    findings.length === 0
      ? 'No finding came out of it.'
      : `${plural(findings.length, 'finding')} after removing duplicates (${listOf(weights)}).`,
    ...(changed.length === 0 ? [] : [`Changed: ${listOf(changed)}.`]),
    ...(lost.length === 0 ? [] : [`Without a report: ${listOf(lost.map((member) => member.label))}.`]),
    ...heard.map((member, index) => `${member.label}: ${brief(reports[index]?.summary ?? '', 220)}`),
  ].join('\n');
}

function notesOf(story: Story, crew: readonly Member[]): string[] {
  const steered = story.heard.filter((message) => isSteering(message) && message.from === 'person');
  const answer = story.calls.findLast((entry) => entry.name === 'ask_person' && entry.result?.isError === false);
  return [
    'Written by the practice model: decided by rules, from what the agents read in this workspace.',
    ...(answer === undefined
      ? []
      : [
          `The person was asked “${brief(field(answer.input, 'question') ?? '', 100)}” and answered: ${brief(answer.result?.text ?? '', 120)}`,
        ]),
    ...steered.map((message) => `Steered on the way: “${brief(message.text, 120)}”`),
    ...crew.filter((member) => member.lost).map((member) => brief(member.report?.text ?? member.label, 200)),
  ];
}
