import type { AgentId } from './ids.ts';
import { isLive } from './selectors.ts';
import type { Agent, FleetState } from './state.ts';

/** How many turns back a change still counts as where an agent works. */
const recentTurns = 3;

/** An agent at work on a file. */
export interface FileWork {
  readonly agentId: AgentId;
  readonly label: string;
  readonly doing: 'editing' | 'reading' | 'working';
  /** From 1. */
  readonly line: number;
}

/** Who works on the file with this path, and where: by its open calls, or else by what it changed last. */
export function workOnFile(state: FleetState, path: string): readonly FileWork[] {
  return Object.values<Agent>(state.agents)
    .filter(isLive)
    .flatMap((agent) => {
      const work = openWork(agent, path) ?? changedWork(state, agent, path);
      return work === undefined ? [] : [{ agentId: agent.id, label: agent.label, ...work }];
    });
}

function openWork(agent: Agent, path: string): Pick<FileWork, 'doing' | 'line'> | undefined {
  const call = agent.openCalls.find((open) => open.place?.path === path);
  if (call === undefined) {
    return undefined;
  }
  const doing = call.name === 'edit_file' || call.name === 'write_file' ? 'editing' : call.name === 'read_file' ? 'reading' : 'working';
  return { doing, line: call.place?.line ?? 1 };
}

function changedWork(state: FleetState, agent: Agent, path: string): Pick<FileWork, 'doing' | 'line'> | undefined {
  if (!agent.filesChanged.includes(path)) {
    return undefined;
  }
  const calls = (state.transcripts[agent.id]?.turns ?? []).slice(-recentTurns).flatMap((turn) => turn.calls);
  const change = calls.flatMap((call) => call.effects).findLast((effect) => effect.kind === 'changed' && effect.path === path);
  return change?.kind === 'changed' && change.change !== 'deleted' ? { doing: 'editing', line: change.line ?? 1 } : undefined;
}
