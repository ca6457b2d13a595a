import type { Agent } from '../../src/core/state.ts';
import type { ToHost } from '../../src/protocol/toHost.ts';
import { Icon } from '../parts/icon.tsx';
import type { Store } from '../store.ts';

type Act = Extract<ToHost, { type: 'act' }>['act'];

/** One button for the selected agent. */
interface Action {
  readonly act: Act | 'write';
  readonly icon: string;
  readonly words: string;
  readonly hint: string;
  readonly enabled: boolean;
}

/** What can be done with an agent as it is; actions that make no sense are not there, those under way cannot be pressed again. */
export function actionsFor(agent: Agent): readonly Action[] {
  const { phase } = agent;
  if (phase.kind === 'ended') {
    const again: readonly Action[] =
      phase.outcome.kind === 'interrupted'
        ? [{ act: 'resume', icon: 'debug-continue', words: 'Resume', hint: 'Go on from where it was interrupted', enabled: true }]
        : phase.outcome.kind === 'done'
          ? []
          : [{ act: 'retry', icon: 'refresh', words: 'Retry', hint: 'Go on from its history', enabled: true }];
    return [
      ...again,
      { act: 'write', icon: 'reply', words: 'Follow up', hint: 'Give it a new task; it keeps its context', enabled: true },
      { act: 'delete', icon: 'trash', words: 'Delete', hint: 'Remove it from the fleet', enabled: true },
    ];
  }
  const going = agent.killing === undefined;
  const held = phase.kind === 'paused' || agent.pausing;
  return [
    { act: 'write', icon: 'compass', words: 'Steer', hint: 'Tell it something', enabled: going },
    held
      ? { act: 'resume', icon: 'debug-continue', words: 'Resume', hint: 'Let it go on', enabled: going }
      : { act: 'pause', icon: 'debug-pause', words: 'Pause', hint: 'Hold it at the next tool-call boundary', enabled: going },
    { act: 'wrapUp', icon: 'flag', words: 'Wrap up', hint: 'Ask it to finish soon and report', enabled: going && !agent.wrappingUp },
    { act: 'kill', icon: 'circle-slash', words: 'Kill', hint: 'End it and all agents under it now', enabled: going },
  ];
}

/** The buttons for the selected agent. */
export function AgentActions({ store, agent, onSteer }: { readonly store: Store; readonly agent: Agent; readonly onSteer: () => void }) {
  const { readOnly } = store.mirror.value;
  return (
    <div class="actions" role="toolbar" aria-label="What to do with this agent">
      {actionsFor(agent).map(({ act, icon, words, hint, enabled }) => (
        <button
          key={act}
          type="button"
          class="button"
          title={readOnly ?? `${words}: ${hint}`}
          aria-label={words}
          disabled={readOnly !== undefined || !enabled}
          onClick={() => (act === 'write' ? onSteer() : store.post({ type: 'act', agentId: agent.id, act }))}
        >
          <Icon name={icon} /> <span class="button-words">{words}</span>
        </button>
      ))}
    </div>
  );
}
