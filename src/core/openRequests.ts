import type { AskId } from './ids.ts';
import { countText } from './rowText.ts';
import { openTrainRequests, type TrainRequest } from './train/trainRequest.ts';
import type { Decision, FleetState, OpenAsk, Plan } from './state.ts';

/*
 * Everything that waits for the person: what agents ask, and what the engine asks about a run.
 */

/** One thing the person is to answer. */
export type OpenRequest =
  | {
      readonly kind: 'ask';
      readonly askId: AskId;
      readonly at: number;
      readonly ask: OpenAsk;
      /** Later asks of other agents for the very same; one answer is meant for all of them. */
      readonly same: readonly OpenAsk[];
    }
  | { readonly kind: 'decision'; readonly askId: AskId; readonly at: number; readonly decision: Decision }
  | { readonly kind: 'train'; readonly askId: AskId; readonly at: number; readonly request: TrainRequest };

/** What agents ask, oldest first. */
export function openAsks(state: FleetState): readonly OpenAsk[] {
  return Object.values<OpenAsk>(state.asks).sort((a, b) => a.at - b.at);
}

/** What the engine asks about runs that are still there, run by run. */
export function openDecisions(state: FleetState): readonly Decision[] {
  return Object.values<Plan>(state.plans)
    .filter((plan) => state.runs[plan.runId] !== undefined)
    .flatMap((plan) => plan.decisions.filter((decision) => decision.answer === undefined));
}

/** Everything the person is asked, oldest first; asks for the very same are one. */
export function openRequests(state: FleetState): readonly OpenRequest[] {
  const asks = grouped(openAsks(state)).map(([ask, ...same]): OpenRequest => ({ kind: 'ask', askId: ask.askId, at: ask.at, ask, same }));
  const decisions = openDecisions(state).map(
    (decision): OpenRequest => ({ kind: 'decision', askId: decision.askId, at: decision.at, decision }),
  );
  return [...asks, ...decisions, ...openTrainRequests(state).map(ofTrain)].sort((a, b) => a.at - b.at);
}

function ofTrain(request: TrainRequest): OpenRequest {
  return { kind: 'train', askId: request.askId, at: request.at, request };
}

/** What is asked under an id, while it is open. */
export function requestOf(state: FleetState, askId: AskId): OpenRequest | undefined {
  const ask: OpenAsk | undefined = state.asks[askId];
  if (ask !== undefined) {
    const key = sameKey(ask);
    return { kind: 'ask', askId, at: ask.at, ask, same: openAsks(state).filter((one) => one.askId !== askId && sameKey(one) === key) };
  }
  const decision = openDecisions(state).find((one) => one.askId === askId);
  if (decision !== undefined) {
    return { kind: 'decision', askId, at: decision.at, decision };
  }
  const train = openTrainRequests(state).find((one) => one.askId === askId);
  return train === undefined ? undefined : ofTrain(train);
}

type Group = readonly [OpenAsk, ...OpenAsk[]];

function grouped(asks: readonly OpenAsk[]): readonly Group[] {
  const groups = new Map<string, Group>();
  for (const ask of asks) {
    const key = sameKey(ask);
    const group = groups.get(key);
    groups.set(key, group === undefined ? [ask] : [...group, ask]);
  }
  return [...groups.values()];
}

/** The same for asks that one answer can settle: the very same command in the same place, run in the same way, or the very same change. */
function sameKey({ askId, ask }: OpenAsk): string {
  switch (ask.kind) {
    case 'command':
      return JSON.stringify(['command', ask.command, ask.folder, ask.route ?? null, ask.hash ?? null]);
    case 'write':
      return JSON.stringify(['write', ask.path, ask.diff]);
    case 'question':
      return askId;
  }
}

/** How many requests wait for the person, with that in words; undefined when there are none. The same number wherever it is shown. */
export function badgeOf(state: FleetState): { readonly value: number; readonly tooltip: string } | undefined {
  const value = openRequests(state).length;
  return value === 0 ? undefined : { value, tooltip: `${countText(value, 'request')} ${value === 1 ? 'needs' : 'need'} you` };
}

/** The widest line of a text to read, in characters: plain text is not wrapped by the editor. */
const widest = 110;

/** The whole text of a decision, for reading: what it is about, and what each choice leads to. */
export function decisionText(decision: Decision): string {
  const { title, detail, options } = decision.ask;
  const choices = options.map((option) => `- ${option.label}${option.detail === undefined ? '' : `: ${option.detail}`}`);
  const parts = [title, detail, ['You can choose:', ...choices].join('\n')].filter((part) => part.trim() !== '');
  return `${parts.join('\n\n').split('\n').map(wrapped).join('\n')}\n`;
}

/** A line in several where it is too wide, the further ones below its own beginning. */
function wrapped(text: string): string {
  const [indent = ''] = /^\s*(?:[-*] )?/.exec(text) ?? [];
  const lines: string[] = [];
  for (const word of text.slice(indent.length).split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || indent.length + last.length + 1 + word.length > widest) {
      lines.push(word);
    } else {
      lines[lines.length - 1] = `${last} ${word}`;
    }
  }
  return `${indent}${lines.join(`\n${' '.repeat(indent.length)}`)}`;
}
