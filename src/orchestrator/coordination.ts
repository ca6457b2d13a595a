import type { CommandResult, FleetCommandInput } from '../core/commands.ts';
import type { AgentId, RunId } from '../core/ids.ts';
import { agentsOfRun } from '../core/selectors.ts';
import type { Agent, FleetState } from '../core/state.ts';
import type { BlobPort, Coordination } from './ports.ts';

interface CoordinationDeps {
  readonly state: () => FleetState;
  readonly execute: (command: FleetCommandInput) => CommandResult;
  readonly blobs: BlobPort;
  readonly waitForMessages: (signal: AbortSignal) => Promise<void>;
  readonly waitForReply: Coordination['waitForReply'];
}

/** What one agent may do to the others: the same commands a person has, under its own name and within its own run. */
export function createCoordination(self: AgentId, deps: CoordinationDeps): Coordination {
  const by = { kind: 'agent', agentId: self } as const;
  const peers = (): readonly Agent[] => {
    const me = deps.state().agents[self];
    return me === undefined ? [] : agentsOfRun(deps.state(), me.runId);
  };
  const runId = () => deps.state().agents[self]?.runId;
  const plan = () => {
    const id = runId();
    return id === undefined ? undefined : deps.state().plans[id];
  };
  const withRun = (act: (runId: RunId) => CommandResult): CommandResult => {
    const id = runId();
    return id === undefined ? { ok: false, rejection: { code: 'unknown', message: 'This agent is not in a run.', next: '' } } : act(id);
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
    send: (agentId, kind, text, { interrupt, replyTo } = {}) =>
      withinRun(agentId, { type: 'sendMessage', agentId, kind, text, interrupt, replyTo, by }),
    wrapUp: (agentId) => withinRun(agentId, { type: 'wrapUpAgent', agentId, by }),
    kill: (agentId) => withinRun(agentId, { type: 'killAgent', agentId, by }),
    tools: () => {
      const me = deps.state().agents[self];
      return me === undefined ? [] : (deps.state().prompts[me.promptId]?.tools ?? []).map((tool) => tool.name);
    },
    agents: peers,
    waitForMessages: deps.waitForMessages,
    waitForReply: deps.waitForReply,
    plan,
    changePlan: (changes, reason) => withRun((runId) => deps.execute({ type: 'changePlan', runId, changes: [...changes], reason, by })),
    proposeChange: (changes, reason) =>
      withRun((runId) => deps.execute({ type: 'proposeChange', runId, changes: [...changes], reason, by })),
    settleProposal: (proposalId, accept, reason) =>
      withRun((runId) => deps.execute({ type: 'settleProposal', runId, proposalId, accept, reason, by })),
    publish: async (name, text) => deps.execute({ type: 'publishArtefact', agentId: self, name, ...(await deps.blobs.put(text)), by }),
    readArtefact: async (name) => {
      const artefact = plan()?.artefacts.find((one) => one.name === name);
      return artefact === undefined ? undefined : { version: artefact.version, text: await deps.blobs.get(artefact.hash) };
    },
  };
}
