import type { CommandResult, FleetCommandInput } from '../core/commands.ts';
import type { FleetEvent } from '../core/events.ts';
import type { AgentId } from '../core/ids.ts';
import { childrenOf, isLive } from '../core/selectors.ts';
import type { FleetState } from '../core/state.ts';
import type { AgentDeps, AgentDepsSources } from './agentDeps.ts';
import type { AgentHandle } from './agentHandle.ts';
import { createCoordination } from './coordination.ts';
import { toOutput } from './outputs.ts';
import { sleepUntilNeeded, waitForReply } from './waiting.ts';

/** The fleet as an agent's loop reaches it. */
interface FleetAccess {
  readonly state: () => FleetState;
  readonly commit: (events: readonly FleetEvent[]) => void;
  readonly execute: (command: FleetCommandInput) => CommandResult;
}

/** Narrows the fleet to what one agent's loop may use; undefined when the agent's provider is not there. */
export function agentDepsFor(id: AgentId, handle: AgentHandle, sources: AgentDepsSources, fleet: FleetAccess): AgentDeps | undefined {
  const { toolBox, providerOf, gateOf, ...shared } = sources;
  const agent = () => known(fleet.state().agents[id], id);
  const provider = providerOf(agent().provider);
  if (provider === undefined) {
    return undefined;
  }
  const deps: AgentDeps = {
    ...shared,
    provider,
    gate: gateOf(provider.rateKey),
    coordination: createCoordination(id, {
      state: fleet.state,
      execute: fleet.execute,
      blobs: sources.blobs,
      waitForMessages: (signal) => sleepUntilNeeded(deps, handle, signal),
      waitForReply: (messageId, ms, signal) => waitForReply(messageId, ms, deps, handle, signal),
    }),
    findTool: (name) => toolBox.find(name),
    agent,
    transcript: () => known(fleet.state().transcripts[id], id),
    prompt: () => known(fleet.state().prompts[agent().promptId], id),
    liveChildren: () => childrenOf(fleet.state(), id).filter(isLive).length,
    commit: fleet.commit,
    toOutput: (text) => toOutput(text, sources.blobs),
  };
  return deps;
}

function known<T>(value: T | undefined, id: AgentId): T {
  if (value === undefined) {
    throw new Error(`The fleet no longer knows agent ${id}`);
  }
  return value;
}
