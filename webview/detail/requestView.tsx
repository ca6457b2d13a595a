import type { Agent, DeliveredMessage, QueuedMessage, ToolCall } from '../../src/core/state.ts';
import { Icon } from '../parts/icon.tsx';
import type { Store } from '../store.ts';
import { answersWords, receivedSign, sentSign } from '../text/requestWords.ts';
import { actorWords, type Sign } from '../text/words.ts';

/** How the requests stand that a tool call sent: answered, waited for, or never to be answered. */
export function SentRequests({ call, store }: { readonly call: ToolCall; readonly store: Store }) {
  const agent = store.selected.value;
  const { agents } = store.mirror.value.state;
  const signs = (agent?.requests ?? [])
    .filter((request) => call.effects.some((effect) => effect.kind === 'sent' && effect.messageId === request.messageId))
    .map((request) => ({
      key: request.messageId,
      sign: sentSign(request, actorWords({ kind: 'agent', agentId: request.to }, agents), agent?.stage !== 'ended', store.now()),
    }));
  return signs.length === 0 ? null : (
    <div class="call-requests">
      {signs.map(({ key, sign }) => (
        <SignLine key={key} sign={sign} />
      ))}
    </div>
  );
}

/** What a message that an agent got answers, and whether it has been answered itself. */
export function MessageThread({ message, store }: { readonly message: DeliveredMessage | QueuedMessage; readonly store: Store }) {
  const answers = answersWords(message, store.selected.value?.requests);
  const sign = receivedSign(requestOf(message, store.mirror.value.state.agents));
  return answers === undefined && sign === undefined ? null : (
    <div class="message-thread">
      {answers === undefined ? null : <SignLine sign={{ icon: 'reply', words: answers, tone: 'plain' }} />}
      {sign === undefined ? null : <SignLine sign={sign} />}
    </div>
  );
}

function requestOf({ from, kind, messageId }: DeliveredMessage | QueuedMessage, agents: Readonly<Record<Agent['id'], Agent>>) {
  const sender = from.kind === 'agent' && kind === 'request' ? agents[from.agentId] : undefined;
  return sender?.requests?.find((request) => request.messageId === messageId);
}

function SignLine({ sign }: { readonly sign: Sign }) {
  return (
    <div class="sign-line">
      <Icon name={sign.icon} tone={sign.tone} />
      <span>{sign.words}</span>
    </div>
  );
}
