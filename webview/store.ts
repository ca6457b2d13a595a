import { batch, computed, effect, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { AgentId } from '../src/core/ids.ts';
import { isLive, rootOf } from '../src/core/selectors.ts';
import type { Agent, Run } from '../src/core/state.ts';
import { dispatch, type Handlers } from '../src/protocol/handlers.ts';
import type { ToHost } from '../src/protocol/toHost.ts';
import type { ToWebview } from '../src/protocol/toWebview.ts';
import type { Bridge } from './bridge.ts';
import { type LaneRow, laneRows } from './lanes/laneRows.ts';
import { emptyMirror, type Mirror, type Mirrored, withEntries, withSnapshot, withTail, withTranscript } from './mirror.ts';
import { runsByAge, shownAgents, shownRun } from './scope.ts';
import { parseView, type ViewState } from './viewState.ts';

/** Why the host did not do what this view asked for. */
export interface Refusal {
  readonly message: string;
  readonly next: string;
}

/** Everything the components read and do. */
export interface Store {
  readonly mirror: ReadonlySignal<Mirror>;
  readonly view: ReadonlySignal<ViewState>;
  readonly runs: ReadonlySignal<readonly Run[]>;
  readonly run: ReadonlySignal<Run | undefined>;
  readonly agents: ReadonlySignal<readonly Agent[]>;
  readonly rows: ReadonlySignal<readonly LaneRow[]>;
  readonly selected: ReadonlySignal<Agent | undefined>;
  readonly live: ReadonlySignal<boolean>;
  readonly refusal: Signal<Refusal | undefined>;
  /** Whole outputs that were asked for, by hash. */
  readonly outputs: ReadonlySignal<ReadonlyMap<string, string>>;
  /** Unsent text by agent. */
  readonly drafts: Signal<ReadonlyMap<AgentId, string>>;
  /** A turn the transcript is asked to show. */
  readonly sought: Signal<{ readonly agentId: AgentId; readonly turn: number } | undefined>;
  /** The host's clock, ms since the epoch. */
  now(): number;
  post(message: ToHost): void;
  change(view: Partial<ViewState>): void;
  select(agentId: AgentId | undefined): void;
  /** Sends a person's words to an agent, and keeps them in case they are refused. */
  say(agent: Agent, text: string, interrupt: boolean): void;
}

/** How many whole outputs are kept; each may be large. */
const maxOutputs = 12;

/** Makes the store and begins the talk with the host. */
export function createStore(bridge: Bridge): Store {
  const mirror = signal<Mirror>(emptyMirror);
  const view = signal<ViewState>(parseView(bridge.readState()));
  const refusal = signal<Refusal | undefined>(undefined);
  const outputs = signal<ReadonlyMap<string, string>>(new Map());
  const drafts = signal<ReadonlyMap<AgentId, string>>(new Map());
  const sought = signal<Store['sought']['value']>(undefined);
  let ahead = 0;
  let awaiting = false;
  let said: { readonly agentId: AgentId; readonly text: string } | undefined;

  const run = computed(() => shownRun(mirror.value.state, view.value.run));
  const agents = computed(() => shownAgents(mirror.value.state, run.value));
  const agentId = computed(() => view.value.agentId);
  const collapsed = computed(() => view.value.collapsed);

  const post = (message: ToHost): void => {
    // A refusal that comes after this may be of this and not of what was said before.
    said = undefined;
    bridge.post(message);
  };
  const change = (part: Partial<ViewState>): void => {
    view.value = { ...view.value, ...part };
  };
  const askForSnapshot = (): void => {
    if (!awaiting) {
      awaiting = true;
      post(agentId.value === undefined ? { type: 'ready' } : { type: 'ready', follow: agentId.value });
    }
  };
  const mirrored = (next: Mirrored): void => {
    mirror.value = next.mirror;
    if (next.gap) {
      askForSnapshot();
    }
  };
  const setClock = (now: number): void => {
    ahead = now - Date.now();
  };
  const select = (id: AgentId | undefined): void => {
    if (id !== agentId.value) {
      batch(() => {
        change({ agentId: id });
        refusal.value = undefined;
      });
      post(id === undefined ? { type: 'follow' } : { type: 'follow', agentId: id });
    }
  };
  /** Something is always selected if there is something: the agent the shown run began with. */
  const selectSomething = (): void => {
    const { state } = mirror.value;
    if (agentId.value !== undefined && state.agents[agentId.value] !== undefined) {
      return;
    }
    const shown = run.value ?? runsByAge(state)[0];
    select(shown === undefined ? undefined : rootOf(state, shown.id)?.id);
  };

  const handlers: Handlers<ToWebview> = {
    snapshot: (message) => {
      awaiting = false;
      setClock(message.now);
      mirror.value = withSnapshot(message);
      if (agentId.value !== undefined && message.follow !== agentId.value && message.state.agents[agentId.value] !== undefined) {
        post({ type: 'follow', agentId: agentId.value });
      }
      selectSomething();
    },
    entries: (message) => {
      setClock(message.now);
      if (
        message.entries.some(({ event }) => event.type === 'messageQueued' && event.to === said?.agentId && event.from.kind === 'person')
      ) {
        said = undefined;
      }
      const before = run.value?.id;
      mirrored(withEntries(mirror.value, message));
      const shown = run.value;
      // A run that has just begun takes the stage, unless the person is writing to an agent of the one before.
      if (shown !== undefined && shown.id !== before && (agentId.value === undefined || (drafts.value.get(agentId.value) ?? '') === '')) {
        select(rootOf(mirror.value.state, shown.id)?.id);
      }
      selectSomething();
    },
    transcript: (message) => {
      if (message.agentId === agentId.value) {
        mirrored(withTranscript(mirror.value, message));
      }
    },
    tail: (message) => {
      if (message.agentId === agentId.value) {
        mirror.value = withTail(mirror.value, message);
      }
    },
    output: ({ hash, text }) => {
      outputs.value = new Map([...outputs.value, [hash, text] as const].slice(-maxOutputs));
    },
    reveal: (message) => {
      const agent = mirror.value.state.agents[message.agentId];
      if (agent !== undefined && run.value !== undefined && run.value.id !== agent.runId) {
        change({ run: agent.runId });
      }
      select(message.agentId);
    },
    refused: ({ message, next }) => {
      refusal.value = { message, next };
      if (said !== undefined && (drafts.value.get(said.agentId) ?? '') === '') {
        drafts.value = new Map(drafts.value).set(said.agentId, said.text);
      }
      said = undefined;
    },
  };

  bridge.listen((message) => {
    if (Object.hasOwn(handlers, message.type)) {
      batch(() => dispatch(handlers, message));
    }
  });
  effect(() => bridge.writeState(view.value));
  askForSnapshot();

  return {
    mirror,
    view,
    runs: computed(() => runsByAge(mirror.value.state)),
    run,
    agents,
    rows: computed(() => laneRows(agents.value, new Set(collapsed.value))),
    selected: computed(() => (agentId.value === undefined ? undefined : mirror.value.state.agents[agentId.value])),
    live: computed(() => agents.value.some(isLive)),
    refusal,
    outputs,
    drafts,
    sought,
    now: () => Date.now() + ahead,
    post,
    change,
    select,
    say: (agent, text, interrupt) => {
      batch(() => {
        refusal.value = undefined;
        drafts.value = new Map(drafts.value).set(agent.id, '');
      });
      post(isLive(agent) ? { type: 'steer', agentId: agent.id, text, interrupt } : { type: 'followUp', agentId: agent.id, text });
      said = { agentId: agent.id, text };
    },
  };
}
