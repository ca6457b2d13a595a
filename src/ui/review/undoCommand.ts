import * as vscode from 'vscode';
import { toId, isIdText, type AgentId } from '../../core/ids.ts';
import { changedTurns, undoRefusal, type UndoScope } from '../../core/review/undoScope.ts';
import { countText } from '../../core/rowText.ts';
import type { Agent, FleetState } from '../../core/state.ts';
import type { FleetControl, UndoneChanges } from '../../orchestrator/ports.ts';
import { type CommandReply, cancelled, done, refused } from '../commandReply.ts';
import { type CommandDeps, type CommandTable, withWritableFleet } from '../commands/commandDeps.ts';
import { noLinks } from '../plainText.ts';
import { agentOfTarget, pickAgent, toGiven } from '../targets.ts';

/** From code: `(agentId, scope?)`; from the tree: the agent's row. By hand it asks which changes, and once more before it undoes them. */
export function createUndoCommand(deps: CommandDeps): CommandTable {
  return {
    'flotilla.undoChanges': (first, second) =>
      withWritableFleet(deps.door, async (fleet) => {
        const given = toGiven(first);
        const agentId = await chooseAgent(fleet.state, given, deps.now());
        if (agentId === undefined) {
          return given.by === 'palette' && candidates(fleet.state).length === 0
            ? refused({ code: 'unknown', message: 'No agent that is not at work has changed a file.', next: '' })
            : cancelled;
        }
        const refusal = undoRefusal(fleet.state, agentId, { kind: 'all' });
        if (refusal !== undefined) {
          return refused(refusal);
        }
        const scope = given.by === 'code' ? (readScope(second) ?? { kind: 'all' }) : await askScope(fleet.state, agentId);
        return scope === undefined ? cancelled : await undo(fleet, agentId, scope, given.by !== 'code', deps);
      }),
  };
}

async function chooseAgent(state: FleetState, given: ReturnType<typeof toGiven>, now: number): Promise<AgentId | undefined> {
  if (given.by === 'code') {
    return isIdText(given.id) ? toId('agent', given.id) : undefined;
  }
  if (given.by === 'row') {
    return agentOfTarget(state, given.target);
  }
  const question = { title: 'Undo Changes', placeholder: 'Whose changes?', fits: (agent: Agent) => candidates(state).includes(agent) };
  return await pickAgent(state, question, now);
}

function candidates(state: FleetState): readonly Agent[] {
  return Object.values<Agent>(state.agents).filter(
    (agent) => agent.filesChanged.length > 0 && undoRefusal(state, agent.id, { kind: 'all' }) === undefined,
  );
}

function readScope(value: unknown): UndoScope | undefined {
  if (typeof value !== 'object' || value === null) {
    return undefined;
  }
  if ('turn' in value && typeof value.turn === 'number') {
    return { kind: 'turn', turn: value.turn };
  }
  return 'path' in value && typeof value.path === 'string' ? { kind: 'file', path: value.path } : undefined;
}

async function askScope(state: FleetState, agentId: AgentId): Promise<UndoScope | undefined> {
  const turns = changedTurns(state, agentId);
  const paths = [...new Set(turns.flatMap((turn) => turn.paths))].sort();
  const items: (vscode.QuickPickItem & { scope?: UndoScope })[] = [
    { label: '$(discard) All its changes', description: countText(paths.length, 'file'), scope: { kind: 'all' } },
    { label: 'One turn', kind: vscode.QuickPickItemKind.Separator },
    ...turns.map(({ turn, paths: changed }) => ({
      label: `$(history) Turn ${turn}`,
      description: changed.join(', '),
      scope: { kind: 'turn', turn } as const,
    })),
    { label: 'One file', kind: vscode.QuickPickItemKind.Separator },
    ...paths.map((path) => ({ label: `$(file) ${path}`, scope: { kind: 'file', path } as const })),
  ];
  const label = state.agents[agentId]?.label ?? 'the agent';
  const picked = await vscode.window.showQuickPick(items, {
    title: 'Undo Changes',
    placeHolder: `Which changes of ${label} should be undone?`,
    matchOnDescription: true,
  });
  return picked?.scope;
}

async function undo(
  fleet: FleetControl,
  agentId: AgentId,
  scope: UndoScope,
  byHand: boolean,
  { logError }: CommandDeps,
): Promise<CommandReply> {
  const label = fleet.state.agents[agentId]?.label ?? 'the agent';
  if (byHand) {
    const message = `Undo ${scopeText(scope)} of ${label}?`;
    const detail = 'Files get back what they held before. What anybody else has changed since is left as it is and named.';
    if ((await vscode.window.showWarningMessage(noLinks(message), { modal: true, detail }, 'Undo')) !== 'Undo') {
      return cancelled;
    }
  }
  const undone = await fleet.undoChanges(agentId, scope);
  if ('code' in undone) {
    return refused(undone);
  }
  if (byHand) {
    const show = undone.kept.length === 0 ? vscode.window.showInformationMessage : vscode.window.showWarningMessage;
    show(noLinks(undoneText(undone))).then(undefined, logError);
  }
  return { ...done, reached: undone.restored.length };
}

function scopeText(scope: UndoScope): string {
  switch (scope.kind) {
    case 'all':
      return 'all changes';
    case 'turn':
      return `the changes of turn ${scope.turn}`;
    case 'file':
      return `the changes to ${scope.path}`;
  }
}

function undoneText({ restored, kept }: UndoneChanges): string {
  const back =
    restored.length === 0 ? 'No file was given back.' : `${countText(restored.length, 'file')} given back: ${restored.join(', ')}.`;
  const left = kept.map(({ path, why }) => `${path} was left: ${why}`).join(' ');
  return left === '' ? back : `${back} ${left}`;
}
