import type { Outcome } from '../core/events.ts';
import type { AgentDeps } from './agentDeps.ts';
import { RunFailure } from './runFailure.ts';

/** Sees to it that an agent has the folder it is to work in before it does anything. Throws a RunFailure when it cannot have it. */
export async function takeWorkplace(deps: AgentDeps, signal: AbortSignal): Promise<void> {
  const { workplace } = deps.agent();
  const placement = workplace === undefined ? deps.placement() : { kind: 'join' as const, workplace };
  if (deps.workplaces === undefined || placement.kind === 'open') {
    return;
  }
  const prepared = await deps.workplaces.prepare(deps.agent(), placement, signal);
  if (!prepared.ok) {
    throw new RunFailure(prepared.failure);
  }
  if (workplace === undefined) {
    deps.commit([{ type: 'workplaceMade', agentId: deps.agent().id, workplace: prepared.workplace }]);
  }
}

/**
 * Keeps what an agent leaves in its folder as a commit, for those who build on it and for the person. Nothing is kept of an interrupted
 * one, which goes on in the same folder, nor of one that may change nothing. Never rejects: the folder is there in any case.
 */
export async function keepWork(deps: AgentDeps, outcome: Outcome): Promise<void> {
  const { id, label, workplace, rights } = deps.agent();
  if (deps.workplaces === undefined || workplace === undefined || outcome.kind === 'interrupted' || rights?.writes?.length === 0) {
    return;
  }
  const kept = await deps.workplaces.capture(workplace);
  if (kept.ok) {
    deps.commit([{ type: 'workCaptured', agentId: id, commit: kept.commit, changed: kept.changed }]);
  } else {
    deps.log.warn(`The work of ${label} was not kept as a commit; it is in ${workplace.folder}. ${kept.text}`);
  }
}
