import { type FlotillaApi, FlotillaError } from '../api.ts';
import type { Accepted, FleetCommandInput } from '../core/commands.ts';
import { type AgentId, type AskId, isIdText, type RunId, toId } from '../core/ids.ts';
import { type Disposable, DisposableStore, toDisposable } from '../lib/disposables.ts';
import type { CommandDeps } from './commands/commandDeps.ts';
import { toSnapshot } from './snapshot.ts';

/** Listeners are told at most this often, in ms. */
const tellMs = 50;

/** The API over the fleet's one door. */
export function createApi(deps: Pick<CommandDeps, 'door' | 'provider' | 'now'>): FlotillaApi {
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
  const act = async (type: 'wrapUpAgent' | 'killAgent' | 'pauseAgent' | 'resumeAgent' | 'retryAgent' | 'deleteAgent', agentId: string) => {
    execute({ type, agentId: toAgentId(agentId) });
  };
  return {
    apiVersion: 1,
    startRun: async ({ task, label }) => begin({ type: 'startRun', task, label }),
    spawnAgent: async ({ task, label, agentType, model, runId, parentId }) =>
      begin({
        type: 'spawnAgent',
        spawn: { label, agentType, model, brief: { objective: task } },
        runId: runId === undefined ? undefined : toRunId(runId),
        parentId: parentId === undefined ? undefined : toAgentId(parentId),
      }),
    steer: async (agentId, message, options) => {
      const interrupt = options?.interrupt === true;
      execute({ type: 'sendMessage', agentId: toAgentId(agentId), kind: 'steer', text: message, interrupt });
    },
    wrapUp: (agentId) => act('wrapUpAgent', agentId),
    kill: (agentId) => act('killAgent', agentId),
    killAll: async () => ({ reached: execute({ type: 'killAll' }).reached }),
    pause: (agentId) => act('pauseAgent', agentId),
    resume: (agentId) => act('resumeAgent', agentId),
    retry: (agentId) => act('retryAgent', agentId),
    followUp: async (agentId, task) => {
      execute({ type: 'followUpAgent', agentId: toAgentId(agentId), task });
    },
    delete: (agentId) => act('deleteAgent', agentId),
    answerApproval: async (approvalId, answer) => {
      execute({ type: 'answer', askId: toAskId(approvalId), answer });
    },
    snapshot: () => {
      const state = deps.door.state;
      return state.kind === 'open'
        ? toSnapshot(state.fleet.state, state.fleet.readOnly, deps.now())
        : { available: false, unavailable: state.rejection.message, runs: [], agents: [], approvals: [] };
    },
    onDidChange: (listener) => listen(deps, listener),
  };
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
