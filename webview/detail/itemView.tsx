import type { ComponentChildren } from 'preact';
import { manifestSummary } from '../../src/core/context/manifestText.ts';
import { failureText, firstLine } from '../../src/core/rowText.ts';
import type { OpenAsk } from '../../src/core/state.ts';
import { Icon } from '../parts/icon.tsx';
import type { Store } from '../store.ts';
import { formatClock, formatDuration } from '../text/format.ts';
import { Markdown, type OpenPlace, PlaceButton, PlainText } from '../text/markdown.tsx';
import { toVisible, toVisibleLine } from '../text/visible.ts';
import { actorWords, messageSigns } from '../text/words.ts';
import { CallView } from './callView.tsx';
import { ContextView } from './contextView.tsx';
import { EndView } from './endView.tsx';
import { MessageThread } from './requestView.tsx';
import type { Item } from './transcriptItems.ts';

/** What items need to draw themselves and to act. */
export interface ItemContext {
  readonly store: Store;
  readonly openPlace: OpenPlace;
  readonly asks: ReadonlyMap<string, OpenAsk>;
  readonly liveOutputs: ReadonlyMap<string, string>;
  readonly isOpen: (key: string) => boolean;
  readonly toggle: (key: string) => void;
}

/** One piece of the transcript. */
export function ItemView({ item, context }: { readonly item: Item; readonly context: ItemContext }) {
  const { store, openPlace } = context;
  switch (item.kind) {
    case 'context':
      return (
        <Fold item={item} context={context} icon="layers" title="Context" hint={manifestSummary(item.manifest)}>
          <ContextView agent={item.agent} manifest={item.manifest} openPlace={openPlace} />
        </Fold>
      );
    case 'opening':
      return (
        <Fold item={item} context={context} icon="book" title="Brief, as the agent was told it">
          <div class="plain">{toVisible(item.text)}</div>
        </Fold>
      );
    case 'turn': {
      const { turn } = item;
      return (
        <div class="item-turn">
          <span>Turn {turn.number}</span>
          <span>{formatClock(turn.startedAt)}</span>
          {turn.endedAt === undefined ? null : <span>{formatDuration(turn.endedAt - turn.startedAt)}</span>}
        </div>
      );
    }
    case 'message':
    case 'queued': {
      const { message } = item;
      const sign = messageSigns[message.kind];
      const from = actorWords(message.from, store.mirror.value.state.agents);
      return (
        <div class={`item-message from-${message.from.kind} kind-${message.kind}${item.kind === 'queued' ? ' queued' : ''}`}>
          <div class="item-head">
            <Icon name={sign.icon} tone={sign.tone} />
            <span class="item-title">
              {sign.words} from {from}
            </span>
            <span class="dim">
              {item.kind === 'queued'
                ? item.message.interrupt
                  ? 'queued, interrupts'
                  : 'queued, not read yet'
                : `read before turn ${item.turn}, ${formatClock(message.at)}`}
            </span>
          </div>
          <MessageThread message={message} store={store} />
          {message.place === undefined ? null : <PlaceButton path={message.place.path} line={message.place.line} openPlace={openPlace} />}
          <div class="plain">
            <PlainText text={message.text} openPlace={openPlace} />
          </div>
        </div>
      );
    }
    case 'thinking':
      return (
        <Fold item={item} context={context} icon="lightbulb" title="Thinking" hint={toVisibleLine(firstLine(item.text, 160))}>
          <Markdown text={item.text} openPlace={openPlace} />
        </Fold>
      );
    case 'text':
      return <Markdown text={item.text} openPlace={openPlace} />;
    case 'opaque':
      return <div class="dim">{opaqueWords[item.label] ?? toVisibleLine(item.label)}</div>;
    case 'call':
      return <CallView item={item} context={context} />;
    case 'failure':
      return (
        <div class="item-failure">
          <div class="item-head">
            <Icon name="error" tone="bad" />
            <span>{toVisible(failureText(item.failure))}</span>
            <span class="dim">{formatClock(item.at)}</span>
          </div>
          {item.partial === undefined || item.partial === '' ? null : <div class="plain dim">{toVisible(item.partial)}</div>}
        </div>
      );
    case 'stop':
      return (
        <div class="item-head item-failure">
          <Icon name="warning" tone="wait" />
          <span>{item.words}</span>
        </div>
      );
    case 'live':
      return (
        <div class={`item-live live-${item.block.kind}`}>
          <div class="item-head dim">
            <span class="live-mark">Live</span>
            <span>{liveWords[item.block.kind]}</span>
          </div>
          <div class="plain">{toVisible(item.block.text)}</div>
        </div>
      );
    case 'end':
      return <EndView outcome={item.outcome} at={item.at} store={store} />;
  }
}

/** Blocks of endpoints that mean something to a person. */
const opaqueWords: Readonly<Record<string, string>> = { compaction: 'The endpoint summarised what came before, to make room.' };

const liveWords = { text: 'answering', thinking: 'thinking', toolInput: 'writing a tool call', output: 'printing' } as const;

/** A piece that opens and closes; the transcript remembers which are open. */
export function Fold(props: {
  readonly item: Item;
  readonly context: ItemContext;
  readonly icon: string;
  readonly title: string;
  readonly hint?: string;
  readonly children: ComponentChildren;
}) {
  const { item, context, icon, title, hint, children } = props;
  const open = context.isOpen(item.key);
  return (
    <div class="item-fold">
      <button type="button" class="fold" aria-expanded={open} onClick={() => context.toggle(item.key)}>
        <Icon name={open ? 'chevron-down' : 'chevron-right'} />
        <Icon name={icon} />
        <span>{title}</span>
        {open || hint === undefined ? null : <span class="fold-hint dim">{hint}</span>}
      </button>
      {open ? <div class="fold-body">{children}</div> : null}
    </div>
  );
}
