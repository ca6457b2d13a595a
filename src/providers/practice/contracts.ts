import { contractsHeading } from '../../core/context/openingHeadings.ts';
import { readBrief, sectionsOf } from './opening.ts';
import { call, type Planned, text, thinking } from './planned.ts';
import { field, type Story } from './story.ts';
import { hitsOf } from './toolText.ts';
import { brief, distinct, listOf } from './words.ts';

/** Reads what other agents have published for this task, once each, before anything is built on it. */
export function contractsToRead(story: Story): readonly Planned[] | undefined {
  const section = sectionsOf(story.opening).get(contractsHeading.replace(/^# /, '')) ?? '';
  const names = [...section.matchAll(/^- (.+?), version \d+/gm)].map((match) => match[1] ?? '');
  const tried = new Set(
    [...story.earlierCalls, ...story.calls].map((entry) => (entry.name === 'read_artefact' ? field(entry.input, 'name') : '')),
  );
  const open = names.filter((name) => !tried.has(name)).slice(0, 4);
  return open.length === 0 || !story.tools.has('read_artefact')
    ? undefined
    : [text(`I build on ${listOf(open)}, so I read that first.`), ...open.map((name) => call('read_artefact', { name }))];
}

const wanted = /\bpublish(?:_artefact|es|ed)?\b[^"“`\n]{0,80}["“`]([^"”`\n]{1,80})["”`]/i;

/** Publishes what the brief asks for, once, from what was found: the contract is what the files offer. */
export function publishCall(story: Story): readonly Planned[] | undefined {
  const { objective, context } = readBrief(story);
  const name = wanted.exec(`${objective}\n${context}`)?.[1];
  const tried = [...story.earlierCalls, ...story.calls].some((entry) => entry.name === 'publish_artefact');
  if (name === undefined || tried || !story.tools.has('publish_artefact')) {
    return undefined;
  }
  const lines = distinct(hitsOf(story.calls), (hit) => `${hit.path}:${hit.line}`, 40).map(
    (hit) => `- ${hit.path}:${hit.line}: \`${brief(hit.text, 120)}\``,
  );
  return [
    thinking('Others wait for this text; they get it before my report.'),
    text(`I publish ${name} from what I read.`),
    call('publish_artefact', {
      name,
      content: [`# ${name}`, '', ...(lines.length === 0 ? ['Nothing was found that belongs here.'] : lines)].join('\n'),
    }),
  ];
}
