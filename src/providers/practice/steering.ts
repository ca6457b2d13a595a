import type { Heard, Story } from './story.ts';
import { cleanPath, type Terrain } from './toolText.ts';
import { type Topic, topicsIn } from './topics.ts';
import { brief, listOf } from './words.ts';

/** What a message asks for, as far as rules can tell. */
export type Directive =
  | { readonly kind: 'finish' }
  | { readonly kind: 'only'; readonly paths: readonly string[] }
  | { readonly kind: 'avoid'; readonly paths: readonly string[] }
  | { readonly kind: 'also'; readonly paths: readonly string[]; readonly topics: readonly Topic[]; readonly terms: readonly string[] }
  /** Nothing the rules know how to act on: it is answered and passed on in the report. */
  | { readonly kind: 'noted' };

const steeringKinds: ReadonlySet<string> = new Set(['steer', 'request', 'warning', 'wrapUp']);

/** Whether a message asks something of the agent, so that it has to be answered. A proposed change of plan is settled, not followed. */
export function isSteering(message: Heard): boolean {
  return steeringKinds.has(message.kind) && proposalIn(message) === undefined;
}

/** Whether another agent waits for an answer to the message. */
export const isRequest = (message: Heard): boolean => message.kind === 'request' && proposalIn(message) === undefined;

/** The proposal that a message puts to a lead. */
export function proposalIn({ kind, text }: Pick<Heard, 'kind' | 'text'>): string | undefined {
  return kind === 'request' ? /\bproposal (proposal-[\w.-]*\w)/.exec(text)?.[1] : undefined;
}

/** Works out what a message asks for; `terrain` tells which of its words are paths. */
export function toDirective(message: Heard, terrain: Terrain): Directive {
  const { text } = message;
  if (message.kind === 'wrapUp') {
    return { kind: 'finish' };
  }
  const place = message.place === undefined ? [] : [message.place.path];
  const named = pathsIn(text, terrain);
  const topics = topicsIn(text);
  if (/\b(do not|don't|dont|ignore|skip|except|leave out|stay out|stay away|without|not in)\b/i.test(text) && named.length > 0) {
    return { kind: 'avoid', paths: named };
  }
  if (/\b(only|just|restrict|limit|focus on|concentrate|stick to)\b/i.test(text) && named.length > 0) {
    return { kind: 'only', paths: named };
  }
  if (
    /\b(wrap up|stop|finish|enough|report now|hurry|be done|end now|conclude)\b/i.test(text) &&
    !/\bstop (looking|reading|searching|using|asking)\b/i.test(text)
  ) {
    return { kind: 'finish' };
  }
  const paths = [...place, ...named];
  const terms = termsIn(text).filter((term) => !paths.includes(term));
  return paths.length + topics.length + terms.length > 0 ? { kind: 'also', paths, topics, terms } : { kind: 'noted' };
}

/** All directives of the present task, in order. */
export function directivesOf(story: Story, terrain: Terrain): readonly Directive[] {
  return story.heard.filter(isSteering).map((message) => toDirective(message, terrain));
}

/** Paths that a text names: known ones, whatever looks like one, and what follows "in" or "only". */
export function pathsIn(text: string, terrain: Terrain): readonly string[] {
  const tokens = text.match(/[\w@.$][\w@.$/-]*/g) ?? [];
  const found: string[] = [];
  for (const [index, raw] of tokens.entries()) {
    const token = cleanPath(raw.replace(/[.,:;!?]+$/, ''));
    const before = tokens[index - 1]?.toLowerCase() ?? '';
    const after = tokens[index + 1]?.toLowerCase() ?? '';
    const known = terrain.folders.has(token) || terrain.files.includes(token);
    const byPlace = /^(in|inside|under|into|within|folder|directory)$/.test(before) || /^(folder|directory)$/.test(after);
    const byShape =
      /^[\w@.$-]+\/[\w@.$/-]+$/.test(token) ||
      /^[\w-]+\.(ts|tsx|js|jsx|mjs|cjs|py|go|rs|java|md|json|ya?ml|c|h|cpp|rb|php|cs|css|html)$/.test(token);
    if ((known && (byPlace || byShape || !isCommonWord(token) || tokens.length < 8)) || byShape || (byPlace && known)) {
      found.push(known ? token : (resolveKnown(token, terrain) ?? token));
    }
  }
  return [...new Set(found)];
}

function resolveKnown(token: string, terrain: Terrain): string | undefined {
  return terrain.files.find((file) => file.endsWith(`/${token}`));
}

const isCommonWord = (token: string): boolean => /^(test|tests|docs|doc|build|out|bin|it|is|core|tools|scripts|examples?)$/.test(token);

/** What a text puts in quotes or backticks, and names written as in code. */
export function termsIn(text: string): readonly string[] {
  const quoted = [...text.matchAll(/[`"“']([^`"”'\n]{2,60})[`"”']/g)].map((match) => match[1] ?? '');
  const coded = text.match(/\b([a-z]+[A-Z]\w+|[A-Z][a-z]+[A-Z]\w*|\w+_\w+|\w+(?=\(\)))\b/g) ?? [];
  return [...new Set([...quoted, ...coded])].filter((term) => term.trim() !== '').slice(0, 3);
}

/** The visible answers to the messages that just came in: what was asked, and what the agent will do. */
export function acknowledge(fresh: readonly Heard[], plan: (message: Heard) => string): readonly string[] {
  return fresh.filter(isSteering).map((message) => `${askedBy(message)}: “${brief(message.text, 160)}”. ${plan(message)}`);
}

function askedBy(message: Heard): string {
  if (message.kind === 'wrapUp') {
    return message.from === 'person' ? 'You asked me to wrap up' : 'I was asked to wrap up';
  }
  return message.from === 'person' ? 'You asked' : `${message.from.replace(/^agent (.*) \([^()]*\)$/, '$1')} asked`;
}

/** What a worker says it will do about a directive. */
export function workerPlan(directive: Directive): string {
  switch (directive.kind) {
    case 'finish':
      return 'I will stop here and report what I have.';
    case 'only':
      return `I will look only at ${listOf(directive.paths)} from now on, and report only what is there.`;
    case 'avoid':
      return `I will leave out ${listOf(directive.paths)}, in the report too.`;
    case 'also':
      return `I will also look ${[...directive.paths.map((path) => `at ${path}`), ...directive.topics.filter((topic) => !directive.paths.includes(topic.id)).map((topic) => `into ${topic.id}`), ...directive.terms.map((term) => `for “${term}”`)].join(', ')}.`;
    case 'noted':
      return 'I will keep that in mind; my rules know nothing more precise to do about it, so I pass it on in my report.';
  }
}
