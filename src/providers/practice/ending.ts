import type { Finding } from './findings.ts';
import { call, type CallInput, type Planned, text, thinking } from './planned.ts';
import { field, type Story } from './story.ts';
import { brief } from './words.ts';

/** How a practice agent judges what a gate is about. */
export type Verdict = 'approve' | 'changes';

/** What an agent ends with. */
export interface Ending {
  readonly thought: string;
  readonly words: string;
  readonly summary: string;
  readonly findings: readonly Finding[];
  readonly filesRead?: readonly string[];
  readonly filesChanged?: readonly string[];
  readonly recommendations?: readonly { readonly text: string; readonly priority: 'high' | 'medium' | 'low' }[];
  readonly openQuestions?: readonly string[];
  readonly notes?: readonly string[];
  /** For a gate only. */
  readonly verdict?: Verdict | undefined;
}

/** The reply that ends an agent. A report that was refused is made plainer by what the refusal names; after two refusals words have to do. */
export function endReply(story: Story, ending: Ending): readonly Planned[] {
  const refusals = story.calls.flatMap((entry) => (entry.name === 'report' && entry.result?.isError === true ? [entry.result.text] : []));
  const [refusal] = refusals;
  if (refusals.length >= 2 || !story.tools.has('report')) {
    return [text(ending.summary)];
  }
  if (refusal !== undefined) {
    return again(ending, refusal);
  }
  return [thinking(ending.thought), text(ending.words), call('report', toInput(ending))];
}

function again(ending: Ending, refusal: string): readonly Planned[] {
  const judged = retriedVerdict(ending, refusal);
  const holds = (path: string | undefined) => path === undefined || !refusal.includes(path);
  const findings = ending.findings.filter((finding) => holds(finding.path));
  const filesChanged = (ending.filesChanged ?? []).filter(holds);
  if (findings.length < ending.findings.length || filesChanged.length < (ending.filesChanged ?? []).length) {
    const filesRead = (ending.filesRead ?? []).filter(holds);
    return [
      text('My report was not accepted as it was; I leave out what could not be confirmed.'),
      call('report', toInput({ ...ending, ...judged, findings, filesChanged, filesRead })),
    ];
  }
  const { summary = ending.summary, verdict = ending.verdict } = judged;
  return [
    text(`My report was not accepted as it was; I give its summary alone${verdict === undefined ? '' : ', with the verdict'}.`),
    call('report', { summary, ...(verdict === undefined ? {} : { verdict }) }),
  ];
}

/** An approval that is not taken, for want of a check that passed, is none. */
function retriedVerdict({ summary, verdict }: Ending, refusal: string): Partial<Pick<Ending, 'summary' | 'verdict'>> {
  return verdict === 'approve' && /\b(check|command|exit code|approv\w*)\b/i.test(refusal)
    ? { verdict: 'changes', summary: `${summary} My approval was not taken: ${brief(refusal, 200)}` }
    : {};
}

function toInput(ending: Ending): CallInput {
  return {
    summary: ending.summary,
    findings: ending.findings.map((finding) => ({ ...finding })),
    files_read: [...(ending.filesRead ?? [])],
    files_changed: [...(ending.filesChanged ?? [])],
    recommendations: (ending.recommendations ?? []).map((entry) => ({ ...entry })),
    open_questions: [...(ending.openQuestions ?? [])],
    notes: [...(ending.notes ?? [])],
    ...(ending.verdict === undefined ? {} : { verdict: ending.verdict }),
  };
}

/** What every report of the practice model says about itself. */
export const byRules = 'Written by the practice model: found by rules, not judged by a mind.';

/** Paths of the files that edits and writes of this agent have changed, over all its rounds. */
export function changedByMe(story: Story): readonly string[] {
  const done = [...story.earlierCalls, ...story.calls].filter(
    (entry) => (entry.name === 'edit_file' || entry.name === 'write_file') && entry.result?.isError === false,
  );
  return [...new Set(done.flatMap((entry) => field(entry.input, 'path') ?? []))];
}
