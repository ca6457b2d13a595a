import { asCode, inertLine, inertText } from './inertMarkdown.ts';
import type { MergedFinding, Source } from './findings.ts';
import { countText, formatCost, formatDuration, formatTokens, sentence, waitTexts } from '../rowText.ts';
import type { ResultFailure } from './runFailures.ts';
import type { RunMetrics, TimeUse } from './runMetrics.ts';
import type { RunResult } from './runResult.ts';
import { totalInput } from '../usage.ts';

/** What the text of a result needs beside it. */
export interface ResultTextOptions {
  /** Makes characters visible that could hide something. */
  readonly visible: (text: string) => string;
}

/**
 * A result as a Markdown document for people. What models wrote is escaped, so that nothing in it becomes a link, an image, HTML or a command;
 * the document itself has no links at all.
 */
export function resultText(result: RunResult, metrics: RunMetrics, { visible }: ResultTextOptions): string {
  const line = (text: string) => inertLine(visible(text));
  const code = (text: string) => asCode(visible(text));
  const whole = (text: string) => inertText(visible(text));
  const from = (sources: readonly Source[]) => sources.map((source) => line(source.label)).join(', ');
  const parts = [
    `# ${line(result.label)}`,
    `**${phaseTexts[result.phase]}** · ${factsText(result, metrics)}`,
    section('Task', [whole(result.task)]),
    section('Summary', summaryLines(result, line, whole)),
    section(
      'What failed',
      result.failures.map((failure) => {
        const attempts = failure.attempts > 1 ? ` after ${failure.attempts} attempts` : '';
        const next = failure.next === undefined ? '' : ` ${line(failure.next)}`;
        const behind = failure.notStarted.length === 0 ? '' : ` Not started because of it: ${failure.notStarted.map(line).join(', ')}.`;
        return `- **${line(failure.title)}** failed${attempts}: ${sentence(line(failure.why))}${next}${behind}${undoneText(failure.undone, code, line)}`;
      }),
    ),
    section('Findings', findingLines(result.findings, line, code, from)),
    section(
      'Recommendations',
      result.recommendations.map((one) => `- **${one.priority}** ${line(one.text)} (${from(one.sources)})`),
    ),
    section(
      'Open questions',
      result.openQuestions.map((one) => `- ${line(one.text)} (${from(one.sources)})`),
    ),
    section(
      'Files changed',
      result.filesChanged.map(({ path, by }) => `- ${code(path)} by ${by.map(line).join(', ')}`),
    ),
    section(
      'Could not be confirmed',
      result.doubts.map((one) => `- ${line(one.text)} (${from(one.sources)})`),
    ),
    section(
      'Reviews',
      result.verdicts.map(
        ({ gate, round, verdict }) => `- ${line(gate)}, round ${round}: ${verdict === 'approve' ? 'approved' : 'asked for changes'}`,
      ),
    ),
    section(
      'Your decisions',
      result.decisions.map(
        ({ question, answer, text }) =>
          `- ${sentence(line(question))} You chose “${line(answer)}”${text === undefined ? '.' : ` and wrote: ${line(text)}`}`,
      ),
    ),
    section(
      'Proposed changes of the plan',
      result.proposals.map(({ by, reason, accepted, answer }) => {
        const state = accepted === undefined ? 'open' : accepted ? 'accepted' : 'rejected';
        return `- ${line(by)} (${state}): ${line(reason)}${answer === undefined ? '' : ` Answer: ${line(answer)}`}`;
      }),
    ),
    section(
      'Not done',
      result.undone.map(({ title, status, why }) => `- ${line(title)}: ${status}${why === undefined ? '' : `, ${line(why)}`}`),
    ),
    ...metricsParts(metrics, line),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function undoneText(undone: ResultFailure['undone'], code: (text: string) => string, line: (text: string) => string): string {
  if (undone === undefined) {
    return '';
  }
  const restored = undone.restored.length === 0 ? '' : ` Put back as before: ${undone.restored.map(code).join(', ')}.`;
  const kept = undone.kept.map(({ path, why }) => ` ${code(path)} was left as it is: ${sentence(line(why))}`);
  return `${restored}${kept.join('')}`;
}

const phaseTexts = {
  running: 'Still at work: this is what there is so far',
  paused: 'Paused: this is what there is so far',
  done: 'Done',
  partial: 'Done in part: something failed',
  failed: 'Failed',
  killed: 'Killed',
  interrupted: 'Interrupted: it can be resumed',
} as const satisfies Record<RunResult['phase'], string>;

function factsText({ workflow }: RunResult, metrics: RunMetrics): string {
  const tokens = totalInput(metrics.usage) + metrics.usage.output;
  return [
    workflow === undefined ? undefined : `workflow ${inertLine(workflow)}`,
    countText(metrics.agents, 'agent'),
    `${formatTokens(tokens)} tokens`,
    metrics.cost > 0 || !metrics.costKnown ? formatCost(metrics.cost, metrics.costKnown).replace('$', '\\$') : undefined,
    formatDuration(metrics.wallMs),
  ]
    .filter((part) => part !== undefined)
    .join(' · ');
}

function summaryLines(result: RunResult, line: (text: string) => string, whole: (text: string) => string): readonly string[] {
  const [first, ...more] = result.summaries;
  if (first === undefined) {
    return [
      result.phase === 'running' || result.phase === 'paused' ? 'Nothing has been reported yet.' : 'No agent came to report a result.',
    ];
  }
  return more.length === 0 ? [whole(first.text)] : result.summaries.map(({ from, text }) => `### ${line(from)}\n\n${whole(text)}\n`);
}

function findingLines(
  findings: readonly MergedFinding[],
  line: (text: string) => string,
  code: (text: string) => string,
  from: (sources: readonly Source[]) => string,
): readonly string[] {
  return findings.map(({ text, path, line: at, severity, sources }) => {
    const place = path === undefined ? '' : `${code(at === undefined ? path : `${path}:${at}`)} `;
    return `- ${severity === undefined ? '' : `**${severity}** `}${place}${line(text)} (${from(sources)})`;
  });
}

/** Less than this is no gain: the run waited, for a person most of all. */
const leastSpeedUp = 1.05;

function metricsParts(metrics: RunMetrics, line: (text: string) => string): readonly string[] {
  const { usage, speedUp, successRate } = metrics;
  const written = usage.cacheWrite5m + usage.cacheWrite1h;
  const repeated = [
    ...(metrics.retries === 0 ? [] : [countText(metrics.retries, 'further attempt')]),
    ...(metrics.rounds === 0 ? [] : [`${countText(metrics.rounds, 'further round')} of review`]),
  ];
  const facts = [
    `- Time: ${formatDuration(metrics.wallMs)}; the same work in a row: ${formatDuration(metrics.serialMs)}${speedUp === undefined || speedUp < leastSpeedUp ? '' : ` (speed-up ${speedUp.toFixed(1)})`}`,
    `- Tokens: ${formatTokens(usage.input)} input, ${formatTokens(usage.cacheRead)} read from the cache, ${formatTokens(written)} written to it, ${formatTokens(usage.output)} output`,
    `- Cost: ${formatCost(metrics.cost, metrics.costKnown).replace('$', '\\$')}`,
    ...(successRate === undefined ? [] : [`- Success: ${percent(successRate)} of what ended was done`]),
    ...(repeated.length === 0 ? [] : [`- Repeated: ${repeated.join(', ')}`]),
  ];
  return [
    section('In numbers', facts),
    section(
      'Critical path',
      metrics.criticalPath.map((step, index) => `${index + 1}. ${line(step.label)}: ${formatDuration(step.to - step.from)}`),
    ),
    section(
      'Where the time went',
      metrics.timeUse.map(({ use, ms, share }) => `- ${useTexts[use]}: ${percent(share)} (${formatDuration(ms)})`),
    ),
  ];
}

const useTexts: Readonly<Record<TimeUse, string>> = {
  ...waitTexts,
  approval: 'waiting for your approval',
  answer: 'waiting for your answer',
  model: 'models',
  tools: 'tools',
  paused: 'paused',
};

function percent(share: number): string {
  return share > 0 && share < 0.01 ? 'under 1 %' : `${Math.round(share * 100)} %`;
}

function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : `## ${title}\n\n${lines.join('\n')}`;
}
