import type { AgentId, AskId } from './ids.ts';
import { isLive } from './selectors.ts';
import type { Agent, FleetState } from './state.ts';

/** How many turns back a change still counts as where an agent works. */
const recentTurns = 3;

/** An agent at work on a file. */
export interface FileWork {
  readonly agentId: AgentId;
  readonly label: string;
  readonly doing: 'editing' | 'reading' | 'working' | 'asking';
  /** From 1. */
  readonly line: number;
  /** What it waits for the person to decide, when it is asking. */
  readonly askId?: AskId | undefined;
}

/** Who works on the file with this path, and where: by its open calls, or else by what it changed last. */
export function workOnFile(state: FleetState, path: string): readonly FileWork[] {
  return Object.values<Agent>(state.agents)
    .filter(isLive)
    .flatMap((agent) => {
      const work = openWork(state, agent, path) ?? changedWork(state, agent, path);
      return work === undefined ? [] : [{ agentId: agent.id, label: agent.label, ...work }];
    });
}

type Where = Pick<FileWork, 'doing' | 'line' | 'askId'>;

function openWork(state: FleetState, agent: Agent, path: string): Where | undefined {
  const call = agent.openCalls.find((open) => open.place?.path === path);
  if (call === undefined) {
    return undefined;
  }
  const line = call.place?.line ?? 1;
  const ask = Object.values(state.asks).find((open) => open.agentId === agent.id && open.callId === call.callId);
  if (ask !== undefined) {
    return { doing: 'asking', line, askId: ask.askId };
  }
  const doing = call.name === 'edit_file' || call.name === 'write_file' ? 'editing' : call.name === 'read_file' ? 'reading' : 'working';
  return { doing, line };
}

function changedWork(state: FleetState, agent: Agent, path: string): Where | undefined {
  if (!agent.filesChanged.includes(path)) {
    return undefined;
  }
  const calls = (state.transcripts[agent.id]?.turns ?? []).slice(-recentTurns).flatMap((turn) => turn.calls);
  const change = calls.flatMap((call) => call.effects).findLast((effect) => effect.kind === 'changed' && effect.path === path);
  return change?.kind === 'changed' && change.change !== 'deleted' ? { doing: 'editing', line: change.line ?? 1 } : undefined;
}
