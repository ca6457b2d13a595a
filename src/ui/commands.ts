import * as vscode from 'vscode';
import { isIdText, toId } from '../core/ids.ts';
import { answerSchema } from '../core/events.ts';
import { type Disposable, DisposableStore } from '../lib/disposables.ts';
import { readChoice } from './decisions.ts';
import { type ReviewDeps, reviewApprovals } from './approvals.ts';
import { type CommandReply, cancelled, done, refused, showRefusal, toReply, type WayOut } from './commandReply.ts';
import { createAgentCommands } from './commands/agentCommands.ts';
import { type CommandTable, withFleet, withWritableFleet } from './commands/commandDeps.ts';
import { createEditorCommands, type EditorCommandDeps } from './commands/editorCommands.ts';
import { createFleetCommands } from './commands/fleetCommands.ts';
import { createPlanCommands, type PlanCommandDeps } from './commands/planCommands.ts';
import { createResultCommands, type ResultCommandDeps } from './commands/resultCommands.ts';
import { createRunActs } from './commands/runActs.ts';
import { createSpawnCommands } from './commands/runCommands.ts';
import { type StartDeps, startRun, startWorkflow } from './commands/startRun.ts';
import { createUndoCommand } from './review/undoCommand.ts';
import { requestOf } from '../core/openRequests.ts';
import { answerTrain } from './train/askTrain.ts';
import { createRestoreCommand } from './train/restoreWork.ts';
import { createTrainCommands } from './train/trainCommands.ts';
import { createReviewCommands, type ReviewCommandDeps } from './review/reviewCommands.ts';
import { type KeyStore, setApiKey } from './setApiKey.ts';
import { agentOfTarget, pickAgent, toGiven } from './targets.ts';

/** What all commands together need. */
export interface AllCommandDeps extends EditorCommandDeps, PlanCommandDeps, StartDeps, ResultCommandDeps, ReviewCommandDeps {
  readonly review: ReviewDeps;
  readonly apiKey: KeyStore;
  readonly showLog: () => void;
  /** Opens the fleet anew, unless it is open for writing already. */
  readonly reopen: () => Promise<void>;
  /** Told when the person begins and ends to be asked, so that nobody else asks meanwhile. */
  readonly setReviewing: (reviewing: boolean) => void;
}

/** Registers every command. A refusal is shown once and also returned; a defect is logged and returned as a refusal. */
export function registerCommands(deps: AllCommandDeps): Disposable {
  const table: CommandTable = {
    'flotilla.startRun': (first, second) => withWritableFleet(deps.door, (fleet) => startRun(deps, fleet, first, second)),
    'flotilla.startWorkflow': (...given) => withWritableFleet(deps.door, (fleet) => startWorkflow(deps, fleet, given)),
    ...createSpawnCommands(deps),
    ...createRunActs(deps),
    ...createResultCommands(deps),
    ...createReviewCommands(deps),
    ...createUndoCommand(deps),
    ...createTrainCommands(deps),
    ...createRestoreCommand(deps),
    ...createAgentCommands(deps),
    ...createFleetCommands(deps),
    ...createEditorCommands(deps),
    ...createPlanCommands(deps),
    ...createViewCommands(deps),
  };
  const store = new DisposableStore();
  for (const [id, handler] of Object.entries(table)) {
    store.add(
      vscode.commands.registerCommand(id, async (...args: unknown[]) => {
        const reply = await handler(...args).catch((error: unknown) => defect(deps, id, error));
        showRefusal(reply, deps.logError, wayToKey(reply));
        return reply;
      }),
    );
  }
  return store;
}

function createViewCommands(deps: AllCommandDeps): CommandTable {
  return {
    'flotilla.openTimeline': async (argument) => {
      const given = toGiven(argument);
      const state = deps.door.fleet?.state;
      const target = state !== undefined && given.by === 'row' ? agentOfTarget(state, given.target) : undefined;
      deps.openTimeline(target);
      return done;
    },
    'flotilla.openTranscript': (argument) =>
      withFleet(deps.door, async ({ state }) => {
        const given = toGiven(argument);
        if (given.by === 'palette' && Object.keys(state.agents).length === 0) {
          return refused({ code: 'unknown', message: 'There is no agent yet.', next: 'Start a run first.' });
        }
        const named = given.by === 'code' && isIdText(given.id) ? toId('agent', given.id) : undefined;
        const question = { title: 'Open Transcript', placeholder: 'Whose transcript?', fits: () => true };
        const agentId =
          given.by === 'row'
            ? agentOfTarget(state, given.target)
            : given.by === 'code'
              ? named
              : await pickAgent(state, question, deps.now());
        if (agentId === undefined && given.by === 'palette') {
          return cancelled;
        }
        if (agentId === undefined || state.agents[agentId] === undefined) {
          return refused({ code: 'unknown', message: 'There is no such agent.', next: 'Pick one from the Fleet view.' });
        }
        deps.openTimeline(agentId);
        return done;
      }),
    'flotilla.reviewApprovals': (first, second) =>
      withWritableFleet(deps.door, async (fleet) => {
        const given = toGiven(first);
        const askId = given.by === 'code' ? given.id : given.by === 'row' && given.target.kind === 'ask' ? given.target.askId : undefined;
        const choice = readChoice(second);
        if (choice !== undefined && askId !== undefined && isIdText(askId)) {
          const id = toId('ask', askId);
          return requestOf(fleet.state, id)?.kind === 'train'
            ? toReply(await answerTrain(fleet.state, id, choice, deps))
            : toReply(fleet.execute({ type: 'decide', askId: id, ...choice }));
        }
        const answer = answerSchema.safeParse(second);
        if (answer.success && askId !== undefined && isIdText(askId)) {
          return toReply(fleet.execute({ type: 'answer', askId: toId('ask', askId), answer: answer.data }));
        }
        deps.setReviewing(true);
        try {
          return await reviewApprovals(fleet, deps.review, askId);
        } finally {
          deps.setReviewing(false);
        }
      }),
    'flotilla.setApiKey': (key) => setApiKey(deps.apiKey, key, useAnthropic),
    'flotilla.reopenFleet': async () => {
      await deps.reopen();
      return done;
    },
    'flotilla.showLog': async () => {
      deps.showLog();
      return done;
    },
  };
}

async function useAnthropic(): Promise<void> {
  await vscode.workspace.getConfiguration('flotilla').update('provider', 'anthropic', vscode.ConfigurationTarget.Global);
}

/** A model that cannot be used is most often one without a key. */
function wayToKey(reply: CommandReply): readonly WayOut[] {
  const aboutKey = !reply.ok && reply.code === 'unavailable' && /\bkey\b/i.test(`${reply.message} ${reply.next}`);
  return aboutKey ? [{ title: 'Set API Key', command: 'flotilla.setApiKey', args: [] }] : [];
}

function defect(deps: AllCommandDeps, id: string, error: unknown): CommandReply {
  deps.logError(error);
  return refused({ code: 'unavailable', message: `The command ${id} failed.`, next: 'See the Flotilla output channel.' });
}
