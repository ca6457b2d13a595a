declare const brand: unique symbol;
type Id<Kind extends string> = string & { readonly [brand]: Kind };

/** Identity of a run: one request of the person and all that serves it. */
export type RunId = Id<'run'>;
/** Identity of an agent: one model conversation working on one task. */
export type AgentId = Id<'agent'>;
/** Identity of a tool call, as the model named it; unique within its agent. */
export type CallId = Id<'call'>;
/** Identity of a message between agents, from the person, or from the engine. */
export type MessageId = Id<'message'>;
/** Identity of something a person is asked: an approval or a question. */
export type AskId = Id<'ask'>;
/** Identity of a fixed system prompt and tool list that agents share. */
export type PromptId = Id<'prompt'>;

/** Name of a task, unique within its run's plan; chosen by whoever adds it. */
export type TaskId = Id<'task'>;
/** Identity of a change of plan that somebody proposed. */
export type ProposalId = Id<'proposal'>;

/** Identity of a merge train: the integration of the work of several agents into a branch of the person's. */
export type TrainId = Id<'train'>;

/** The kinds of id, so that one function can mint any of them. */
export interface IdKinds {
  readonly run: RunId;
  readonly agent: AgentId;
  readonly call: CallId;
  readonly message: MessageId;
  readonly ask: AskId;
  readonly prompt: PromptId;
  readonly task: TaskId;
  readonly proposal: ProposalId;
  readonly train: TrainId;
}

/** Makes a new id of a kind; the caller supplies the randomness. */
export type MintId = <K extends keyof IdKinds>(kind: K) => IdKinds[K];

/** Some gateways put whole signatures into the ids of tool calls, so ids may be long. */
const idPattern = /^[\x21-\x7e]{1,8192}$/;

/** Whether text may serve as an id: 1 to 8,192 printable ASCII characters without blanks, and nothing that every object has. */
export function isIdText(value: unknown): boolean {
  return typeof value === 'string' && idPattern.test(value) && isOwnName(value);
}

/** Things are kept in objects by their ids; `constructor` and the like would be found in each, without being there. */
function isOwnName(text: string): boolean {
  return !(text in Object.prototype);
}

const taskIdPattern = /^[A-Za-z0-9][\w.-]{0,63}$/;

/**
 * Whether text may name a task: 1 to 64 letters, digits, `.`, `_` and `-`, beginning with a letter or a digit, and nothing that every object
 * has.
 */
export function isTaskIdText(value: unknown): boolean {
  return typeof value === 'string' && taskIdPattern.test(value) && isOwnName(value);
}

/** Brands text that was checked by {@link isIdText}; throws a RangeError on anything else. */
export function toId<K extends keyof IdKinds>(kind: K, text: string): IdKinds[K] {
  if (!isIdText(text)) {
    throw new RangeError(`Not a ${kind} id: ${JSON.stringify(text)}`);
  }
  return text as IdKinds[K];
}
