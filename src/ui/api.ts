import { requestOf } from '../core/openRequests.ts';
import { answerTrain } from './train/askTrain.ts';
import { type FlotillaApi, FlotillaError } from '../api.ts';
import type { Accepted, FleetCommandInput } from '../core/commands.ts';
import { type AgentId, type AskId, isIdText, type RunId, toId } from '../core/ids.ts';
import { type Disposable, DisposableStore, toDisposable } from '../lib/disposables.ts';
import type { CommandDeps } from './commands/commandDeps.ts';
import { toSnapshot } from './snapshot.ts';

/** Listeners are told at most this often, in ms. */
const tellMs = 50;

/** The API over the fleet's one door. */
export function createApi(deps: Pick<CommandDeps, 'door' | 'provider' | 'now' | 'trains' | 'logError'>): FlotillaApi {
  const execute = (command: FleetCommandInput): Accepted => {
    const state = deps.door.state;
    const result = state.kind === 'open' ? state.fleet.execute(command) : { ok: false as const, rejection: state.rejection };
    if (!result.ok) {
      throw new FlotillaError(result.rejection.code, result.rejection.message, result.rejection.next);
    }
    return result.accepted;
  };
  const begin = async (command: FleetCommandInput) => {
    const failure = deps.door.state.kind === 'open' ? await deps.provider.ready() : undefined;
    if (failure !== undefined) {
      throw new FlotillaError('unavailable', failure.message, failure.next);
    }
    const { runId, agentId } = execute(command);
    return { runId: runId ?? '', agentId: agentId ?? '' };
  };
  const act = async (type: AgentAct, agentId: string) => {
    execute({ type, agentId: toAgentId(agentId) });
  };
  const actOnEither = async (type: keyof typeof runActs, id: string) => {
    const runId = toRunId(id);
    const isRun = deps.door.fleet?.state.runs[runId] !== undefined;
    execute(isRun ? { type: runActs[type], runId } : { type, agentId: toAgentId(id) });
  };
  return {
    apiVersion: 1,
    startRun: async ({ task, label, workflow, inputs, budget, isolation }) =>
      begin({ type: 'startRun', task, label, workflow, inputs: inputs === undefined ? undefined : copyInputs(inputs), budget, isolation }),
    spawnAgent: async ({ task, label, agentType, model, isolation, runId, parentId }) =>
      begin({
        type: 'spawnAgent',
        spawn: { label, agentType, model, isolation, brief: { objective: task } },
        runId: runId === undefined ? undefined : toRunId(runId),
        parentId: parentId === undefined ? undefined : toAgentId(parentId),
      }),
    steer: async (agentId, message, options) => {
      const interrupt = options?.interrupt === true;
      execute({ type: 'sendMessage', agentId: toAgentId(agentId), kind: 'steer', text: message, interrupt });
    },
    wrapUp: (agentId) => act('wrapUpAgent', agentId),
    kill: (id) => actOnEither('killAgent', id),
    killAll: async () => ({ reached: execute({ type: 'killAll' }).reached }),
    pause: (id) => actOnEither('pauseAgent', id),
    resume: (id) => actOnEither('resumeAgent', id),
    retry: (id) => actOnEither('retryAgent', id),
    followUp: async (agentId, task) => {
      execute({ type: 'followUpAgent', agentId: toAgentId(agentId), task });
    },
    delete: (agentId) => act('deleteAgent', agentId),
    answerApproval: async (approvalId, answer) => {
      const askId = toAskId(approvalId);
      const open = deps.door.fleet?.state;
      if (answer.kind === 'choose' && open !== undefined && requestOf(open, askId)?.kind === 'train') {
        const result = await answerTrain(open, askId, answer, deps);
        if (!result.ok) {
          throw new FlotillaError(result.rejection.code, result.rejection.message, result.rejection.next);
        }
        return;
      }
      execute(
        answer.kind === 'choose' ? { type: 'decide', askId, choice: answer.choice, text: answer.text } : { type: 'answer', askId, answer },
      );
    },
    snapshot: () => {
      const state = deps.door.state;
      return state.kind === 'open'
        ? toSnapshot(state.fleet.state, state.fleet.readOnly, deps.now())
        : { available: false, unavailable: state.rejection.message, runs: [], agents: [], approvals: [], trains: [] };
    },
    onDidChange: (listener) => listen(deps, listener),
  };
}

type AgentAct = 'wrapUpAgent' | 'killAgent' | 'pauseAgent' | 'resumeAgent' | 'retryAgent' | 'deleteAgent';

/** What can be done to a run as to an agent. */
const runActs = { killAgent: 'killRun', pauseAgent: 'pauseRun', resumeAgent: 'resumeRun', retryAgent: 'retryRun' } as const;

function copyInputs(inputs: Readonly<Record<string, string | readonly string[]>>): Record<string, string | string[]> {
  return Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, typeof value === 'string' ? value : [...value]]));
}

function listen({ door }: Pick<CommandDeps, 'door'>, listener: () => void): Disposable {
  const store = new DisposableStore();
  let subscription: Disposable | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tell = () => {
    timer ??= setTimeout(() => {
      timer = undefined;
      listener();
    }, tellMs);
  };
  const connect = () => {
    subscription?.dispose();
    subscription = door.fleet?.subscribe(tell);
  };
  store.add(
    toDisposable(() => {
      clearTimeout(timer);
      subscription?.dispose();
    }),
  );
  store.add(
    door.onDidChange(() => {
      connect();
      tell();
    }),
  );
  connect();
  return store;
}

function toAgentId(text: string): AgentId {
  return isIdText(text) ? toId('agent', text) : unknown('agent', text);
}

function toRunId(text: string): RunId {
  return isIdText(text) ? toId('run', text) : unknown('run', text);
}

function toAskId(text: string): AskId {
  return isIdText(text) ? toId('ask', text) : unknown('approval', text);
}

function unknown(what: string, text: string): never {
  throw new FlotillaError('unknown', `There is no ${what} ${JSON.stringify(text)}.`, 'Take an id from snapshot().');
}
