import type { Rejection } from '../core/commands.ts';
import type { PlanRequest, PlanTemplate } from '../core/decideSpawn.ts';
import { nearestName } from '../lib/nearest.ts';
import { expandWorkflow } from './expandWorkflow.ts';
import { hasError, type Problem } from './problem.ts';
import type { Workflow, WorkflowInput } from './workflow.ts';
import { type ParsedWorkflow, parseWorkflow } from './workflowFile.ts';

/** The workflow of a run that asks for none. */
export const defaultWorkflow = 'orchestrate';

/** One workflow file, wherever it lies. */
export interface WorkflowSource {
  readonly source: 'built-in' | 'user' | 'workspace';
  /** For people, and to open it. A built-in workflow has the name of its file. */
  readonly path: string;
  readonly text: string;
}

/** A workflow as people choose it. */
export interface WorkflowFacts {
  readonly name: string;
  readonly description: string;
  readonly source: WorkflowSource['source'];
  readonly path: string;
  readonly inputs: readonly WorkflowInput[];
  /** With an error among them it cannot be started. */
  readonly problems: readonly Problem[];
  /** Whose workflow of the same name is not used because of this one. */
  readonly replaces?: WorkflowSource['source'] | undefined;
}

/** What is wrong with one file; also of files whose workflow is not used. */
export interface WorkflowDiagnostics<F extends WorkflowSource> {
  readonly file: F;
  readonly problems: readonly Problem[];
}

/** All workflows there are. A file of the workspace goes before one of the user with the same name, and that before a built-in one. */
export interface WorkflowCatalogue<F extends WorkflowSource = WorkflowSource> {
  /** Each name once: the built-in names in their order, then the others by name. */
  all(): readonly WorkflowFacts[];
  /** Of every file of the user and the workspace that has a problem. */
  diagnostics(): readonly WorkflowDiagnostics<F>[];
  /** The plan that a run begins with, or why it cannot. */
  readonly template: (request: PlanRequest) => PlanTemplate | Rejection;
}

export interface CatalogueDeps<F extends WorkflowSource> {
  readonly builtIn: readonly WorkflowSource[];
  /** The files of the user and the workspace, in any order. When they change, make a new catalogue. */
  readonly files: readonly F[];
  /** What `forEach: folders` stands for, see `WorkflowUse`; asked only by a workflow that needs it. */
  readonly folders: () => readonly string[];
  /** Names of the agent types there are; without them, any name may be one. */
  readonly agentTypes?: readonly string[] | undefined;
}

interface Entry<F extends WorkflowSource = WorkflowSource> {
  readonly file: F;
  readonly facts: WorkflowFacts;
  readonly workflow: Workflow | undefined;
}

/** Makes a catalogue of these files. Each is parsed when somebody first needs it: starting a run must not wait for all of them. */
export function createWorkflowCatalogue<F extends WorkflowSource>(deps: CatalogueDeps<F>): WorkflowCatalogue<F> {
  const { builtIn, files, folders, agentTypes } = deps;
  const parsed = new Map<WorkflowSource, ParsedWorkflow>();
  const parse: Parse = (file) => {
    const known = parsed.get(file) ?? parseWorkflow(file.text, agentTypes, file.source);
    parsed.set(file, known);
    return known;
  };
  const find = (wanted: string): Entry | undefined => {
    const possible = builtIn.filter(({ path }) => nameOfFile(path) === wanted);
    return chosen(readAll([...possible, ...files], parse)).find(({ facts }) => facts.name === wanted);
  };
  const all = () => chosen(readAll([...builtIn, ...files], parse)).map(({ facts }) => facts);
  return {
    all,
    diagnostics: () =>
      readAll(files, parse)
        .map(({ file, facts: { problems } }) => ({ file, problems }))
        .filter(({ problems }) => problems.length > 0),
    template: ({ task, workflow = defaultWorkflow, inputs, place }) => {
      const found = find(workflow);
      if (found === undefined) {
        return unknownWorkflow(
          workflow,
          all().map(({ name }) => name),
        );
      }
      return found.workflow === undefined ? unusable(found.facts) : expandWorkflow(found.workflow, { task, inputs, folders, place });
    },
  };
}

type Parse = (file: WorkflowSource) => ParsedWorkflow;

const ranks = { 'built-in': 0, user: 1, workspace: 2 } as const satisfies Record<WorkflowSource['source'], number>;

/** Every file as an entry, the weakest source first. A second file of one source with the same name cannot be used. */
function readAll<F extends WorkflowSource>(files: readonly F[], parse: Parse): readonly Entry<F>[] {
  const first = new Map<string, string>();
  return files
    .toSorted((a, b) => ranks[a.source] - ranks[b.source])
    .map((file) => {
      const { source, path } = file;
      const { name = nameOfFile(path), description, inputs, workflow, problems } = parse(file);
      const key = `${source} ${name}`;
      const other = first.get(key);
      if (other === undefined) {
        first.set(key, path);
        return { file, facts: { name, description, source, path, inputs, problems }, workflow };
      }
      return {
        file,
        facts: { name, description, source, path, inputs, problems: [takenBy(other, name), ...problems] },
        workflow: undefined,
      };
    });
}

function takenBy(path: string, name: string): Problem {
  const message = `The workflow "${name}" is already in ${path}, which is used. Give one of the two another name.`;
  return { severity: 'error', message, range: { line: 0, column: 0, endLine: 0, endColumn: 0 } };
}

function nameOfFile(path: string): string {
  return (path.split(/[\\/]/).at(-1) ?? path).replace(/\.md$/i, '');
}

/** The entry that counts for each name. */
function chosen(entries: readonly Entry[]): readonly Entry[] {
  const byName = new Map<string, Entry>();
  for (const entry of entries) {
    const { name, source } = entry.facts;
    const below = byName.get(name)?.facts.source;
    if (below === undefined) {
      byName.set(name, entry);
    } else if (below !== source) {
      byName.set(name, { ...entry, facts: { ...entry.facts, replaces: below } });
    }
  }
  const builtIn = new Set(entries.flatMap(({ facts }) => (facts.source === 'built-in' ? facts.name : [])));
  const all = [...byName.values()];
  const isOwn = ({ facts }: Entry) => !builtIn.has(facts.name);
  return [...all.filter((entry) => !isOwn(entry)), ...all.filter(isOwn).toSorted((a, b) => (a.facts.name < b.facts.name ? -1 : 1))];
}

function unknownWorkflow(wanted: string, names: readonly string[]): Rejection {
  const near = nearestName(wanted, names);
  const next = near === undefined ? `Use one of: ${names.join(', ')}.` : `Did you mean ${near}? There are: ${names.join(', ')}.`;
  return { code: 'unknown', message: `There is no workflow ${JSON.stringify(wanted)}.`, next };
}

const mostTold = 3;

function unusable({ name, path, problems, replaces }: WorkflowFacts): Rejection {
  const errors = problems.filter((problem) => hasError([problem]));
  const told = errors.slice(0, mostTold).map(({ message, range }) => `Line ${range.line + 1}, column ${range.column + 1}: ${message}`);
  const more = errors.length > told.length ? ` ${errors.length - told.length} more are in the Problems view.` : '';
  const instead = replaces === undefined ? '' : `, or give it another name to use the ${replaces} workflow ${name} again`;
  return {
    code: 'invalid',
    message: `The workflow ${name} cannot be started because of errors in ${path}. ${told.join(' ')}${more}`,
    next: `Correct the file${instead}.`,
  };
}
