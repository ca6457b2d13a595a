import type { Outcome, Workplace } from '../core/events.ts';
import type { Placement } from '../core/isolation.ts';
import type { AgentDeps } from './agentDeps.ts';
import type { Workplaces } from './ports.ts';
import { RunFailure } from './runFailure.ts';

/**
 * Sees to it that an agent has the folder it is to work in before it does anything; undefined when it works in the open folders. Rejects with
 * a RunFailure when it cannot have its folder.
 */
export function takeWorkplace(deps: AgentDeps, signal: AbortSignal): Promise<void> | undefined {
  const { workplaces } = deps;
  const { workplace } = deps.agent();
  const placement = workplace === undefined ? deps.placement() : { kind: 'join' as const, workplace };
  return workplaces === undefined || placement.kind === 'open' ? undefined : prepare(deps, workplaces, placement, signal);
}

async function prepare(
  deps: AgentDeps,
  workplaces: Workplaces,
  placement: Exclude<Placement, { kind: 'open' }>,
  signal: AbortSignal,
): Promise<void> {
  const prepared = await workplaces.prepare(deps.agent(), placement, signal);
  if (!prepared.ok) {
    throw new RunFailure(prepared.failure);
  }
  if (deps.agent().workplace === undefined) {
    deps.commit([{ type: 'workplaceMade', agentId: deps.agent().id, workplace: prepared.workplace }]);
  }
}

/**
 * Keeps what an agent leaves in its folder as a commit, for those who build on it and for the person; undefined when there is nothing to
 * keep: an interrupted agent goes on in the same folder, and another may change nothing. Never rejects, since the folder is there in any case.
 */
export function keepWork(deps: AgentDeps, outcome: Outcome): Promise<void> | undefined {
  const { workplace, rights } = deps.agent();
  const { workplaces } = deps;
  return workplaces === undefined || workplace === undefined || outcome.kind === 'interrupted' || rights?.writes?.length === 0
    ? undefined
    : keep(deps, workplaces, workplace);
}

async function keep(deps: AgentDeps, workplaces: Workplaces, workplace: Workplace): Promise<void> {
  const kept = await workplaces.capture(workplace);
  const { id, label } = deps.agent();
  if (kept.ok) {
    deps.commit([{ type: 'workCaptured', agentId: id, commit: kept.commit, changed: kept.changed }]);
  } else {
    deps.log.warn(`The work of ${label} was not kept as a commit; it is in ${workplace.folder}. ${kept.text}`);
  }
}
