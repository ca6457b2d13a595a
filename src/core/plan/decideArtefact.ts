import type { Decision } from '../decision.ts';
import type { FleetEvent } from '../events.ts';
import { type PlanCommand, type PlanDecider, refuse } from './planChange.ts';
import { assigneeOf } from './planQueue.ts';
import { isLive } from '../selectors.ts';
import type { FleetState } from '../state.ts';

/** A new version of an artefact, with the news for every agent whose task needs it. */
export function publish(state: FleetState, command: Extract<PlanCommand, { type: 'publishArtefact' }>, context: PlanDecider): Decision {
  const agent = state.agents[command.agentId];
  const plan = agent === undefined ? undefined : state.plans[agent.runId];
  if (agent === undefined || plan === undefined) {
    return refuse('unknown', 'There is no plan to publish this in.', 'Put it into your report.');
  }
  const { name, hash, bytes } = command;
  const known = plan.artefacts.find((artefact) => artefact.name === name);
  if (known?.hash === hash) {
    return { ok: true, events: [], accepted: { runId: plan.runId, reached: 0 } };
  }
  const version = (known?.version ?? 0) + 1;
  const readers = plan.tasks
    .filter((task) => task.status === 'running' && task.needs?.includes(name) === true)
    .flatMap((task) => assigneeOf(state, task) ?? [])
    .filter((reader) => isLive(reader) && reader.id !== agent.id);
  const news = readers.map(
    (reader): FleetEvent => ({
      type: 'messageQueued',
      messageId: context.mint('message'),
      to: reader.id,
      from: { kind: 'engine' },
      sender: 'engine',
      kind: 'info',
      text: `${agent.label} has published version ${version} of "${name}", which your task needs. Read it with read_artefact and check what it means for your work.`,
      interrupt: false,
    }),
  );
  return {
    ok: true,
    events: [
      { type: 'artefactPublished', runId: plan.runId, agentId: agent.id, taskId: agent.taskId, name, version, hash, bytes },
      ...news,
    ],
    accepted: { runId: plan.runId, agentId: agent.id, reached: readers.length },
  };
}
