import type { Answer, Ask, Block, Effect, Report, ToolStatus, Wait } from '../core/events.ts';
import type { UserPart } from '../core/history.ts';
import { toError } from '../lib/errors.ts';
import { abortReason } from './abort.ts';
import type { AgentDeps } from './agentDeps.ts';
import type { AgentHandle } from './agentHandle.ts';
import type { PreparedCall, ToolContext, ToolOutcome } from './ports.ts';

type Call = Extract<Block, { kind: 'toolCall' }>;
type Ready = Extract<PreparedCall, { kind: 'ready' }>;

/** A settled call: the result for the model and, from the report tool, the agent's report. */
export interface SettledCall {
  readonly part: UserPart;
  readonly report: Report | undefined;
}

interface Ending {
  readonly status: ToolStatus;
  readonly text: string;
  readonly effects?: readonly Effect[] | undefined;
  readonly paged?: true | undefined;
  readonly report?: Report | undefined;
}

/**
 * One tool call from request to result: understand, ask the rights and if need be the person, make the intent durable, run, settle. Every path ends in
 * exactly one `toolEnded` fact and one result for the model; only a journal that cannot be written makes it throw.
 */
export async function runToolCall(call: Call, deps: AgentDeps, handle: AgentHandle): Promise<SettledCall> {
  const signal = handle.stepSignal;
  let ending: Ending;
  try {
    ending = await attempt(call, deps, handle, signal);
  } catch (error) {
    if (!signal.aborted) {
      throw error;
    }
    ending = { status: 'cancelled', text: cancelledText(signal) };
  }
  const { output, told } = await deps.toOutput(call.callId, ending.text, ending.paged === true);
  deps.tail.settle(handle.id, call.callId);
  const effects = [...(ending.effects ?? [])];
  const ended = { type: 'toolEnded', agentId: handle.id, callId: call.callId, status: ending.status, output, effects } as const;
  deps.commit([ended, ...deps.overlapWarnings(effects)]);
  const isError = ending.status !== 'ok';
  return { part: { kind: 'toolResult', callId: call.callId, text: told, isError }, report: ending.report };
}

async function attempt(call: Call, deps: AgentDeps, handle: AgentHandle, signal: AbortSignal): Promise<Ending> {
  const prepared = await prepare(call, deps, signal);
  if (prepared.kind === 'refused') {
    return { status: 'error', text: prepared.text };
  }
  if (prepared.ask !== undefined) {
    const refusal = await refusalOf(prepared.ask, prepared, call, deps, handle, signal);
    if (refusal !== undefined) {
      return { status: 'denied', text: refusal };
    }
  }
  const { title, place, waitsFor } = prepared;
  deps.commit([{ type: 'toolStarted', agentId: handle.id, callId: call.callId, title, place, waitsFor }]);
  if (prepared.outside) {
    await deps.journal.sync();
  }
  signal.throwIfAborted();
  return run(prepared, call, deps, handle, signal);
}

async function prepare(call: Call, deps: AgentDeps, signal: AbortSignal): Promise<PreparedCall> {
  if (call.invalid !== undefined) {
    return { kind: 'refused', text: `The input of ${call.name} could not be read: ${call.invalid}. Nothing was run. Call it again.` };
  }
  const offered = deps.prompt().tools.map((tool) => tool.name);
  const tool = offered.includes(call.name) ? deps.findTool(call.name) : undefined;
  if (tool === undefined) {
    return { kind: 'refused', text: `There is no tool ${JSON.stringify(call.name)}. Your tools are: ${offered.join(', ')}.` };
  }
  try {
    return await tool.prepare(call.input, deps.agent(), signal);
  } catch (error) {
    signal.throwIfAborted();
    return defect(call, error, deps);
  }
}

/** Why the call may not run, if it may not. */
async function refusalOf(
  ask: Ask,
  prepared: Ready,
  call: Call,
  deps: AgentDeps,
  handle: AgentHandle,
  signal: AbortSignal,
): Promise<string | undefined> {
  const permission = deps.rights(ask, deps.agent());
  switch (permission.kind) {
    case 'allow':
      return undefined;
    case 'deny':
      return `Not allowed: ${permission.reason}`;
    case 'ask': {
      const answer = await askPerson(ask, prepared.place, call, deps, handle, signal);
      return answer.kind === 'allow' ? undefined : denialText(answer);
    }
  }
}

function denialText(answer: Answer): string {
  const reason =
    answer.kind === 'deny' && answer.reason !== undefined && answer.reason.trim() !== '' ? ` and said: ${answer.reason.trim()}` : '';
  return `The person denied this${reason}. Do not try it again in another way; go on without it or ask.`;
}

async function askPerson(
  ask: Ask,
  place: Ready['place'],
  call: Call,
  deps: AgentDeps,
  handle: AgentHandle,
  signal: AbortSignal,
): Promise<Answer> {
  const askId = deps.mint('ask');
  deps.commit([{ type: 'personAsked', askId, agentId: handle.id, callId: call.callId, ask, place }]);
  try {
    return await handle.answerTo(askId, signal);
  } catch (error) {
    deps.commit([{ type: 'personAnswered', askId, agentId: handle.id, callId: call.callId, answer: { kind: 'withdrawn' } }]);
    throw error;
  }
}

async function run(prepared: Ready, call: Call, deps: AgentDeps, handle: AgentHandle, signal: AbortSignal): Promise<Ending> {
  const context = contextFor(call, deps, handle, signal);
  try {
    const outcome = await settledInTime(prepared.run(context, signal), deps, signal);
    return outcome === undefined ? { status: 'unknown', text: stuckText } : endingOf(outcome, deps, signal);
  } catch (error) {
    signal.throwIfAborted();
    return { status: 'error', text: defect(call, error, deps).text };
  }
}

function endingOf(outcome: ToolOutcome, deps: AgentDeps, signal: AbortSignal): Ending {
  const open = outcome.report === undefined || outcome.report.handoff !== undefined ? 0 : deps.openWork();
  if (open > 0) {
    const text = `${open} of your agents are still at work or still to start. Call wait_for_agents, or wrap up or kill them, before you report.`;
    return { status: 'error', text };
  }
  const failed = signal.aborted ? 'cancelled' : 'error';
  const { text, effects, paged, report } = outcome;
  return { status: outcome.isError ? failed : 'ok', text, effects, paged, report };
}

function contextFor(call: Call, deps: AgentDeps, handle: AgentHandle, signal: AbortSignal): ToolContext {
  const { id } = handle;
  return {
    agentId: id,
    runId: deps.agent().runId,
    callId: call.callId,
    progress: (text) => deps.tail.push(id, { source: 'tool', key: call.callId, kind: 'output' }, text),
    askPerson: async (question, options) => {
      const answer = await askPerson({ kind: 'question', title: question, options: [...options] }, undefined, call, deps, handle, signal);
      return answer.kind === 'reply' ? answer.text : answer.kind === 'deny' ? (answer.reason ?? 'The person did not want to answer.') : '';
    },
    coordination: deps.coordination,
    whileWaiting: async (wait, until) => {
      const say = (now: Wait) => deps.commit([{ type: 'waitStarted', agentId: id, callId: call.callId, wait: now }]);
      say(wait);
      try {
        return await until(say);
      } finally {
        deps.commit([{ type: 'waitEnded', agentId: id, callId: call.callId }]);
        await deps.journal.sync();
      }
    },
  };
}

/** How long a tool may take to stop after an abort before its call is recorded as unknown, in ms. */
const stopGraceMs = 2000;

/** The outcome of a tool; undefined if it was aborted and did not stop in time. What it still says after that is only logged. */
async function settledInTime(running: Promise<ToolOutcome>, deps: AgentDeps, signal: AbortSignal): Promise<ToolOutcome | undefined> {
  let patience: AbortController | undefined;
  let giveUp = (): void => undefined;
  try {
    return await new Promise((resolve, reject) => {
      running.then(resolve, reject);
      giveUp = () => {
        patience = new AbortController();
        deps.clock.sleep(stopGraceMs, patience.signal).then(
          () => resolve(undefined),
          (error: unknown) => reject(toError(error)),
        );
      };
      if (signal.aborted) {
        giveUp();
      } else {
        signal.addEventListener('abort', giveUp, { once: true });
      }
    });
  } finally {
    signal.removeEventListener('abort', giveUp);
    patience?.abort();
    running.catch((error: unknown) => deps.log.debug(`A tool ended after its call was given up: ${toError(error).message}`));
  }
}

const stuckText = 'The tool did not stop when it was told to; what it did is unknown. Check before you repeat it.';

function cancelledText(signal: AbortSignal): string {
  return abortReason(signal)?.kind === 'steered'
    ? 'Broken off to deliver a message to you. It may have had part of its effect.'
    : 'Broken off because the agent was stopped. It may have had part of its effect.';
}

/** A bug in a tool is told to the model as an error and to us in the log; it never stops the fleet. */
function defect(call: Call, error: unknown, deps: AgentDeps): Extract<PreparedCall, { kind: 'refused' }> {
  deps.log.error(`The tool ${call.name} failed unexpectedly`, error);
  return { kind: 'refused', text: `${call.name} failed unexpectedly: ${toError(error).message}` };
}
