import * as vscode from 'vscode';
import type { FleetCommandInput, SpawnRequest } from '../../core/commands.ts';
import { type AgentId, isIdText, toId } from '../../core/ids.ts';
import { isLive } from '../../core/selectors.ts';
import type { FleetControl } from '../../orchestrator/ports.ts';
import { type CommandReply, cancelled, refused, toReply } from '../commandReply.ts';
import { agentOfTarget, toGiven } from '../targets.ts';
import { type CommandDeps, type CommandTable, withWritableFleet } from './commandDeps.ts';

/** An agent type as the person picks it. */
export interface AgentTypeFacts {
  readonly name: string;
  readonly description: string;
}

/** The command that spawns an agent. */
export function createSpawnCommands(deps: CommandDeps & { readonly agentTypes: () => readonly AgentTypeFacts[] }): CommandTable {
  return {
    'flotilla.spawnAgent': (first, second) => withWritableFleet(deps.door, (fleet) => spawnAgent(deps, fleet, first, second)),
  };
}

/** From code: an objective, or a spawn request with an optional parent. By hand: asks for the type and the task. */
async function spawnAgent(
  deps: CommandDeps & { readonly agentTypes: () => readonly AgentTypeFacts[] },
  fleet: FleetControl,
  first: unknown,
  second: unknown,
): Promise<CommandReply> {
  if (typeof first === 'string') {
    const parentId = typeof second === 'string' && isIdText(second) ? toId('agent', second) : undefined;
    return begin(deps, fleet, { type: 'spawnAgent', spawn: { brief: { objective: first } }, parentId });
  }
  const failure = await notReady(deps);
  if (failure !== undefined) {
    return failure;
  }
  const given = toGiven(first);
  const parentId = given.by === 'row' ? liveAgent(fleet, agentOfTarget(fleet.state, given.target)) : undefined;
  const agentType = await pickType(deps.agentTypes());
  if (agentType === undefined) {
    return cancelled;
  }
  const below = parentId === undefined ? 'Spawn Agent' : `Spawn Agent below ${fleet.state.agents[parentId]?.label ?? parentId}`;
  const objective = await askTask(below, `What should the ${agentType} do?`, deps.provider.label());
  if (objective === undefined) {
    return cancelled;
  }
  return begin(deps, fleet, { type: 'spawnAgent', spawn: { agentType, brief: { objective } }, parentId });
}

/** Runs a command that makes an agent, unless there is no model for it. */
export async function begin(
  deps: Pick<CommandDeps, 'provider'>,
  fleet: FleetControl,
  command: Extract<FleetCommandInput, { type: 'startRun' | 'spawnAgent' }>,
): Promise<CommandReply> {
  return (await notReady(deps)) ?? toReply(fleet.execute(command));
}

/** Why no agent can be started now; looked at before a person is asked for anything, so that nobody types in vain. */
export async function notReady(deps: Pick<CommandDeps, 'provider'>): Promise<CommandReply | undefined> {
  const failure = await deps.provider.ready();
  return failure === undefined ? undefined : refused({ code: 'unavailable', message: failure.message, next: failure.next });
}

/** Asks for an agent type; undefined if the person closes the list. */
export async function pickType(agentTypes: readonly AgentTypeFacts[]): Promise<string | undefined> {
  const items = agentTypes.map(({ name, description }) => ({ label: name, detail: description }));
  const picked = await vscode.window.showQuickPick(items, {
    title: 'Spawn Agent',
    placeHolder: 'What kind of agent?',
    matchOnDetail: true,
  });
  return picked?.label;
}

/** Asks for a task; an empty one is not taken. The provider is named so that nobody mistakes practice for work. */
export async function askTask(title: string, prompt: string, provider: string): Promise<string | undefined> {
  return await vscode.window.showInputBox({
    title: `${title} · ${provider}`,
    prompt,
    placeHolder: 'A sentence or two: what should be true when it is done?',
    ignoreFocusOut: true,
    validateInput: (value) => (value !== '' && value.trim() === '' ? 'Write a sentence or two.' : undefined),
  });
}

/** A spawn request for an agent on a task, with the files it is about. */
export function spawnOn(objective: string, agentType: string, paths: readonly string[], focus: string | undefined): SpawnRequest {
  return { agentType, brief: { objective, scope: { paths: [...paths], ...(focus === undefined ? {} : { focus }) } } };
}

function liveAgent(fleet: FleetControl, agentId: AgentId | undefined): AgentId | undefined {
  const agent = agentId === undefined ? undefined : fleet.state.agents[agentId];
  return agent !== undefined && isLive(agent) ? agent.id : undefined;
}
