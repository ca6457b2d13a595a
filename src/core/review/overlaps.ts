import type { Effect } from '../events.ts';
import type { AgentId } from '../ids.ts';
import { countText } from '../rowText.ts';
import { oneLine } from '../context/quoted.ts';
import { workRef } from '../isolation.ts';
import { isLive } from '../selectors.ts';
import type { Agent, FleetState } from '../state.ts';
import type { Train } from '../train/train.ts';
import { lastCapture } from '../train/trainCandidates.ts';

/*
 * Files that two agents touch at the same time. Worked out from the heads of the agents, which the fold keeps anyway: no fact needs a new
 * index, and a look costs one comparison of identities per agent unless some agent touched a file since the last look.
 */

/** One file that agents are about to change over each other. */
export interface Overlap {
  readonly path: string;
  /** Two or more, in the order they were spawned. */
  readonly agents: readonly AgentId[];
}

/** All overlaps, by file and by agent. */
export interface Overlaps {
  readonly byPath: ReadonlyMap<string, Overlap>;
  readonly byAgent: ReadonlyMap<AgentId, readonly Overlap[]>;
  /** What it was worked out from. */
  readonly seen: ReadonlyMap<AgentId, Seen>;
}

interface Seen {
  readonly changed: readonly string[];
  /** Files it has an open call to change. */
  readonly changing: string;
  readonly from: number;
  /** When it ended; Infinity while it is at work. */
  readonly to: number;
  /** When a merge train brought all of its work to the person's branch, if its folder is its own. */
  readonly landed: number | undefined;
  readonly agent: Agent;
}

type OverlapState = Pick<FleetState, 'agents' | 'trains'>;

export const noOverlaps: Overlaps = { byPath: new Map(), byAgent: new Map(), seen: new Map() };

/** The overlaps of a state; the very same object as `before` while nothing about them changed. */
export function overlapsOf(state: OverlapState, before: Overlaps = noOverlaps): Overlaps {
  const landings = landingsOf(state);
  const seen = new Map(
    Object.values<Agent>(state.agents).map((agent) => [
      agent.id,
      seenOf(agent, landedAt(state, landings, agent), before.seen.get(agent.id)),
    ]),
  );
  const isSame = seen.size === before.seen.size && [...seen].every(([id, one]) => sameSeen(one, before.seen.get(id)));
  return isSame ? before : indexed(seen);
}

/** A message that somebody should get about an overlap that has just come about. */
export interface OverlapWarning {
  readonly to: AgentId;
  /** One of the files, for the place of the message. */
  readonly path: string;
  readonly text: string;
}

/**
 * Whom to tell what, because of what an agent has just changed. `state` is the state before that fact. Each agent is told once about a
 * file: the later one when it comes, the earlier one when it is no longer alone; so a crowd on one file costs two messages for each agent
 * at most. Agents that have ended are told nothing. `oneWriter`: the run lets a file have one writer, so that whoever comes next has seen what
 * an agent that has ended left in the same folder, and need not be told.
 */
export function overlapWarnings(
  state: OverlapState,
  { agentId, effects, oneWriter = false }: { readonly agentId: AgentId; readonly effects: readonly Effect[]; readonly oneWriter?: boolean },
): readonly OverlapWarning[] {
  const agent = state.agents[agentId];
  if (agent === undefined) {
    return [];
  }
  const paths = new Set(effects.flatMap((effect) => (effect.kind === 'changed' ? [effect.path] : [])));
  const fresh = [...paths].filter((path) => !agent.filesChanged.includes(path));
  const others = fresh.length === 0 ? [] : Object.values<Agent>(state.agents).filter((other) => other.id !== agentId);
  const own: { path: string; others: readonly Agent[] }[] = [];
  const warnings: OverlapWarning[] = [];
  const landings = fresh.length === 0 ? new Map<string, Landing>() : landingsOf(state);
  const seen = (one: Agent) => seenOf(one, landedAt(state, landings, one));
  const meet = (a: Agent, b: Agent) => collide(seen(a), seen(b));
  for (const path of fresh) {
    const met = others.filter((other) => other.filesChanged.includes(path) && meet(agent, other));
    const rivals = oneWriter ? met.filter((other) => isLive(other) || placeOf(other) !== placeOf(agent)) : met;
    if (rivals.length > 0) {
      own.push({ path, others: rivals });
    }
    for (const rival of rivals.filter(isLive)) {
      const wasAlone = !rivals.some((other) => other !== rival && meet(rival, other));
      if (wasAlone) {
        warnings.push({ to: rival.id, path, text: warningText([{ path, others: [agent] }]) });
      }
    }
  }
  const [first] = own;
  return first === undefined || !isLive(agent) ? warnings : [{ to: agentId, path: first.path, text: warningText(own) }, ...warnings];
}

/** How an overlap reads beside an agent's name in a row. */
export function overlapText(state: Pick<FleetState, 'agents'>, agentId: AgentId, overlaps: readonly Overlap[]): string | undefined {
  const [first] = overlaps;
  if (first === undefined) {
    return undefined;
  }
  const names = first.agents.filter((id) => id !== agentId).map((id) => state.agents[id]?.label ?? id);
  const who = names.length > 1 ? countText(names.length, 'agent') : (names[0] ?? 'another agent');
  const more = overlaps.length > 1 ? ` and ${countText(overlaps.length - 1, 'more file')}` : '';
  return `same file as ${who}: ${first.path}${more}`;
}

function seenOf(agent: Agent, landed: number | undefined, before?: Seen): Seen {
  const to = agent.phase.kind === 'ended' ? agent.phase.since : Number.POSITIVE_INFINITY;
  return before?.agent === agent && before.landed === landed
    ? before
    : { agent, changed: agent.filesChanged, changing: changingPaths(agent).join('\n'), from: agent.spawnedAt, to, landed };
}

interface Landing {
  /** The commit with the work. */
  readonly head: string | undefined;
  readonly at: number;
}

/** What merge trains have brought to the person's branch, by the ref of the work; the last time counts. */
function landingsOf({ trains }: Pick<FleetState, 'trains'>): ReadonlyMap<string, Landing> {
  const ended = Object.values<Train>(trains).filter((train) => train.ended?.outcome === 'landed');
  return new Map(
    ended.flatMap(({ cars, moved }) =>
      cars.filter(({ status }) => status === 'done').map(({ ref, head }) => [ref, { head, at: moved?.at ?? 0 }]),
    ),
  );
}

/** Since when everything that an agent did apart from the person is on their branch. */
function landedAt(state: OverlapState, landings: ReadonlyMap<string, Landing>, agent: Agent): number | undefined {
  const landing = agent.workplace === undefined || landings.size === 0 ? undefined : landings.get(workRef(agent.workplace.id));
  return landing === undefined || isLive(agent) || lastCapture(state, agent.id) !== landing.head ? undefined : landing.at;
}

function sameSeen(a: Seen, b: Seen | undefined): boolean {
  return (
    a === b ||
    (b !== undefined &&
      a.changed === b.changed &&
      a.changing === b.changing &&
      a.to === b.to &&
      a.landed === b.landed &&
      sameHome(a.agent, b.agent))
  );
}

function sameHome(a: Agent, b: Agent): boolean {
  return a.workplace === b.workplace && a.captured === b.captured && a.workplaceGone === b.workplaceGone;
}

/** Files an agent is about to change: calls of the tools that write, from the moment it is known where. */
function changingPaths(agent: Agent): readonly string[] {
  return agent.openCalls.flatMap(({ name, place }) =>
    place !== undefined && (name === 'edit_file' || name === 'write_file') ? [place.path] : [],
  );
}

function indexed(seen: ReadonlyMap<AgentId, Seen>): Overlaps {
  const parties = new Map<string, Seen[]>();
  for (const one of seen.values()) {
    for (const path of new Set([...one.changed, ...one.changing.split('\n').filter((text) => text !== '')])) {
      const list = parties.get(path);
      if (list === undefined) {
        parties.set(path, [one]);
      } else {
        list.push(one);
      }
    }
  }
  const byPath = new Map<string, Overlap>();
  const byAgent = new Map<AgentId, Overlap[]>();
  for (const [path, list] of parties) {
    const agents = list.length < 2 ? [] : list.filter((one) => list.some((other) => other !== one && collide(one, other)));
    if (agents.length > 1) {
      const overlap: Overlap = { path, agents: agents.map(({ agent }) => agent.id) };
      byPath.set(path, overlap);
      for (const id of overlap.agents) {
        byAgent.set(id, [...(byAgent.get(id) ?? []), overlap]);
      }
    }
  }
  return { byPath, byAgent, seen };
}

/**
 * Whether two agents can get in each other's way. In the same folder: who came after the other had ended saw its work. In folders of their
 * own their work meets only when it is merged, so that it counts until that of both is; unless one began with what the other left, or after
 * that was merged.
 */
function collide(a: Seen, b: Seen): boolean {
  if (placeOf(a.agent) === placeOf(b.agent)) {
    return isWithin(a, b, a.to, b.to);
  }
  return !continues(a.agent, b.agent) && !continues(b.agent, a.agent) && isWithin(a, b, openUntil(a), openUntil(b));
}

function isWithin(a: Seen, b: Seen, endOfA: number, endOfB: number): boolean {
  const isOpen = endOfA === Number.POSITIVE_INFINITY || endOfB === Number.POSITIVE_INFINITY;
  return isOpen && a.from < endOfB && b.from < endOfA;
}

function openUntil({ agent, to, landed }: Seen): number {
  if (landed !== undefined) {
    return landed;
  }
  return agent.workplace !== undefined && agent.workplaceGone === undefined ? Number.POSITIVE_INFINITY : to;
}

function placeOf({ workplace }: Agent): string | undefined {
  return workplace?.id;
}

function continues(later: Agent, earlier: Agent): boolean {
  return later.workplace !== undefined && later.workplace.start === earlier.captured?.commit;
}

const namedAtMost = 5;

function warningText(found: readonly { readonly path: string; readonly others: readonly Agent[] }[]): string {
  const shown = found.slice(0, namedAtMost).map(({ path, others }) => `- ${oneLine(path)}: ${namesOf(others)}`);
  const more = found.length > namedAtMost ? [`- and ${countText(found.length - namedAtMost, 'more file')}`] : [];
  return [
    'Another agent works on a file that you have changed:',
    ...shown,
    ...more,
    'Read the file again before you change it further and keep what the others did. If your changes cannot both stand, agree with them by message_agent, or say so in your report.',
  ].join('\n');
}

function namesOf(agents: readonly Agent[]): string {
  const names = agents.slice(0, namedAtMost).map((agent) => `${oneLine(agent.label)} (${agent.id})`);
  return [...names, ...(agents.length > namedAtMost ? [`${agents.length - namedAtMost} more`] : [])].join(', ');
}
