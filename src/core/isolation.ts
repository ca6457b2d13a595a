import type { Isolation, Workplace } from './events.ts';
import { taskOf } from './plan/planGraph.ts';
import type { Agent, FleetState, Plan, Task } from './state.ts';

/*
 * Where an agent works: in the folders that are open, in a folder of its own, or on in one with the work that its task builds on.
 */

/** Work that an agent builds on, in a folder of its own. */
export interface WorkSource {
  readonly label: string;
  readonly workplace: Workplace;
  /** As it was kept last; undefined when that did not work. */
  readonly commit: string | undefined;
}

/** Where an agent is to work. */
export type Placement =
  | { readonly kind: 'open' }
  /** On in a folder that is there. */
  | { readonly kind: 'join'; readonly workplace: Workplace }
  /** In a new folder that begins with all of this work; with none, with what the person sees. */
  | { readonly kind: 'own'; readonly sources: readonly WorkSource[] };

/**
 * What counts of all wishes: an argument goes before a file, the narrower of two before the wider, and the person's setting last. Whoever goes
 * on with the work of another goes on where that is, whatever is wished.
 */
export function wishOf({ runs }: Pick<FleetState, 'runs'>, agent: Pick<Agent, 'runId' | 'isolation'>, setting: Isolation): Isolation {
  const wishes = [agent.isolation, runs[agent.runId]?.isolation];
  const first = wishes.find((one) => one?.by === 'argument') ?? wishes.find((one) => one !== undefined);
  return first?.wish ?? setting;
}

/** Where an agent that has no folder yet is to work, by the person's setting and what goes before it. */
export function placementOf(state: FleetState, agent: Agent, setting: Isolation): Placement {
  const before = earlierAttempt(state, agent);
  if (before?.workplace !== undefined) {
    return { kind: 'join', workplace: before.workplace };
  }
  const sources = sourcesOf(state, agent);
  const [only, ...others] = sources;
  if (only !== undefined) {
    return others.length === 0 && !only.gone ? { kind: 'join', workplace: only.workplace } : { kind: 'own', sources };
  }
  const parent = agent.parentId === undefined ? undefined : state.agents[agent.parentId];
  if (parent?.workplace !== undefined && parent.workplaceGone === undefined) {
    return { kind: 'join', workplace: parent.workplace };
  }
  return wishOf(state, agent, setting) === 'worktree' && changesFiles(state, agent) ? { kind: 'own', sources: [] } : { kind: 'open' };
}

/** Whether an agent has a tool to change files with and may change any. */
export function changesFiles(state: Pick<FleetState, 'prompts'>, agent: Agent): boolean {
  const tools = state.prompts[agent.promptId]?.tools ?? [];
  return agent.rights?.writes?.length !== 0 && tools.some(({ name }) => name === 'edit_file' || name === 'write_file');
}

/** The last agent of the same task before this one: another try, or one whose context was full. */
function earlierAttempt(state: FleetState, agent: Agent): Agent | undefined {
  const history = taskOfAgent(state, agent)?.history ?? [];
  return history
    .map(({ agentId }) => state.agents[agentId])
    .findLast(
      (other) => other !== undefined && other.id !== agent.id && other.workplace !== undefined && other.workplaceGone === undefined,
    );
}

/** The work an agent's task builds on, one for each folder, as the agents that ended last in it left it. */
function sourcesOf(state: FleetState, agent: Agent): readonly (WorkSource & { readonly gone: boolean })[] {
  const plan = state.plans[agent.runId];
  const task = taskOfAgent(state, agent);
  if (plan === undefined || task === undefined) {
    return [];
  }
  const found = new Map<string, Agent>();
  for (const one of workersBefore(state, plan, task)) {
    const known = one.workplace === undefined ? undefined : found.get(one.workplace.id);
    if (one.workplace !== undefined && (known === undefined || known.lastActivityAt <= one.lastActivityAt)) {
      found.set(one.workplace.id, one);
    }
  }
  return [...found.values()].flatMap(({ label, workplace, captured, workplaceGone }) =>
    workplace === undefined ? [] : [{ label, workplace, commit: captured?.commit, gone: workplaceGone !== undefined }],
  );
}

/** Agents with a folder of their own on the tasks before a task; behind those without one, further back and below. */
function workersBefore(state: FleetState, plan: Plan, task: Task): readonly Agent[] {
  const workers: Agent[] = [];
  const seen = new Set([task.id]);
  const open = [...task.dependencies];
  for (let id = open.shift(); id !== undefined; id = open.shift()) {
    const other = seen.has(id) ? undefined : taskOf(plan, id);
    seen.add(id);
    if (other === undefined) {
      continue;
    }
    const agents = other.history.flatMap(({ agentId }) => state.agents[agentId] ?? []);
    const isolated = agents.findLast(({ workplace }) => workplace !== undefined);
    if (isolated !== undefined) {
      workers.push(isolated);
    } else {
      const below = plan.tasks.filter(({ owner }) => agents.some((one) => one.id === owner));
      open.push(...other.dependencies, ...below.map((one) => one.id));
    }
  }
  return workers;
}

function taskOfAgent(state: FleetState, agent: Agent): Task | undefined {
  const plan = state.plans[agent.runId];
  return plan === undefined || agent.taskId === undefined ? undefined : taskOf(plan, agent.taskId);
}

/**
 * The ref of ours under which the work in a folder is kept as long as the folder is there, and by which merge trains know it. Ids are the same
 * for nobody else in a repository. What a ref cannot hold is replaced, since ids come from the journal.
 */
export function workRef(workplaceId: string): string {
  return `refs/flotilla/work/${workplaceId.replaceAll(/[^A-Za-z0-9_-]/g, '-')}`;
}

/** Whether a folder is that of an agent there still is; others may be removed once their work is kept. */
export function isNeeded(state: Pick<FleetState, 'agents'>, workplaceId: string): boolean {
  return Object.values(state.agents).some((agent: Agent) => agent.workplace?.id === workplaceId && agent.workplaceGone === undefined);
}
