import type { CommandResult, FleetCommandInput } from '../core/commands.ts';
import type { AgentId } from '../core/ids.ts';
import { agentsOfRun } from '../core/selectors.ts';
import type { Agent, FleetState } from '../core/state.ts';
import type { Coordination } from './ports.ts';

interface CoordinationDeps {
  readonly state: () => FleetState;
  readonly execute: (command: FleetCommandInput) => CommandResult;
  readonly waitForMessages: (signal: AbortSignal) => Promise<void>;
}

/** What one agent may do to the others: the same commands a person has, under its own name and within its own run. */
export function createCoordination(self: AgentId, deps: CoordinationDeps): Coordination {
  const by = { kind: 'agent', agentId: self } as const;
  const peers = (): readonly Agent[] => {
    const me = deps.state().agents[self];
    return me === undefined ? [] : agentsOfRun(deps.state(), me.runId);
  };
  const withinRun = (target: AgentId, command: FleetCommandInput): CommandResult =>
    peers().some((agent) => agent.id === target)
      ? deps.execute(command)
      : {
          ok: false,
          rejection: { code: 'unknown', message: `There is no agent ${target} in this run.`, next: 'Call list_agents for the ids.' },
        };
  return {
    spawn: (spawn) => deps.execute({ type: 'spawnAgent', spawn, parentId: self, by }),
    send: (agentId, kind, text, interrupt) => withinRun(agentId, { type: 'sendMessage', agentId, kind, text, interrupt, by }),
    wrapUp: (agentId) => withinRun(agentId, { type: 'wrapUpAgent', agentId, by }),
    kill: (agentId) => withinRun(agentId, { type: 'killAgent', agentId, by }),
    agents: peers,
    waitForMessages: deps.waitForMessages,
  };
}
