import type { Block, Failure, Manifest, Outcome, Stop } from '../../src/core/events.ts';
import type { Json } from '../../src/core/json.ts';
import type { Agent, DeliveredMessage, QueuedMessage, ToolCall, Transcript, Turn } from '../../src/core/state.ts';
import type { TailText } from '../../src/protocol/toWebview.ts';

/** One piece of a transcript, drawn on its own. Keys are stable, so that what was opened stays open. */
export type Item = { readonly key: string } & (
  | { readonly kind: 'context'; readonly agent: Agent; readonly manifest: Manifest }
  | { readonly kind: 'opening'; readonly text: string }
  | { readonly kind: 'turn'; readonly turn: Turn }
  | { readonly kind: 'message'; readonly message: DeliveredMessage; readonly turn: number }
  | { readonly kind: 'thinking'; readonly text: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'opaque'; readonly label: string }
  | { readonly kind: 'call'; readonly call: ToolCall; readonly input: Json | undefined; readonly invalid: string | undefined }
  | { readonly kind: 'failure'; readonly at: number; readonly failure: Failure; readonly partial: string | undefined }
  | { readonly kind: 'stop'; readonly words: string }
  | { readonly kind: 'live'; readonly block: TailText }
  | { readonly kind: 'queued'; readonly message: QueuedMessage }
  | { readonly kind: 'end'; readonly outcome: Outcome; readonly at: number }
);

/** Makes the items of transcripts; each version of a turn is worked out once. */
export type ToItems = (agent: Agent, transcript: Transcript, tail: readonly TailText[]) => readonly Item[];

/** A {@link ToItems} with a memory of its own. */
export function createToItems(): ToItems {
  const itemsByTurn = new WeakMap<Turn, readonly Item[]>();
  const ofTurn = (turn: Turn): readonly Item[] => {
    let items = itemsByTurn.get(turn);
    if (items === undefined) {
      items = turnItems(turn);
      itemsByTurn.set(turn, items);
    }
    return items;
  };
  return (agent, transcript, tail) => {
    const { manifest } = agent;
    const items: Item[] = manifest === undefined ? [] : [{ kind: 'context', key: 'context', agent, manifest }];
    items.push({ kind: 'opening', key: 'opening', text: transcript.opening });
    for (const turn of transcript.turns) {
      for (const item of ofTurn(turn)) {
        items.push(item);
      }
    }
    if (isSaidByEnd(items.at(-1), agent)) {
      items.pop();
    }
    for (const block of tail) {
      // Live output of a tool is shown with its call.
      if (block.source === 'model' && block.text !== '') {
        items.push({ kind: 'live', key: `live ${block.key} ${block.kind}`, block });
      }
    }
    for (const message of agent.mailbox) {
      items.push({ kind: 'queued', key: `message ${message.messageId}`, message });
    }
    if (agent.phase.kind === 'ended') {
      items.push({ kind: 'end', key: `end ${agent.ends}`, outcome: agent.phase.outcome, at: agent.phase.since });
    }
    return items;
  };
}

/** Whether an item is the failure that the agent ended with, which its end tells with what to do about it. */
function isSaidByEnd(item: Item | undefined, { phase }: Agent): boolean {
  const outcome = phase.kind === 'ended' ? phase.outcome : undefined;
  return item?.kind === 'failure' && outcome?.kind === 'failed' && !item.partial && item.failure.message === outcome.failure.message;
}

/** The live output of running calls, by call. */
export function liveOutputs(tail: readonly TailText[]): ReadonlyMap<string, string> {
  return new Map(tail.flatMap((block) => (block.source === 'tool' ? [[block.key, block.text] as const] : [])));
}

function turnItems(turn: Turn): readonly Item[] {
  const calls = new Map(turn.calls.map((call) => [call.callId, call]));
  const name = `turn ${turn.number}`;
  const stop = turn.stop === undefined ? undefined : stopWords[turn.stop];
  return [
    ...turn.delivered.map((message): Item => ({ kind: 'message', key: `message ${message.messageId}`, message, turn: turn.number })),
    { kind: 'turn', key: name, turn },
    ...turn.failures.map(
      ({ at, failure, partial }, index): Item => ({ kind: 'failure', key: `${name} failure ${index}`, at, failure, partial }),
    ),
    ...turn.blocks.flatMap((block, index) => blockItems(block, `${name} block ${index}`, calls)),
    ...(stop === undefined ? [] : [{ kind: 'stop', key: `${name} stop`, words: stop } satisfies Item]),
  ];
}

function blockItems(block: Block, key: string, calls: ReadonlyMap<string, ToolCall>): readonly Item[] {
  switch (block.kind) {
    case 'text':
      return block.text.trim() === '' ? [] : [{ kind: 'text', key, text: block.text }];
    case 'thinking':
      return block.text.trim() === '' ? [] : [{ kind: 'thinking', key, text: block.text }];
    case 'opaque':
      return [{ kind: 'opaque', key, label: block.label }];
    case 'toolCall': {
      const call = calls.get(block.callId) ?? { callId: block.callId, name: block.name, title: block.name, effects: [] };
      return [{ kind: 'call', key: `call ${block.callId}`, call, input: block.input, invalid: block.invalid }];
    }
  }
}

/** Why a reply ended, where that needs saying. */
const stopWords: Readonly<Partial<Record<Stop, string>>> = {
  maxTokens: 'The reply was cut off at the limit of output tokens.',
  refusal: 'The model refused to go on.',
  contextWindow: 'The context window is full.',
  pauseTurn: 'The endpoint paused this turn; it goes on.',
  unknown: 'The reply ended for a reason that is not known.',
};
