import { type Estimate, type EstimatedTask, estimatePlan, type FleetHistory } from './estimate.ts';
import { toId } from '../ids.ts';
import type { Agent, FleetState } from '../state.ts';

/*
 * When to orchestrate, and when one agent is enough. Rules about words, and they say so: the person decides.
 */

/** What is said to a person who is about to start a run. */
export interface Advice {
  /** The one agent that would do, with why; undefined when a run is worth it. */
  readonly single?: { readonly agentType: 'scout' | 'general'; readonly why: string; readonly estimate: Estimate } | undefined;
  /** What the run is expected to take. */
  readonly run: Estimate;
}

/** What advice is given on. */
export interface AdviceRequest {
  readonly task: string;
  /** Tasks the workflow begins with. */
  readonly tasks: readonly EstimatedTask[];
  readonly history: FleetHistory;
  /** How many agents a lead has spawned on average; undefined while none has. */
  readonly agentsPerLead?: number | undefined;
  readonly slots?: number | undefined;
}

/** A lead that never led here is taken to spawn this many. */
const usualAgents = 4;
/** A task longer than this is more than one simple question. */
const simpleLength = 240;

/** Estimates a run and says whether one agent would be enough. Only a lead's plan is doubted: who picks a workflow knows why. */
export function adviseOn({ task, tasks, history, agentsPerLead, slots }: AdviceRequest): Advice {
  const run = estimatePlan(withAgents(tasks, agentsPerLead ?? usualAgents), history, slots);
  const [only] = tasks;
  const kind = tasks.length === 1 && only?.agentType === 'lead' ? simpleKind(task) : undefined;
  if (kind === undefined) {
    return { run };
  }
  const agentType = kind === 'question' ? 'scout' : 'general';
  const why = kind === 'question' ? 'This reads like one question about the code.' : 'This reads like one small change.';
  const estimate = estimatePlan([{ id: toId('task', 'one'), agentType, dependencies: [] }], history);
  return { single: { agentType, why, estimate }, run };
}

/** How many agents the leads of the fleet have spawned on average; undefined while none has spawned any. */
export function agentsPerLead(state: FleetState): number | undefined {
  const agents = Object.values<Agent>(state.agents);
  const leads = new Set(agents.flatMap((agent) => agent.parentId ?? []));
  return leads.size === 0 ? undefined : agents.filter((agent) => agent.parentId !== undefined).length / leads.size;
}

/** A lead's own tasks are not known before it makes them: stand-ins that wait for nobody, and after which the lead sums up. */
function withAgents(tasks: readonly EstimatedTask[], agents: number): readonly EstimatedTask[] {
  return tasks.flatMap((task) => {
    const below =
      task.agentType !== 'lead'
        ? []
        : Array.from({ length: Math.round(agents) }, (_, index) => toId('task', `${task.id.slice(0, 50)}-${index}`));
    const own = below.map((id): EstimatedTask => ({ id, agentType: 'general', dependencies: [] }));
    return [...own, { ...task, dependencies: [...task.dependencies, ...below] }];
  });
}

/** Words that ask for something over many places or in several parts. */
const many =
  /\b(?:all|every|each|whole|entire|across|everything|everywhere|several|multiple|throughout|codebase|repository|project|files|modules|folders|tests|and then)\b/i;
const asks = /^(?:what|where|which|who|why|when|how|is|are|does|do|can|could|explain|find out|show|tell)\b/i;
const small = /^(?:please\s+)?(?:fix|rename|remove|add|change|correct|update|bump|delete|replace)\b/i;

function simpleKind(task: string): 'question' | 'change' | undefined {
  const text = task.trim();
  const parts = text.split(/[.?!]\s+|\n/).filter((part) => part.trim() !== '').length;
  if (text.length > simpleLength || parts > 1 || many.test(text) || /(?:^|\n)\s*(?:[-*]|\d+[.)])\s/.test(text)) {
    return undefined;
  }
  if (asks.test(text) || text.endsWith('?')) {
    return 'question';
  }
  return small.test(text) && text.length <= simpleLength / 2 && !/\band\b/i.test(text) ? 'change' : undefined;
}
