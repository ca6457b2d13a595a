import { useEffect, useRef } from 'preact/hooks';
import { Icon } from '../parts/icon.tsx';
import type { Store } from '../store.ts';
import { type Tab, tabs } from '../viewState.ts';
import { UsageView } from '../usage/usageView.tsx';
import { AgentHeader } from './agentHeader.tsx';
import { ReportView } from './reportView.tsx';
import { SteerBox } from './steerBox.tsx';
import { TranscriptView } from './transcriptView.tsx';

const tabWords = { transcript: 'Transcript', usage: 'Usage', report: 'Brief & report' } as const satisfies Record<Tab, string>;

/** The selected agent in full. */
export function DetailView({ store }: { readonly store: Store }) {
  const box = useRef<HTMLTextAreaElement>(null);
  const agent = store.selected.value;
  const { tab } = store.view.value;
  const tabRow = useRef<HTMLDivElement>(null);
  const moved = useRef(false);
  useEffect(() => {
    if (moved.current) {
      moved.current = false;
      tabRow.current?.querySelector<HTMLElement>('[aria-selected="true"]')?.focus();
    }
  }, [tab]);

  if (agent === undefined) {
    return (
      <section class="detail" aria-label="Agent">
        <div class="hint">
          <Icon name="list-selection" />
          <p>Select an agent to read its transcript, steer it or stop it.</p>
        </div>
      </section>
    );
  }
  return (
    <section class="detail" aria-label={`Agent ${agent.label}`}>
      <AgentHeader store={store} agent={agent} onSteer={() => box.current?.focus()} />
      <div
        class="tabs"
        role="tablist"
        ref={tabRow}
        onKeyDown={(event) => {
          const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
          const next = tabs[(tabs.indexOf(tab) + by + tabs.length) % tabs.length];
          if (by !== 0 && next !== undefined) {
            moved.current = true;
            store.change({ tab: next });
            event.preventDefault();
          }
        }}
      >
        {tabs.map((each) => (
          <button
            key={each}
            type="button"
            role="tab"
            id={`tab-${each}`}
            aria-selected={each === tab}
            aria-controls="tab-panel"
            tabIndex={each === tab ? 0 : -1}
            onClick={() => store.change({ tab: each })}
          >
            {tabWords[each]}
          </button>
        ))}
      </div>
      <div class="tab-panel" role="tabpanel" id="tab-panel" aria-labelledby={`tab-${tab}`}>
        {tab === 'transcript' ? (
          <TranscriptView key={agent.id} store={store} agent={agent} />
        ) : tab === 'usage' ? (
          <UsageView store={store} agent={agent} />
        ) : (
          <ReportView store={store} agent={agent} />
        )}
      </div>
      <SteerBox store={store} agent={agent} box={box} />
    </section>
  );
}
