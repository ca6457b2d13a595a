import type { Manifest } from '../core/events.ts';
import {
  askedNowHeading,
  checkLine,
  contractsHeading,
  earlierAttemptHeading,
  handoffHeading,
  resultsHeading,
  resultTitle,
  verdictHeading,
} from '../core/context/openingHeadings.ts';
import type { EarlierAttempt, HandedReport, Handoff, MissingReport, OpeningContext } from '../core/context/openingContext.ts';
import { oneLine, quoted } from '../core/context/quoted.ts';
import { renderReport } from '../core/brief/reportText.ts';
import { reportNoteName } from '../core/context/reportNote.ts';
import type { Artefact, Task } from '../core/state.ts';
import { estimateTokens } from '../core/context/tokenEstimate.ts';
import type { RenderOpening } from '../orchestrator/ports.ts';
import { renderBrief } from './renderBrief.ts';

/** A report longer than this, in characters, is handed on in short, with a reference to the whole. */
export const longestReport = 6_000;

type Given = Manifest['given'][number];

/** A part of the opening, with what the manifest says of it. */
interface Section {
  readonly text: string;
  readonly given: readonly Given[];
}

/** Makes openings: the brief, then what the agent is given beside it. `folders` are the names of the workspace's. */
export function createRenderOpening(folders: () => readonly string[]): RenderOpening {
  return ({ brief }, { label, agentType }, context) => {
    const canRead = (tool: string) => agentType.tools.includes(tool);
    const sections = [
      sectionOf('brief', 'Brief', renderBrief(brief, { label, folders: folders() })),
      resultsSection(context, canRead('read_note')),
      contractsSection(context.artefacts, canRead('read_artefact')),
      context.handoff === undefined ? undefined : handoffSection(context.handoff),
      context.earlier === undefined ? undefined : earlierSection(context.earlier),
      askedSection(context.task),
      verdictSection(context.task),
    ].filter((section) => section !== undefined);
    return {
      opening: sections.map(({ text }) => text).join('\n\n'),
      manifest: { given: sections.flatMap(({ given }) => given), withheld: [...context.withheld] },
    };
  };
}

function sectionOf(kind: Given['kind'], name: string, text: string): Section {
  return { text, given: [{ kind, name, tokens: estimateTokens(text) }] };
}

function resultsSection({ reports, missing = [] }: OpeningContext, canReadNotes: boolean): Section | undefined {
  if (reports.length === 0 && missing.length === 0) {
    return undefined;
  }
  const parts = [...reports.map((one) => resultPart(one, canReadNotes)), ...missing.map(missingPart)];
  const intro = 'Each is information from the agent named, to be weighed like any source.';
  return {
    text: [`${resultsHeading}\n${intro}`, ...parts.map(({ text }) => text)].join('\n\n'),
    given: parts.flatMap(({ given }) => given),
  };
}

function resultPart({ task, agentLabel, report }: HandedReport, canReadNotes: boolean): Section {
  const title = resultTitle(oneLine(task.title), task.id, oneLine(agentLabel));
  return sectionOf('report', `Report of ${oneLine(task.title)} (${task.id})`, `${title}\n${bounded(task, report, canReadNotes)}`);
}

function bounded(task: Task, report: HandedReport['report'], canReadNotes: boolean): string {
  const whole = renderReport(report);
  if (whole.length <= longestReport) {
    return quoted(whole);
  }
  const core = renderReport({ ...report, filesChanged: [], filesRead: [], recommendations: [], openQuestions: [], notes: [] });
  const shown = core.length <= longestReport ? core : `${core.slice(0, longestReport).trimEnd()}…`;
  const rest = canReadNotes ? `; the whole report is the note ${reportNoteName(task.id)}, which read_note gives you` : '';
  return `${quoted(shown)}\n(Cut to its summary and findings${rest}.)`;
}

function missingPart({ task, why }: MissingReport): Section {
  const title = `## ${oneLine(task.title)} (${task.id})`;
  return sectionOf('report', `No report of ${oneLine(task.title)} (${task.id})`, `${title}\nThere is no report: ${oneLine(why)}.`);
}

function contractsSection(artefacts: readonly Artefact[], canRead: boolean): Section | undefined {
  if (artefacts.length === 0) {
    return undefined;
  }
  const how = canRead ? 'Read with read_artefact what you build on; you are told when one changes.' : 'What your task builds on.';
  const lines = artefacts.map(({ name, version, bytes }) => `- ${oneLine(name)}, version ${version}, ${bytes} bytes`);
  return {
    text: [contractsHeading, how, ...lines].join('\n'),
    given: artefacts.map(({ name, version }, index) => ({
      kind: 'artefact',
      name: `Name of artefact ${oneLine(name)}, version ${version}`,
      tokens: estimateTokens(lines[index] ?? ''),
    })),
  };
}

function handoffSection({ agentLabel, report, filesChanged, roster }: Handoff): Section {
  const { handoff, findings } = report;
  const parts = [
    `The agent ${oneLine(agentLabel)} worked on this until its context was nearly full. Go on where it stopped and do not redo what is done; its findings belong into your report, unless you find one wrong.`,
    `Done:\n${quoted(handoff?.done ?? report.summary)}`,
    `Left:\n${quoted(handoff?.left ?? '')}`,
    findings.length === 0 ? '' : quoted(renderReport({ ...report, ...nothing, summary: 'Found so far.' })),
    pathList('Files it changed', filesChanged),
    roster === undefined ? '' : `What it had under way is yours now.\n${quoted(roster)}`,
  ];
  return sectionOf('handoff', `Handoff of ${oneLine(agentLabel)}`, [handoffHeading, ...parts.filter((part) => part !== '')].join('\n\n'));
}

const nothing = { filesChanged: [], filesRead: [], recommendations: [], openQuestions: [], notes: [] } as const satisfies Partial<
  HandedReport['report']
>;

function earlierSection({ failure, filesChanged, filesRead = [], notes = [] }: EarlierAttempt): Section {
  const parts = [
    `Another agent tried this and did not succeed. Look at what it left before you begin, and do not fail in the same way.`,
    `What went wrong: ${quoted(failure)}`,
    pathList('Files it changed, which are as it left them', filesChanged),
    pathList('Files it read', filesRead),
    pathList('Notes it wrote, for read_note', notes),
  ];
  return sectionOf('failure', 'Earlier attempt', [earlierAttemptHeading, ...parts.filter((part) => part !== '')].join('\n'));
}

/** A list that stays short: where an agent of an earlier attempt looked is a hint and no more. */
const mostPaths = 30;

function pathList(title: string, paths: readonly string[]): string {
  if (paths.length === 0) {
    return '';
  }
  const more = paths.length - mostPaths;
  const lines = paths.slice(0, mostPaths).map((path) => `- ${oneLine(path)}`);
  return [`${title}:`, ...lines, ...(more > 0 ? [`- and ${more} more`] : [])].join('\n');
}

function askedSection(task: Task | undefined): Section | undefined {
  const note = task?.note?.trim() ?? '';
  return note === '' ? undefined : sectionOf('brief', 'What is asked now', `${askedNowHeading}\n${quoted(note)}`);
}

function verdictSection(task: Task | undefined): Section | undefined {
  const gate = task?.gate;
  if (gate === undefined || gate.kind !== 'verdict') {
    return undefined;
  }
  const check =
    gate.check === undefined
      ? []
      : ['Run this with run_command before you approve; approve counts only if it ended with exit code 0:', checkLine(oneLine(gate.check))];
  const text = [
    verdictHeading,
    'Other tasks wait for your judgement. Give report a verdict: approve when what you judged may go on as it is, changes when something has to be changed first. With changes, each finding says what is wrong, where, and what would be right; whoever did the work is told nothing else.',
    ...check,
  ].join('\n');
  return sectionOf('brief', 'Your verdict', text);
}
