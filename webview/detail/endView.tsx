import type { Outcome } from '../../src/core/events.ts';
import { failureText } from '../../src/core/rowText.ts';
import { Icon } from '../parts/icon.tsx';
import type { Store } from '../store.ts';
import { formatClock } from '../text/format.ts';
import { toVisible } from '../text/visible.ts';
import { actorWords, endSign } from '../text/words.ts';

/** The last line of a transcript: how the agent ended and what can be done about it. */
export function EndView({ outcome, at, store }: { readonly outcome: Outcome; readonly at: number; readonly store: Store }) {
  const sign = endSign(outcome.kind);
  return (
    <div class={`item-end item-head end-${outcome.kind}`}>
      <Icon name={sign.icon} tone={sign.tone} />
      <span class="item-title">{sign.words}</span>
      <span class="end-words">{endWords(outcome, store)}</span>
      <span class="dim">{formatClock(at)}</span>
      {outcome.kind === 'done' ? (
        <button type="button" class="link-button" onClick={() => store.change({ tab: 'report' })}>
          Show the report
        </button>
      ) : null}
    </div>
  );
}

function endWords(outcome: Outcome, store: Store): string {
  switch (outcome.kind) {
    case 'done':
      return '';
    case 'failed':
      return toVisible(failureText(outcome.failure));
    case 'killed':
      return `by ${actorWords(outcome.by, store.mirror.value.state.agents)}`;
    case 'interrupted':
      return 'when the window closed; resume it to go on from here.';
  }
}
