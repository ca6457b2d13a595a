import { useSignal } from '@preact/signals';
import type { RefObject } from 'preact';
import { useLayoutEffect } from 'preact/hooks';
import { countText } from '../../src/core/rowText.ts';
import { isLive } from '../../src/core/selectors.ts';
import type { Agent, DeliveredMessage, Transcript } from '../../src/core/state.ts';
import { Icon } from '../parts/icon.tsx';
import type { Store } from '../store.ts';
import { formatClock } from '../text/format.ts';
import { toVisible, toVisibleLine } from '../text/visible.ts';

const longest = 20_000;
const tallest = 160;

/** Where a person talks to the selected agent: steering while it lives, a new task once it has ended. */
export function SteerBox(props: { readonly store: Store; readonly agent: Agent; readonly box: RefObject<HTMLTextAreaElement | null> }) {
  const { store, agent, box } = props;
  const interrupt = useSignal(false);
  const { readOnly, state } = store.mirror.value;
  const live = isLive(agent);
  const text = store.drafts.value.get(agent.id) ?? '';
  const tooLong = text.length > longest;
  const sendable = text.trim() !== '' && !tooLong && readOnly === undefined;

  useLayoutEffect(() => {
    const element = box.current;
    if (element !== null) {
      element.style.height = 'auto';
      element.style.height = `${Math.min(tallest, element.scrollHeight + 2)}px`;
    }
  }, [text, agent.id]);

  const send = (): void => {
    if (sendable) {
      store.say(agent, text, interrupt.value);
      interrupt.value = false;
    }
  };
  return (
    // Not a form: the panel forbids forms, and then nothing could be sent.
    <div class="steer">
      <Refused store={store} />
      <Mail agent={agent} transcript={state.transcripts[agent.id]} />
      <div class="steer-line">
        <textarea
          ref={box}
          rows={1}
          value={text}
          disabled={readOnly !== undefined}
          aria-label={live ? `Steer ${agent.label}` : `A new task for ${agent.label}`}
          placeholder={
            readOnly ??
            (live ? 'Steer this agent: it reads this at its next tool-call boundary' : 'Follow up: a new task, its context is kept')
          }
          onInput={(event) => {
            store.drafts.value = new Map(store.drafts.value).set(agent.id, event.currentTarget.value);
          }}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
              event.preventDefault();
              send();
            }
          }}
        />
        {live ? (
          <label class="steer-now" title="Break off what it is doing, so that it reads this at once">
            <input
              type="checkbox"
              checked={interrupt.value}
              disabled={readOnly !== undefined}
              onChange={(event) => {
                interrupt.value = event.currentTarget.checked;
              }}
            />
            Interrupt now
          </label>
        ) : null}
        <button type="button" class="button primary" disabled={!sendable} onClick={send}>
          <Icon name="send" /> {live ? 'Steer' : 'Follow up'}
        </button>
      </div>
      {tooLong ? <div class="steer-note tone-bad">Too long by {countText(text.length - longest, 'character')}.</div> : null}
    </div>
  );
}

function Refused({ store }: { readonly store: Store }) {
  const refusal = store.refusal.value;
  return refusal === undefined ? null : (
    <div class="refusal" role="alert">
      <Icon name="warning" tone="wait" />
      <span>
        {toVisible(refusal.message)} {toVisible(refusal.next)}
      </span>
      <button
        type="button"
        class="icon-button"
        title="Dismiss"
        aria-label="Dismiss"
        onClick={() => {
          store.refusal.value = undefined;
        }}
      >
        <Icon name="close" />
      </button>
    </div>
  );
}

function Mail({ agent, transcript }: { readonly agent: Agent; readonly transcript: Transcript | undefined }) {
  const queued = agent.mailbox.filter((message) => message.from.kind === 'person');
  const read = lastRead(transcript);
  return (
    <>
      {queued.map((message) => (
        <div key={message.messageId} class="steer-note">
          <Icon name="clock" /> Not read yet: <span class="steer-text">{toVisibleLine(message.text)}</span>
        </div>
      ))}
      {queued.length === 0 && read !== undefined ? (
        <div class="steer-note dim">
          <Icon name="check" /> <span class="steer-text">{toVisibleLine(read.message.text)}</span> read before turn {read.turn},{' '}
          {formatClock(read.message.at)}
        </div>
      ) : null}
    </>
  );
}

/** The person's message that was read last, with the turn it was read before. */
function lastRead(transcript: Transcript | undefined): { readonly message: DeliveredMessage; readonly turn: number } | undefined {
  const turn = transcript?.turns.findLast((each) => each.delivered.some((message) => message.from.kind === 'person'));
  const message = turn?.delivered.findLast((each) => each.from.kind === 'person');
  return turn === undefined || message === undefined ? undefined : { message, turn: turn.number };
}
