import { useRef } from 'preact/hooks';
import { Icon } from '../parts/icon.tsx';
import { Tabs } from '../parts/tabs.tsx';
import type { Store } from '../store.ts';
import { type Tab, tabs } from '../viewState.ts';
import { UsageView } from '../usage/usageView.tsx';
import { AgentHeader } from './agentHeader.tsx';
import { ReportView } from './reportView.tsx';
import { SteerBox } from './steerBox.tsx';
import { TranscriptView } from './transcriptView.tsx';

const tabWords = { transcript: 'Transcript', usage: 'Usage', report: 'Brief & report' } as const satisfies Record<Tab, string>;
const tabItems = tabs.map((value) => ({ value, words: tabWords[value] }));

/** The selected agent in full. */
export function DetailView({ store }: { readonly store: Store }) {
  const box = useRef<HTMLTextAreaElement>(null);
  const agent = store.selected.value;
  const { tab } = store.view.value;
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
      <Tabs label="About this agent" panel="tab-panel" items={tabItems} value={tab} onChange={(next) => store.change({ tab: next })} />
      <div class="tab-panel" role="tabpanel" id="tab-panel" aria-labelledby={`tab-panel-${tab}`}>
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
