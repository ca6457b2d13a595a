import type { Ask, RightsSet } from './events.ts';
import type { Agent, FleetState, Grant } from './state.ts';

/*
 * What agents may do at most, as sets: tools, paths, ways to run commands, network. A child never has more than its parent.
 */

/** No limit at all. */
export const allRights: RightsSet = { commands: ['direct', 'sandboxed', 'shell'], network: true };

/** What both allow. */
export function intersectRights(a: RightsSet, b: RightsSet): RightsSet {
  return {
    tools: intersectNames(a.tools, b.tools),
    writes: intersectPaths(a.writes, b.writes),
    commands: a.commands.filter((route) => b.commands.includes(route)),
    network: a.network && b.network,
  };
}

/** What a new agent may do: no more than its parent, its type and the person's settings allow. */
export function rightsOfChild(parent: Pick<Agent, 'rights'> | undefined, ...limits: readonly RightsSet[]): RightsSet {
  return [parent?.rights ?? allRights, ...limits].reduce(intersectRights);
}

/** Whether a file may be changed at all. The path is a workspace path without symbolic links, with forward slashes. */
export function mayWrite({ writes }: RightsSet, path: string): boolean {
  return writes === undefined || writes.some((top) => isAtOrBelow(path, top));
}

/** Whether an agent may have a tool. */
export function mayUse({ tools }: RightsSet, name: string): boolean {
  return tools === undefined || tools.includes(name);
}

/** Whether the person has said yes to this very plan for more than one call. `since`: yeses until the window closes count from this sequence number on. */
export function isGranted(state: Pick<FleetState, 'grants'>, ask: Ask, agent: Pick<Agent, 'id' | 'runId'>, since: number): boolean {
  const hash = ask.kind === 'command' ? ask.hash : undefined;
  return hash !== undefined && state.grants.some((grant) => grant.hash === hash && covers(grant, agent, since));
}

/** Whether a yes holds for this agent too. */
export function covers(grant: Grant, agent: Pick<Agent, 'id' | 'runId'>, since: number): boolean {
  switch (grant.scope) {
    case 'agent':
      return grant.agentId === agent.id;
    case 'run':
      return grant.runId === agent.runId;
    case 'window':
      return grant.seq >= since;
  }
}

function intersectNames(a: RightsSet['tools'], b: RightsSet['tools']): RightsSet['tools'] {
  return a === undefined || b === undefined ? (a ?? b) : a.filter((name) => b.includes(name));
}

/** Of two folders one of which lies in the other, the inner one; nothing of folders apart. */
function intersectPaths(a: RightsSet['writes'], b: RightsSet['writes']): RightsSet['writes'] {
  if (a === undefined || b === undefined) {
    return a ?? b;
  }
  return [...new Set(a.flatMap((one) => b.flatMap((other) => innerOf(one, other))))];
}

function innerOf(one: string, other: string): readonly string[] {
  return isAtOrBelow(one, other) ? [one] : isAtOrBelow(other, one) ? [other] : [];
}

function isAtOrBelow(path: string, top: string): boolean {
  return top === '.' || path === top || path.startsWith(`${top}/`);
}
