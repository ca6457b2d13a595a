import type { Outcome, Report } from '../events.ts';
import { renderPlace } from '../history.ts';
import type { Agent } from '../state.ts';

/** An agent's result as its parent's model reads it. */
export function reportText(agent: Pick<Agent, 'label' | 'id'>, outcome: Outcome): string {
  switch (outcome.kind) {
    case 'done':
      return renderReport(outcome.report);
    case 'failed':
      return `${agent.label} failed and has no report: ${outcome.failure.message}`;
    case 'killed':
      return `${agent.label} was killed by ${outcome.by.kind === 'person' ? 'the person' : `an ${outcome.by.kind}`} and has no report.`;
    case 'interrupted':
      return `${agent.label} was interrupted and has no report yet.`;
  }
}

/** A report as plain text: the summary, then each part that is not empty. */
export function renderReport(report: Report): string {
  const parts = [
    report.summary,
    report.verdict === undefined ? '' : `Verdict: ${report.verdict}`,
    (report.doubts ?? []).map((doubt) => `Not confirmed: ${doubt}`).join('\n'),
    section('Findings', report.findings.map(renderFinding)),
    section('Files changed', report.filesChanged),
    section('Files read', report.filesRead),
    section(
      'Recommendations',
      report.recommendations.map(({ text, priority }) => `[${priority}] ${text}`),
    ),
    section('Open questions', report.openQuestions),
    section('Notes', report.notes),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

function renderFinding({ text, path, line, severity }: Report['findings'][number]): string {
  const level = severity === undefined ? '' : `[${severity}] `;
  const place = path === undefined ? '' : `${renderPlace({ path, line })}: `;
  return `${level}${place}${text}`;
}

function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : [`${title}:`, ...lines.map((line) => `- ${line}`)].join('\n');
}
