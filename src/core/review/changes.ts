import type { Effect } from '../events.ts';
import type { AgentId, RunId } from '../ids.ts';
import type { Agent, FleetState, Plan } from '../state.ts';

/*
 * What agents changed, from the facts alone: which files, what each was before, who changed it. How a file is now nobody here knows.
 */

type Change = Extract<Effect, { kind: 'changed' }>;

/** Whose changes are looked at together. */
export type ReviewScope = { readonly kind: 'agent'; readonly agentId: AgentId } | { readonly kind: 'run'; readonly runId: RunId };

/** What a file was before the first change: kept bytes, no file at all, or not kept. */
export type ReviewBase =
  | { readonly kind: 'kept'; readonly before: string; readonly beforeAs?: 'bytes' | undefined }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'unknown' };

/** One file that somebody in the scope changed. */
export interface ReviewFile {
  readonly path: string;
  /** The id of the folder of agents that it is in; absent for the folders that are open. The same path in another folder is another file. */
  readonly place?: string;
  readonly base: ReviewBase;
  /** What all changes of the scope together look like from the facts; the file may be something else by now. */
  readonly change: Change['change'];
  /** Agents of the scope that changed it, the last one last. */
  readonly agents: readonly AgentId[];
  /** Other agents of the fleet that changed it since the base. */
  readonly others: readonly AgentId[];
}

interface Recorded {
  readonly agentId: AgentId;
  readonly place: string | undefined;
  readonly runId: RunId;
  readonly at: number;
  readonly change: Change;
}

/**
 * The files that a run or an agent changed, by path. Goes through the transcripts once, so it is for when somebody asks, not for every fact.
 * `only`: one of them, for which only those who touched it are gone through.
 */
export function changesOf(state: FleetState, scope: ReviewScope, only?: Pick<ReviewFile, 'path' | 'place'>): readonly ReviewFile[] {
  const byFile = new Map<string, Recorded[]>();
  const paths = pathsOf(state, scope);
  const wanted = only === undefined ? paths : new Set([only.path].filter((path) => paths.has(path)));
  for (const recorded of recordedChanges(state, wanted)) {
    const { place, change } = recorded;
    const key = fileKey({ path: change.path, ...(place === undefined ? {} : { place }) });
    const list = byFile.get(key) ?? [];
    list.push(recorded);
    byFile.set(key, list);
  }
  const lists = only === undefined ? [...byFile.values()] : [byFile.get(fileKey(only)) ?? []];
  const files = lists.flatMap((all) => fileOf(linked(all), scope) ?? []);
  return files.sort((a, b) => (a.path === b.path ? compare(a.place ?? '', b.place ?? '') : compare(a.path, b.path)));
}

/** Names a file among those of a review; for one in an open folder its path. */
export function fileKey({ path, place }: Pick<ReviewFile, 'path' | 'place'>): string {
  return place === undefined ? path : `${place}:${path}`;
}

/** A file of a review by its key, or by its path alone; then the one in an open folder goes before others. */
export function findFile<T extends { readonly file: Pick<ReviewFile, 'path' | 'place'> }>(
  files: readonly T[],
  name: string,
): T | undefined {
  return files.find(({ file }) => fileKey(file) === name) ?? files.find(({ file }) => file.path === name);
}

/** Where a file of a review is, to be put after its path; empty for the open folders. */
export function placeText(state: Pick<FleetState, 'agents'>, { place, agents }: Pick<ReviewFile, 'place' | 'agents'>): string {
  const names = agents.map((id) => state.agents[id]?.label ?? id);
  return place === undefined ? '' : ` in the worktree of ${names.join(', ')}`;
}

function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

/** Whether there is anything that {@link changesOf} would find; cheap, by the heads of the agents. */
export function hasChanges(state: FleetState, scope: ReviewScope): boolean {
  return pathsOf(state, scope).size > 0;
}

/** Names what a file was, so that decisions about it are found again for every scope that begins with the same. */
export function baseKey(base: ReviewBase): string {
  return base.kind === 'kept' ? base.before : base.kind;
}

/** The same for the folder a file is in: what is decided in one worktree is not decided in another that began with the same. */
export function decisionKey({ base, place }: Pick<ReviewFile, 'base' | 'place'>): string {
  return place === undefined ? baseKey(base) : `${baseKey(base)} in ${place}`;
}

/** The hunks of a file with this base that a person has accepted in a run. */
export function acceptedHunks(plan: Plan | undefined, path: string, base: string): ReadonlySet<string> {
  const decided = plan?.reviews?.filter((review) => review.path === path && review.base === base) ?? [];
  return new Set(decided.filter(({ verdict }) => verdict === 'accepted').flatMap(({ hunks }) => hunks));
}

/** The run a scope belongs to; undefined when it is gone. */
export function runOfScope(state: FleetState, scope: ReviewScope): RunId | undefined {
  return scope.kind === 'run' ? state.runs[scope.runId]?.id : state.agents[scope.agentId]?.runId;
}

/** What a scope is called. */
export function scopeLabel(state: FleetState, scope: ReviewScope): string {
  return (scope.kind === 'run' ? state.runs[scope.runId]?.label : state.agents[scope.agentId]?.label) ?? 'Nobody';
}

function pathsOf(state: FleetState, scope: ReviewScope): ReadonlySet<string> {
  const agents = Object.values<Agent>(state.agents).filter((agent) => isInScope(agent.id, agent.runId, scope));
  return new Set(agents.flatMap((agent) => agent.filesChanged));
}

function isInScope(agentId: AgentId, runId: RunId, scope: ReviewScope): boolean {
  return scope.kind === 'agent' ? agentId === scope.agentId : runId === scope.runId;
}

/** All recorded changes of these files by anybody, oldest first. */
function recordedChanges(state: FleetState, paths: ReadonlySet<string>): readonly Recorded[] {
  const touching = Object.values<Agent>(state.agents).filter((agent) => agent.filesChanged.some((path) => paths.has(path)));
  const all = touching.flatMap((agent) => {
    const calls = (state.transcripts[agent.id]?.turns ?? []).flatMap((turn) => turn.calls);
    return calls.flatMap((call) =>
      call.effects.flatMap((change) =>
        change.kind === 'changed' && paths.has(change.path)
          ? [{ agentId: agent.id, place: agent.workplace?.id, runId: agent.runId, at: call.endedAt ?? 0, change }]
          : [],
      ),
    );
  });
  return all.sort((a, b) => a.at - b.at);
}

/** Changes of one file that were made in the same moment in the order in which one continues the other; sorting by time alone cannot tell. */
function linked(changes: readonly Recorded[]): readonly Recorded[] {
  const left = [...changes];
  const ordered: Recorded[] = [];
  for (let first = left[0]; first !== undefined; first = left[0]) {
    const rivals = left.filter((other) => other.at === first.at);
    const next = rivals.find(
      (one) => !rivals.some((other) => other !== one && other.change.after !== undefined && other.change.after === one.change.before),
    );
    const taken = next ?? first;
    left.splice(left.indexOf(taken), 1);
    ordered.push(taken);
  }
  return ordered;
}

function fileOf(all: readonly Recorded[], scope: ReviewScope): ReviewFile | undefined {
  const from = all.findIndex(({ agentId, runId }) => isInScope(agentId, runId, scope));
  const since = all.slice(Math.max(0, from));
  const own = since.filter(({ agentId, runId }) => isInScope(agentId, runId, scope));
  const [first, last] = [own[0], own.at(-1)];
  if (first === undefined || last === undefined) {
    return undefined;
  }
  const others = since.filter(({ agentId, runId }) => !isInScope(agentId, runId, scope));
  const { path } = first.change;
  const place = first.place === undefined ? {} : { place: first.place };
  return {
    path,
    ...place,
    base: baseOf(first.change),
    change: changeOf(first.change, last.change),
    agents: inOrder(own),
    others: inOrder(others),
  };
}

function baseOf(first: Change): ReviewBase {
  if (first.before !== undefined) {
    return { kind: 'kept', before: first.before, beforeAs: first.beforeAs };
  }
  return { kind: first.change === 'created' ? 'nothing' : 'unknown' };
}

function changeOf(first: Change, last: Change): Change['change'] {
  if (last.change === 'deleted') {
    return 'deleted';
  }
  return first.change === 'created' ? 'created' : 'edited';
}

/** Each agent once, by its last change. */
function inOrder(changes: readonly Recorded[]): readonly AgentId[] {
  return [...new Set(changes.map(({ agentId }) => agentId).toReversed())].toReversed();
}
