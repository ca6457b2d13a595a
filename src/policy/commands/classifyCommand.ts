import type { DirectLine, DirectProgram, DirectStep } from './directLine.ts';
import { hardReason } from './hardPatterns.ts';
import { type LexedProgram, type LexedStep, lexLine } from './lexLine.ts';
import { matchSpec, type ProgramSpec } from './programSpec.ts';
import { allSpecs } from './specs/allSpecs.ts';

/** What can be said of a command by its text alone. */
export type CommandClass =
  /** Every program in it only reads, and only the paths named. Whether those may be read is not said. */
  | { readonly kind: 'direct'; readonly line: DirectLine }
  /** Nothing is known; `reason` is a sentence. */
  | { readonly kind: 'unproven'; readonly reason: string }
  /** Not run, whatever the settings say; `reason` is a sentence. */
  | { readonly kind: 'denied'; readonly reason: string };

/**
 * Classifies a command text. Total and linear: any text gets an answer. What is not proven gets the stricter class, and adding commands
 * never makes a text milder. A classifier is no boundary: `direct` is safe because the line it gives is what is run, without a shell.
 */
export function classifyCommand(text: string): CommandClass {
  return classifyWith(allSpecs, text);
}

/** The same with other specifications, to show that fewer of them never prove more. */
export function classifyWith(specs: readonly ProgramSpec[], text: string): CommandClass {
  const lexed = lexLine(text);
  if (!lexed.ok) {
    return withHardReason(text, `It ${lexed.reason}.`);
  }
  const line = lineOf(specs, lexed.steps);
  return typeof line === 'string' ? withHardReason(text, `${line}.`) : { kind: 'direct', line };
}

/** So much of a text is searched for reasons to refuse it. */
const mostSearched = 64 * 1024;

function withHardReason(text: string, reason: string): CommandClass {
  const hard = hardReason(text.slice(0, mostSearched));
  return hard === undefined ? { kind: 'unproven', reason } : { kind: 'denied', reason: `This is not run: ${hard}` };
}

/** The line, or why it is not proven. */
function lineOf(specs: readonly ProgramSpec[], lexed: readonly LexedStep[]): DirectLine | string {
  const cd = leadingFolder(lexed);
  const steps: DirectStep[] = [];
  for (const { join, pipeline } of cd === undefined ? lexed : lexed.slice(1)) {
    const programs: DirectProgram[] = [];
    for (const program of pipeline) {
      const matched = programOf(specs, program);
      if (typeof matched === 'string') {
        return matched;
      }
      programs.push(matched);
    }
    steps.push({ join: steps.length === 0 ? ';' : join, pipeline: programs });
  }
  return cd === undefined ? { steps } : { cd, steps };
}

/** `cd` counts only first and before `&&`: anywhere else it would depend on what happens which folder the paths after it are in. */
function leadingFolder([first, second]: readonly LexedStep[]): string | undefined {
  const program = first?.pipeline[0];
  if (
    first?.pipeline.length !== 1 ||
    second?.join !== '&&' ||
    program?.name !== 'cd' ||
    program.stdout !== undefined ||
    program.stderr !== undefined
  ) {
    return undefined;
  }
  const [folder = '', ...more] = program.args;
  return more.length === 0 && folder !== '' && !folder.startsWith('-') ? folder : undefined;
}

function programOf(specs: readonly ProgramSpec[], { name, args, stdout, stderr }: LexedProgram): DirectProgram | string {
  const spec = specs.find((one) => one.name === name);
  if (spec === undefined) {
    return `${name} is not among the programs that are known to only read`;
  }
  const match = matchSpec(spec, args);
  if (!match.ok) {
    return match.reason;
  }
  return {
    program: name,
    args,
    paths: match.paths,
    ...(stdout === undefined ? {} : { stdout }),
    ...(stderr === undefined ? {} : { stderr }),
  };
}
