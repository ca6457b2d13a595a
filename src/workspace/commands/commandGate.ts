import { createHash } from 'node:crypto';
import type { Effect } from '../../core/events.ts';
import { classifyCommand } from '../../policy/commands/classifyCommand.ts';
import type { Processes, ProcessResult } from '../processes.ts';
import { type Refusal, refuse } from '../refusal.ts';
import type { Sandbox, SandboxAudit, SandboxRequest } from '../sandbox/sandbox.ts';
import type { ResolvedPath, WorkspacePaths } from '../workspacePath.ts';
import { directEnvironment } from './directEnvironment.ts';
import { type DirectPlan, planDirectLine } from './directPlan.ts';
import { namedFiles } from './namedFiles.ts';
import { createProgramFinder } from './programs.ts';
import { runDirectPlan } from './runDirect.ts';

/** What a confined command may touch. Who sets it is the person and their settings, never the model. */
export type SandboxProfile = Pick<SandboxRequest, 'writable' | 'denyWrite' | 'denyRead' | 'domains'>;

export interface CommandRequest {
  readonly command: string;
  /** Inside the workspace; absolute, or as `WorkspacePaths` reads it. */
  readonly folder: string;
  /** Left out: commands are not to be confined. */
  readonly profile?: SandboxProfile;
}

export interface RunOptions {
  /** A direct plan is stopped after ten seconds in any case. */
  readonly timeoutMs: number;
  readonly onOutput: (text: string) => void;
}

/** How a command ended, with the files that it changed where that is kept. */
export interface CommandResult extends ProcessResult {
  readonly changes?: readonly Effect[];
  /** Files that changed meanwhile and of which nobody can say that the command did it. */
  readonly unsure?: readonly { readonly path: string; readonly why: string }[];
}

/** How a command will be run, decided before anyone is asked. */
export type CommandPlan = RunnablePlan | { readonly route: 'denied'; readonly reason: string };

export interface RunnablePlan {
  /** `direct`: proven, without a shell. `sandboxed`: by a shell that is confined. `shell`: as the person would run it. */
  readonly route: 'direct' | 'sandboxed' | 'shell';
  /** Why this route, in sentences for a person. */
  readonly reason: string;
  /** Of a direct plan all its programs in order, each with its arguments. */
  readonly argv?: readonly (readonly string[])[];
  /** Absolute and real; where it starts, after a leading `cd` of a direct plan. */
  readonly folder: string;
  /** Of everything that decides what will happen: an approval is for this and nothing else. */
  readonly hash: string;
  /** What it may write, for a person. */
  readonly writes: string;
  /**
   * Plans it again and runs it if that comes to the same hash; refuses otherwise. Aborting `signal` kills all of it, which gives a
   * result, and throws its reason when that comes before anything was started.
   */
  run(options: RunOptions, signal: AbortSignal): Promise<CommandResult | Refusal>;
}

export interface CommandGateDeps {
  readonly paths: WorkspacePaths;
  readonly processes: Pick<Processes, 'run'>;
  readonly sandbox?: Pick<Sandbox, 'status' | 'wrap'>;
  /** The whole environment of a command, built anew for each: see commandEnvironment. */
  readonly environment: () => Readonly<Record<string, string>>;
  readonly platform?: NodeJS.Platform;
}

/** Decides how commands are run. The model gives the text and the folder, and has no say in the route. */
export interface CommandGate {
  plan(request: CommandRequest): Promise<CommandPlan | Refusal>;
}

/** Makes the gate. */
export function createCommandGate(deps: CommandGateDeps): CommandGate {
  const gate: CommandGate = {
    plan: async (request) => {
      const draft = await draftOf(request, deps);
      if (!('route' in draft) || draft.route === 'denied') {
        return draft;
      }
      return {
        ...shownOf(draft),
        run: async (options, signal) => {
          signal.throwIfAborted();
          const now = await draftOf(request, deps);
          if (!('route' in now) || now.route === 'denied' || now.hash !== draft.hash) {
            return refuse('Nothing was run. Something that the command uses has changed since it was looked at. Ask for it again.');
          }
          return runDraft(now, { deps, options, request }, signal);
        },
      };
    },
  };
  return gate;
}

interface Shown {
  readonly reason: string;
  readonly folder: string;
  readonly hash: string;
}

type Draft =
  | ({ readonly route: 'direct'; readonly plan: DirectPlan; readonly pinned: readonly string[] } & Shown)
  | ({ readonly route: 'sandboxed'; readonly profile: SandboxProfile } & Shown)
  | ({ readonly route: 'shell' } & Shown);

function shownOf(draft: Draft): Omit<RunnablePlan, 'run'> {
  const { route, reason, folder, hash } = draft;
  if (route === 'direct') {
    return {
      route,
      reason,
      folder,
      hash,
      argv: draft.plan.steps.flatMap((step) => step.pipeline.map(({ argv }) => argv)),
      writes: 'nothing',
    };
  }
  return { route, reason, folder, hash, writes: route === 'shell' ? 'whatever the person may write' : writesOf(draft.profile) };
}

function writesOf({ writable }: SandboxProfile): string {
  return writable.length === 0 ? 'only temporary files of its own' : `${writable.join(', ')}, without what is protected there`;
}

async function draftOf(request: CommandRequest, deps: CommandGateDeps): Promise<Draft | Refusal | { route: 'denied'; reason: string }> {
  const { command, profile } = request;
  const start = await deps.paths.resolve(request.folder, 'read');
  if (!start.ok) {
    return refuse(`Nothing was run. ${start.text}`);
  }
  const found = classifyCommand(command);
  if (found.kind === 'denied') {
    return { route: 'denied', reason: found.reason };
  }
  const direct = found.kind === 'direct' ? await directDraft(found.line, start, request, deps) : refuse(found.reason);
  if ('route' in direct) {
    return direct;
  }
  const files = await namedFiles(command, start.absolute, deps.environment()['PATH'] ?? '');
  const facts = { command, folder: start.absolute, files };
  if (profile === undefined) {
    return { route: 'shell', reason: direct.text, folder: start.absolute, hash: hashOf({ route: 'shell', ...facts }) };
  }
  const status = (await deps.sandbox?.status()) ?? { kind: 'unavailable', why: 'There is no sandbox here.', next: '' };
  return status.kind === 'ready'
    ? { route: 'sandboxed', profile, reason: direct.text, folder: start.absolute, hash: hashOf({ route: 'sandboxed', profile, ...facts }) }
    : {
        route: 'shell',
        reason: `${direct.text} It cannot be confined: ${status.why} ${status.next}`.trim(),
        folder: start.absolute,
        hash: hashOf({ route: 'shell', ...facts }),
      };
}

async function directDraft(
  line: Parameters<typeof planDirectLine>[0],
  start: ResolvedPath,
  { command }: CommandRequest,
  { paths, environment, platform = process.platform }: CommandGateDeps,
): Promise<Draft | Refusal> {
  if (platform === 'win32') {
    return refuse('On Windows no command is proven: its shells read a text differently.');
  }
  const folders = paths.folders().map((folder) => folder.path);
  const programs = await createProgramFinder({ searchPath: environment()['PATH'] ?? '', folders });
  const plan = await planDirectLine(line, start, { paths, programs });
  if (!plan.ok) {
    return plan;
  }
  // Contents of what is only read are left out of the hash: the newest is what should be read.
  return {
    route: 'direct',
    plan,
    pinned: programs.pinned,
    reason: 'All of it only reads files of the workspace, and it is run without a shell.',
    folder: plan.folder,
    hash: hashOf({ route: 'direct', command, plan }),
  };
}

function hashOf(facts: object): string {
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex');
}

interface DraftRun {
  readonly deps: CommandGateDeps;
  readonly options: RunOptions;
  readonly request: CommandRequest;
}

async function runDraft(draft: Draft, { deps, options, request }: DraftRun, signal: AbortSignal): Promise<ProcessResult | Refusal> {
  const { processes } = deps;
  const { timeoutMs, onOutput } = options;
  const { command } = request;
  const env = deps.environment();
  if (draft.route === 'direct') {
    const { plan, pinned } = draft;
    return runDirectPlan(plan, { processes, env: directEnvironment(env, pinned, plan.folder), timeoutMs, onOutput }, signal);
  }
  if (draft.route === 'shell') {
    return processes.run({ command, folder: draft.folder, timeoutMs, env }, onOutput, signal);
  }
  const confined = await deps.sandbox?.wrap({ command, folder: draft.folder, ...draft.profile }, signal);
  if (confined === undefined || !confined.ok) {
    return confined ?? refuse('Nothing was run. There is no sandbox any more.');
  }
  let result: ProcessResult | Refusal;
  let audit: SandboxAudit;
  try {
    result = await processes.run(
      { argv: confined.argv, folder: draft.folder, timeoutMs, env: { ...env, ...confined.env } },
      onOutput,
      signal,
    );
  } finally {
    audit = await confined.done();
  }
  if (audit.changed.length > 0) {
    return refuse(
      `The command ended, and protected files are not what they were: ${audit.changed.join(', ')}. Look at them before going on.`,
    );
  }
  const note = `\n(protected places that were not there before: ${audit.created.join(', ')})\n`;
  return result.ok && audit.created.length > 0 ? { ...result, output: result.output + note } : result;
}
