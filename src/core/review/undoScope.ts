import type { Rejection } from '../commands.ts';
import type { Effect } from '../events.ts';
import type { AgentId } from '../ids.ts';
import type { Agent, FleetState } from '../state.ts';

/** Which of an agent's changes are to be undone: all, those of one turn, or those of one file. */
export type UndoScope =
  | { readonly kind: 'all' }
  | { readonly kind: 'turn'; readonly turn: number }
  | { readonly kind: 'file'; readonly path: string };

type Change = Extract<Effect, { kind: 'changed' }>;

/** One turn in which an agent changed files. */
export interface ChangedTurn {
  readonly turn: number;
  /** Each once, in the order in which they were changed. */
  readonly paths: readonly string[];
}

/** The turns in which an agent changed files, the latest first. */
export function changedTurns(state: Pick<FleetState, 'transcripts'>, agentId: AgentId): readonly ChangedTurn[] {
  return (state.transcripts[agentId]?.turns ?? [])
    .map(({ number, calls }) => ({
      turn: number,
      paths: [...new Set(calls.flatMap(({ effects }) => changesIn(effects)).map(({ path }) => path))],
    }))
    .filter(({ paths }) => paths.length > 0)
    .toReversed();
}

/** An agent's changes within a scope, in the order in which they happened. */
export function changesToUndo(state: Pick<FleetState, 'transcripts'>, agentId: AgentId, scope: UndoScope): readonly Change[] {
  return (state.transcripts[agentId]?.turns ?? [])
    .filter(({ number }) => scope.kind !== 'turn' || scope.turn === number)
    .flatMap(({ calls }) => calls.flatMap(({ effects }) => changesIn(effects)))
    .filter(({ path }) => scope.kind !== 'file' || scope.path === path);
}

/** Why an agent's changes cannot be undone now, if they cannot. */
export function undoRefusal(state: FleetState, agentId: AgentId, scope: UndoScope): Rejection | undefined {
  const agent: Agent | undefined = state.agents[agentId];
  if (agent === undefined) {
    return { code: 'unknown', message: 'There is no such agent.', next: 'Pick one from the Fleet view.' };
  }
  if (agent.stage === 'queued' || agent.stage === 'working') {
    return {
      code: 'invalid',
      message: `${agent.label} is at work, and would go on from files that it does not know.`,
      next: 'Pause or kill it first.',
    };
  }
  return changesToUndo(state, agentId, scope).length === 0
    ? {
        code: 'unknown',
        message: `${agent.label} has changed nothing there that was recorded.`,
        next: 'See what it changed with Review Changes.',
      }
    : undefined;
}

function changesIn(effects: readonly Effect[]): readonly Change[] {
  return effects.filter((effect) => effect.kind === 'changed');
}
