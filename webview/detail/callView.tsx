import type { Effect } from '../../src/core/events.ts';
import type { ToolCall } from '../../src/core/state.ts';
import { Icon, isTurning } from '../parts/icon.tsx';
import { formatDuration } from '../text/format.ts';
import { PlaceButton } from '../text/markdown.tsx';
import { toVisible, toVisibleLine } from '../text/visible.ts';
import { callSign } from '../text/words.ts';
import type { ItemContext } from './itemView.tsx';
import { OutputView } from './outputView.tsx';
import { SentRequests } from './requestView.tsx';
import type { Item } from './transcriptItems.ts';

type CallItem = Extract<Item, { kind: 'call' }>;

/** A tool call: one line, and its input and output when opened. What needs the person stands out. */
export function CallView({ item, context }: { readonly item: CallItem; readonly context: ItemContext }) {
  const { call } = item;
  const ask = context.asks.get(call.callId);
  const running = call.startedAt !== undefined && call.status === undefined;
  const sign = ask === undefined ? callSign(call.status, running) : { icon: 'report', words: 'Needs you', tone: 'person' as const };
  const open = context.isOpen(item.key);
  const live = running ? context.liveOutputs.get(call.callId) : undefined;
  const length = durationOf(call, context.store.now());
  return (
    <div class={`item-call${ask === undefined ? '' : ' asking'}`}>
      <div class="item-head">
        <button type="button" class="fold" aria-expanded={open} onClick={() => context.toggle(item.key)}>
          <Icon name={open ? 'chevron-down' : 'chevron-right'} />
          <Icon name={sign.icon} tone={sign.tone} spin={isTurning(sign.icon)} />
          <span class="call-title">{toVisibleLine(call.title) || call.name}</span>
        </button>
        <span class={`call-status tone-${sign.tone}`}>{sign.words}</span>
        {length === undefined ? null : <span class="dim">{length}</span>}
        {ask === undefined ? null : (
          <button
            type="button"
            class="button primary"
            disabled={context.store.mirror.value.readOnly !== undefined}
            onClick={() => context.store.post({ type: 'review', askId: ask.askId })}
          >
            Review
          </button>
        )}
      </div>
      <Places call={call} context={context} />
      <SentRequests call={call} store={context.store} />
      {item.invalid === undefined ? null : <div class="call-note tone-bad">The call could not be read: {toVisibleLine(item.invalid)}</div>}
      {open ? <div class="plain call-input">{inputText(item)}</div> : null}
      {live === undefined || live === '' ? null : <pre class="output live">{toVisible(live)}</pre>}
      {call.output === undefined ? null : <OutputView output={call.output} open={open} store={context.store} />}
    </div>
  );
}

function Places({ call, context }: { readonly call: ToolCall; readonly context: ItemContext }) {
  const changes = call.effects.filter((effect) => effect.kind === 'changed');
  if (changes.length === 0 && call.place === undefined) {
    return null;
  }
  return (
    <div class="call-places">
      {changes.length > 0
        ? changes.map((change) => <Change key={change.path} change={change} context={context} />)
        : call.place !== undefined && <PlaceButton path={call.place.path} line={call.place.line} openPlace={context.openPlace} />}
    </div>
  );
}

function Change({ change, context }: { readonly change: Extract<Effect, { kind: 'changed' }>; readonly context: ItemContext }) {
  return (
    <span class="change">
      <PlaceButton path={change.path} line={change.line} openPlace={context.openPlace} /> {change.change}{' '}
      <span class="added">+{change.added}</span> <span class="removed">−{change.removed}</span>
    </span>
  );
}

function durationOf(call: ToolCall, now: number): string | undefined {
  if (call.startedAt === undefined) {
    return undefined;
  }
  return formatDuration(Math.max(0, (call.endedAt ?? now) - call.startedAt));
}

function inputText({ call, input }: CallItem): string {
  return toVisible(`${call.name} ${JSON.stringify(input ?? {}, undefined, 2)}`);
}
