import * as vscode from 'vscode';
import { type AgentId, type AskId, isIdText, isTaskIdText, type RunId, type TaskId, toId } from '../core/ids.ts';
import { agentRow, type RowTarget } from '../core/rows.ts';
import { openDecisions } from '../core/openRequests.ts';
import { isLive, rootOf } from '../core/selectors.ts';
import type { Agent, FleetState } from '../core/state.ts';

/** What a command was given: nothing (a person in the palette), a row (a person with a pointer), or an id (code). */
export type Given =
  | { readonly by: 'palette' }
  | { readonly by: 'row'; readonly target: RowTarget }
  | { readonly by: 'code'; readonly id: string };

/** Reads a command's first argument, which may be anything. */
export function toGiven(argument: unknown): Given {
  if (typeof argument === 'string') {
    return { by: 'code', id: argument };
  }
  const target = toRowTarget(argument);
  return target === undefined ? { by: 'palette' } : { by: 'row', target };
}

function toRowTarget(argument: unknown): RowTarget | undefined {
  if (typeof argument !== 'object' || argument === null || !('kind' in argument)) {
    return undefined;
  }
  if (argument.kind === 'agent' && 'agentId' in argument) {
    const agentId = textId('agent', argument.agentId);
    return agentId === undefined ? undefined : { kind: 'agent', agentId };
  }
  if (argument.kind === 'run' && 'runId' in argument) {
    const runId = textId('run', argument.runId);
    return runId === undefined ? undefined : { kind: 'run', runId };
  }
  if (argument.kind === 'task' && 'runId' in argument && 'taskId' in argument) {
    const runId = textId('run', argument.runId);
    const taskId = toTaskId(argument.taskId);
    return runId === undefined || taskId === undefined ? undefined : { kind: 'task', runId, taskId };
  }
  if (argument.kind === 'ask' && 'askId' in argument) {
    const askId = textId('ask', argument.askId);
    return askId === undefined ? undefined : { kind: 'ask', askId };
  }
  return undefined;
}

function toTaskId(value: unknown): TaskId | undefined {
  return typeof value === 'string' && isTaskIdText(value) ? toId('task', value) : undefined;
}

function textId(kind: 'agent', value: unknown): AgentId | undefined;
function textId(kind: 'run', value: unknown): RunId | undefined;
function textId(kind: 'ask', value: unknown): AskId | undefined;
function textId(kind: 'agent' | 'run' | 'ask', value: unknown) {
  return typeof value === 'string' && isIdText(value) ? toId(kind, value) : undefined;
}

/** The agent a row stands for: itself, the one that asked, or the first of a run, one that is at work before one that has ended. */
export function agentOfTarget(state: FleetState, target: RowTarget): AgentId | undefined {
  switch (target.kind) {
    case 'agent':
      return target.agentId;
    case 'run':
      return (liveRootOf(state, target.runId) ?? rootOf(state, target.runId))?.id;
    case 'task':
      return state.plans[target.runId]?.tasks.find((task) => task.id === target.taskId)?.owner;
    case 'ask':
      return state.asks[target.askId]?.agentId ?? openDecisions(state).find((one) => one.askId === target.askId)?.agentId;
    case 'needsYou':
      return undefined;
  }
}

function liveRootOf(state: FleetState, runId: RunId): Agent | undefined {
  return Object.values<Agent>(state.agents).find((agent) => agent.runId === runId && agent.parentId === undefined && isLive(agent));
}

/** A question to the person: which agent? */
export interface AgentQuestion {
  readonly title: string;
  readonly placeholder: string;
  /** Only agents for which the command can work are offered. */
  readonly fits: (agent: Agent) => boolean;
  /** Higher comes first; the last active one first among equals. */
  readonly likely?: (agent: Agent) => number;
}

/** The agents a question offers, the likeliest first. */
export function offeredAgents(state: FleetState, question: AgentQuestion): readonly Agent[] {
  const likely = question.likely ?? (() => 0);
  return Object.values<Agent>(state.agents)
    .filter(question.fits)
    .sort((a, b) => likely(b) - likely(a) || b.lastActivityAt - a.lastActivityAt);
}

/** Asks the person for one of the agents; undefined if the person closes the list or there is none to offer. */
export async function pickAgent(state: FleetState, question: AgentQuestion, now: number): Promise<AgentId | undefined> {
  const items = offeredAgents(state, question).map((agent) => {
    const row = agentRow(agent, now, agent.lastActivityAt);
    return {
      label: `$(${row.icon}) ${row.label}`,
      description: row.description,
      detail: agent.brief.objective.slice(0, 200),
      agentId: agent.id,
    };
  });
  const picked = await vscode.window.showQuickPick(items, {
    title: question.title,
    placeHolder: question.placeholder,
    matchOnDescription: true,
    matchOnDetail: true,
  });
  return picked?.agentId;
}
