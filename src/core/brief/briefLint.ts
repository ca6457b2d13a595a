import { briefDefaults } from './briefDefaults.ts';
import { type BriefProblem, lintPaths, type PathFact } from './briefPaths.ts';
import type { Brief } from '../events.ts';

/** Most characters of an objective, of a whole brief, and most paths, before its author is told to divide or to refer. */
export const briefLimits = { objective: 8_000, whole: 60_000, paths: 200 } as const;

/** A brief with what is known about who wrote it and for whom. */
export interface BriefToLint {
  readonly brief: Brief;
  /** A person may be as short as they like, so nothing keeps their brief from being worked on. */
  readonly by: 'person' | 'agent';
  readonly agentType: string;
  /** The agent type has tools that change files. */
  readonly changesFiles: boolean;
  /** By normalised path; paths without a fact are taken on trust. */
  readonly facts: ReadonlyMap<string, PathFact>;
  /** Other tasks come first; they may make files, and their reports say more than the brief. */
  readonly waits?: boolean | undefined;
}

/** A brief put right as far as it can be. With an error among the problems it goes back to its author. */
export interface BriefLint {
  readonly brief: Brief;
  /** What was corrected in what the author wrote; defaults that were filled in are not corrections. */
  readonly fixes: readonly string[];
  readonly problems: readonly BriefProblem[];
}

/** Checks a brief before an agent gets it: objective, paths, scope, done-criteria, form of the report, size. */
export function lintBrief(input: BriefToLint): BriefLint {
  const { agentType, changesFiles, facts, waits = false } = input;
  const linted = lintPaths(input.brief.scope?.paths ?? [], { facts, changesFiles, waits });
  const criteria = cleanList(input.brief.constraints?.doneCriteria ?? []);
  const defaults = briefDefaults(agentType, changesFiles);
  const { objective, context, withheld, outputFormat, constraints } = input.brief;
  const scope = scopeOf(input.brief, linted.paths, linted.places);
  const brief: Brief = {
    objective: objective.trim(),
    ...(scope === undefined ? {} : { scope }),
    ...(isBlank(context) ? {} : { context: context.trim() }),
    ...(isBlank(withheld) ? {} : { withheld: withheld.trim() }),
    outputFormat: isBlank(outputFormat) ? defaults.outputFormat : outputFormat.trim(),
    constraints: { ...constraints, doneCriteria: criteria.length > 0 ? criteria : [...defaults.doneCriteria] },
  };
  const found = [...objectiveProblems(brief), ...linted.problems, ...scopeProblems(input, brief), ...sizeProblems(input.brief)];
  const problems = input.by === 'person' ? found.map(({ message }) => ({ severity: 'warning' as const, message })) : found;
  return { brief, fixes: [...linted.fixes, ...doubledCriteria(input.brief, criteria)], problems };
}

function scopeOf({ scope }: Brief, paths: readonly string[], places: readonly string[]): Brief['scope'] {
  const focus = [scope?.focus?.trim() ?? '', ...places].filter((text) => text !== '').join('; ');
  return paths.length === 0 && focus === '' ? undefined : { paths: [...paths], ...(focus === '' ? {} : { focus }) };
}

function isBlank(text: string | undefined): text is undefined {
  return text === undefined || text.trim() === '';
}

function cleanList(texts: readonly string[]): string[] {
  return [...new Set(texts.map((text) => text.trim()).filter((text) => text !== ''))];
}

function doubledCriteria({ constraints }: Brief, kept: readonly string[]): readonly string[] {
  const given = (constraints?.doneCriteria ?? []).filter((text) => text.trim() !== '');
  return given.length === kept.length ? [] : ['Criteria for being done that were named several times are named once.'];
}

/** Words that fit any task and so say nothing about this one. */
const generalWords: ReadonlySet<string> = new Set(
  `a about again all an and any as assignment at be build by can check code complete continue do done everything finish fix for from further
  get go handle help how i implement improve in is it its job just know let look make me more my needed next now of on our out over please
  proceed project properly repeat rest review same should so some something start step stuff task tasks that the them then thing things this
  those to try up use work you your`.split(/\s+/),
);

const pointer =
  /\b(?:as (?:we |was |were |already |previously )*(?:discussed|agreed|described|mentioned|said|before|above)|see above|(?:mentioned|described) (?:above|earlier)|(?:the )?(?:previous|earlier) (?:message|conversation|chat|discussion))\b/i;

function objectiveProblems({ objective, scope, context }: Brief): readonly BriefProblem[] {
  const words = objective.toLowerCase().match(/[\p{L}\p{N}](?:[\p{L}\p{N}_.-]*[\p{L}\p{N}])?/gu) ?? [];
  if (words.length === 0) {
    return [{ severity: 'error', message: 'The objective is empty. Say what to find out or bring about, and what for.' }];
  }
  if (words.every((word) => generalWords.has(word))) {
    const placed = scope !== undefined || context !== undefined;
    return [
      {
        severity: placed ? 'warning' : 'error',
        message: `The objective ${JSON.stringify(objective)} fits any task. Say what to find out or bring about, where, and what for.`,
      },
    ];
  }
  return context === undefined && pointer.test(objective)
    ? [
        {
          severity: 'warning',
          message: 'The objective refers to something said elsewhere, and its agent knows nothing but the brief. Put that into context.',
        },
      ]
    : [];
}

/** Built-in types whose whole work is to change files; others that can may be meant to look only. */
const alwaysChange: ReadonlySet<string> = new Set(['builder', 'tester', 'writer']);

function scopeProblems({ agentType, changesFiles, waits }: BriefToLint, { objective, scope }: Brief): readonly BriefProblem[] {
  if (!changesFiles || scope !== undefined || namesPlace(objective)) {
    return [];
  }
  return [
    {
      severity: alwaysChange.has(agentType) && waits !== true ? 'error' : 'warning',
      message: `It does not say where ${agentType} may change files. Give paths ("." for the whole workspace), or a focus.`,
    },
  ];
}

/** Whether a text names a file or a folder by itself. */
function namesPlace(text: string): boolean {
  return text.split(/[\s"'`(),;:]+/).some((word) => /[\w.-]\/[\w.-]/.test(word) || /[\w-]\.[a-z]\w{0,4}$/i.test(word.replace(/\.$/, '')));
}

function sizeProblems(brief: Brief): readonly BriefProblem[] {
  const { scope, constraints } = brief;
  const paths = scope?.paths ?? [];
  const texts = [brief.objective, brief.context, brief.outputFormat, scope?.focus, ...paths, ...(constraints?.doneCriteria ?? [])];
  const whole = texts.reduce((sum, text) => sum + (text?.length ?? 0), 0);
  return [
    ...(brief.objective.length > briefLimits.objective
      ? [
          tooLong(
            `The objective has ${brief.objective.length} characters`,
            briefLimits.objective,
            'Keep the aim there and move the rest to context.',
          ),
        ]
      : []),
    ...(whole > briefLimits.whole
      ? [
          tooLong(
            `The brief has ${whole} characters`,
            briefLimits.whole,
            'Put long material into a note with write_note, and name the note.',
          ),
        ]
      : []),
    ...(paths.length > briefLimits.paths
      ? [tooLong(`The brief names ${paths.length} paths`, briefLimits.paths, 'Name folders, or divide the task.')]
      : []),
  ];
}

function tooLong(what: string, limit: number, way: string): BriefProblem {
  return { severity: 'error', message: `${what}; at most ${limit} are taken. ${way}` };
}
