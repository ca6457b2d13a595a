import type { Assignment } from './assignment.ts';
import { contractsToRead, publishCall } from './contracts.ts';
import { changedByMe } from './ending.ts';
import { call, type Planned, text, thinking } from './planned.ts';
import { acknowledge, isRequest, toDirective, workerPlan } from './steering.ts';
import { senderId, type Story } from './story.ts';
import { readsOf } from './toolText.ts';
import { distinct, listOf } from './words.ts';

const maxTurns = 16;

/** What an agent of some type does next, and how it ends. */
export interface Play {
  readonly story: Story;
  readonly assignment: Assignment;
  /** The next step, or undefined when it is time to end. */
  readonly next: () => readonly Planned[] | undefined;
  readonly end: () => readonly Planned[];
}

/** What all agents without agents of their own have in common: they answer, they heed a wish to end, they come to an end. */
export function conduct({ story, assignment, next, end }: Play): readonly Planned[] {
  const plan = (message: Parameters<typeof toDirective>[0]) => workerPlan(toDirective(message, assignment.terrain));
  const spoken = acknowledge(story.fresh, plan).map((answer) => text(answer));
  if (story.taskTurns >= maxTurns) {
    return [...spoken, ...end()];
  }
  const confirmed = confirmations(story, plan);
  if (confirmed.length > 0) {
    return [...spoken, ...confirmed];
  }
  const first = handOver(story) ?? (assignment.finish ? undefined : (contractsToRead(story) ?? next() ?? publishCall(story)));
  return [...spoken, ...(first ?? end())];
}

/** Answers to other agents' requests, which wait for them. */
export function confirmations(story: Story, plan: (message: Story['fresh'][number]) => string): readonly Planned[] {
  if (!story.tools.has('message_agent')) {
    return [];
  }
  return story.fresh.filter(isRequest).flatMap((message) => {
    const sender = senderId(message.from);
    return sender === undefined || message.messageId === undefined
      ? []
      : [call('message_agent', { agent_id: sender, kind: 'confirmation', text: plan(message), reply_to: message.messageId })];
  });
}

/** When the engine says that the context is nearly full: what is done and left goes to a fresh agent. */
function handOver(story: Story): readonly Planned[] | undefined {
  const told = story.heard.some((message) => message.from === 'engine' && /\bhand_over\b/.test(message.text));
  if (!told || !story.tools.has('hand_over') || story.calls.some((entry) => entry.name === 'hand_over')) {
    return undefined;
  }
  const read = distinct(
    readsOf(story.calls).map((part) => part.path),
    (path) => path,
    20,
  );
  const changed = changedByMe(story);
  return [
    thinking('Little room is left. Whoever goes on needs to know what is done and what is not.'),
    text('My context is nearly full; I hand over to a fresh agent.'),
    call('hand_over', {
      done: `${read.length === 0 ? 'Nothing was read.' : `Read: ${listOf(read)}.`} ${changed.length === 0 ? 'Nothing was changed.' : `Changed: ${listOf(changed)}.`}`,
      left: 'The rest of the brief: look at what was not read, then report.',
      ...(changed.length === 0 ? {} : { files: [...changed] }),
    }),
  ];
}
