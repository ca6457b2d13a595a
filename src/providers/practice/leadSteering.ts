import type { Member } from './crew.ts';
import { type Ground, type Part, spawnCall } from './decompose.ts';
import { call, type Planned, type PlannedCall, text } from './planned.ts';
import { type Directive, isSteering, toDirective } from './steering.ts';
import type { Heard, Story } from './story.ts';
import { topics } from './topics.ts';
import { brief, listOf, plural } from './words.ts';

/** What a lead says it will do about a directive. */
export function leadPlan(directive: Directive, atWork: number): string {
  switch (directive.kind) {
    case 'finish':
      return atWork === 0
        ? 'I will report now with what there is.'
        : `I will ask the ${plural(atWork, 'agent')} still at work to wrap up, and report.`;
    case 'only':
      return `I will restrict the work to ${listOf(directive.paths)}${atWork === 0 ? '' : ' and tell those at work'}.`;
    case 'avoid':
      return `I will leave out ${listOf(directive.paths)}${atWork === 0 ? '' : ' and tell those at work'}.`;
    case 'also':
      return atWork === 0 ? 'I will include that.' : 'I will put another agent on that.';
    case 'noted':
      return atWork === 0 ? 'I will keep that in mind.' : 'I will pass it on to those at work.';
  }
}

/** The calls that the messages just delivered lead to; none when nobody steered. */
export function followSteering(story: Story, ground: Ground, open: readonly Member[]): readonly Planned[] {
  // A task that waits for others may have no agent yet that could be told.
  const atWork = open.filter((member) => !member.planned);
  return story.fresh.filter(isSteering).flatMap((message) => follow(message, story, ground, atWork));
}

function follow(message: Heard, story: Story, ground: Ground, open: readonly Member[]): readonly Planned[] {
  const directive = toDirective(message, ground.terrain);
  const named = open.filter((member) => new RegExp(`\\b${escape(member.label)}\\b`, 'i').test(message.text));
  if (/\b(kill|cancel|abort)\b/i.test(message.text) && named.length > 0) {
    return [
      text(`I kill ${listOf(named.map((member) => member.label))}.`),
      ...named.map((member) => call('kill_agent', { agent_id: member.id })),
    ];
  }
  const receivers = named.length > 0 ? named : open;
  switch (directive.kind) {
    case 'finish':
      return receivers.filter((member) => !member.wrappedUp).map((member) => call('wrap_up_agent', { agent_id: member.id }));
    case 'only':
      return steer(receivers, `Only look in ${directive.paths.join(', ')} from now on.`);
    case 'avoid':
      return steer(
        receivers,
        `Leave out ${directive.paths.join(', ')} from now on: do not report what is in there, and skip ${directive.paths.join(', ')} in searches.`,
      );
    case 'also':
      return named.length > 0 ? steer(named, message.text) : [addPart(message, directive, story, ground)];
    case 'noted':
      return steer(receivers, message.text);
  }
}

function steer(members: readonly Member[], order: string): readonly PlannedCall[] {
  return order.trim() === '' ? [] : members.map((member) => call('steer_agent', { agent_id: member.id, text: order }));
}

function addPart(message: Heard, directive: Extract<Directive, { kind: 'also' }>, story: Story, ground: Ground): PlannedCall {
  const { terrain } = ground;
  const topic = directive.topics[0] ?? (directive.terms.length > 0 || directive.paths.length === 0 ? topics.question : topics.risks);
  const paths = directive.paths.filter((path) => terrain.folders.has(path) || terrain.files.includes(path));
  const part: Part = {
    label: `${topic.id === 'question' ? 'scout' : topic.id}-added`,
    topic,
    objective: topic.id === 'question' ? brief(message.text, 400) : `${topic.objective} The person asked: ${brief(message.text, 300)}`,
    paths,
  };
  return spawnCall(part, ground.task, story.specs, ground.avoid);
}

const escape = (value: string): string => value.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
