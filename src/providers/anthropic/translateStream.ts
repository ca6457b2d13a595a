import type { Stop, Usage } from '../../core/events.ts';
import type { Json } from '../../core/json.ts';
import { emptyUsage } from '../../core/state.ts';
import { addUsage } from '../../core/usage.ts';
import type { ModelEvent } from '../../orchestrator/ports.ts';
import { noIterations, readIterations } from './compaction.ts';
import { readUsage } from './readUsage.ts';
import {
  type Arriving,
  asFields,
  asText,
  type Closed,
  close,
  type Fields,
  grow,
  isFields,
  toArriving,
  withoutCutCall,
} from './streamBlock.ts';
import { ProtocolError, StreamedError } from './streamErrors.ts';

/** Turns the events of one reply into ModelEvents. */
export interface StreamTranslator {
  /** Takes one event as parsed JSON. Throws ProtocolError or StreamedError. */
  push(event: unknown): readonly ModelEvent[];
}

/** A translator for one reply. `requestId` is the endpoint's name for it. */
export function createStreamTranslator(requestId?: string): StreamTranslator {
  let model: string | undefined;
  let usage: Usage = emptyUsage;
  let iterations = noIterations;
  let stopReason: string | undefined;
  let done = false;
  const arriving = new Map<number, Arriving>();
  const closed: (Closed | undefined)[] = [];

  const delta = (block: number, kind: 'text' | 'thinking' | 'toolInput', text: string): readonly ModelEvent[] => [
    { type: 'delta', block, kind, text },
  ];

  const startBlock = (index: number, start: Fields): readonly ModelEvent[] => {
    if (index !== closed.length) {
      throw new ProtocolError(`block ${index} started where block ${closed.length} was due`);
    }
    closed.push(undefined);
    const block = toArriving(start);
    arriving.set(index, block);
    switch (block.kind) {
      case 'text':
      case 'thinking':
        return delta(index, block.kind, block.text);
      case 'toolUse':
        return delta(index, 'toolInput', '');
      case 'opaque':
        return [];
    }
  };

  const growBlock = (index: number, change: Fields): readonly ModelEvent[] => {
    const block = arriving.get(index);
    if (block === undefined) {
      throw new ProtocolError(`a delta for block ${index}, which is not open`);
    }
    const grown = grow(block, change);
    return grown === undefined ? [] : delta(index, grown.kind, grown.text);
  };

  const stopBlock = (index: number): readonly ModelEvent[] => {
    const block = arriving.get(index);
    if (block === undefined) {
      throw new ProtocolError(`block ${index} stopped, which is not open`);
    }
    arriving.delete(index);
    closed[index] = close(block);
    return [];
  };

  const settle = (): readonly ModelEvent[] => {
    if (arriving.size > 0) {
      throw new ProtocolError(`the message stopped while block ${[...arriving.keys()].join()} was open`);
    }
    const ids = closed.flatMap((one) => (one?.block.kind === 'toolCall' ? [one.block.callId] : []));
    if (new Set(ids).size < ids.length) {
      throw new ProtocolError('two tool calls with the same id');
    }
    done = true;
    const stop = toStop(stopReason);
    const ended = closed.flatMap((one) => one ?? []);
    const blocks = ended.map((one, index) => (index === ended.length - 1 ? withoutCutCall(one, stop) : one.block));
    const billed = addUsage(usage, iterations.billedBeside);
    const { contextTokens } = iterations;
    const reply = { model: model ?? '', blocks, stop, usage: billed, ...(contextTokens === undefined ? {} : { contextTokens }), requestId };
    return [{ type: 'settled', reply }];
  };

  return {
    push: (event) => {
      const fields = asFields(event, 'an event');
      if (fields['type'] === 'error') {
        throw toStreamedError(fields['error']);
      }
      if (done) {
        throw new ProtocolError('an event after the message stopped');
      }
      if (fields['type'] === 'message_start') {
        if (model !== undefined) {
          throw new ProtocolError('the message started twice');
        }
        const message = asFields(fields['message'], 'message_start without a message');
        model = typeof message['model'] === 'string' ? message['model'] : '';
        usage = readUsage(usage, message['usage']);
        return [{ type: 'started', usage }];
      }
      if (!isKnown(fields['type'])) {
        return [];
      }
      if (model === undefined) {
        throw new ProtocolError(`${fields['type']} before the message started`);
      }
      switch (fields['type']) {
        case 'content_block_start':
          return startBlock(asIndex(fields), asFields(fields['content_block'], 'content_block_start without a block'));
        case 'content_block_delta':
          return growBlock(asIndex(fields), asFields(fields['delta'], 'content_block_delta without a delta'));
        case 'content_block_stop':
          return stopBlock(asIndex(fields));
        case 'message_delta': {
          const change = asFields(fields['delta'] ?? {}, 'message_delta with a delta that is no object');
          stopReason = typeof change['stop_reason'] === 'string' ? change['stop_reason'] : stopReason;
          usage = readUsage(usage, fields['usage']);
          iterations = readIterations(iterations, fields['usage']);
          return [];
        }
        case 'message_stop':
          return settle();
      }
    },
  };
}

const knownTypes = ['content_block_start', 'content_block_delta', 'content_block_stop', 'message_delta', 'message_stop'] as const;
/** Event types added to the API later are skipped, as its versioning rules ask. */
const isKnown = (type: Json | undefined): type is (typeof knownTypes)[number] => knownTypes.some((known) => known === type);

const stops: Readonly<Record<string, Stop>> = {
  end_turn: 'endTurn',
  tool_use: 'toolUse',
  max_tokens: 'maxTokens',
  pause_turn: 'pauseTurn',
  refusal: 'refusal',
  model_context_window_exceeded: 'contextWindow',
  stop_sequence: 'stopSequence',
};
const toStop = (reason: string | undefined): Stop => (reason === undefined ? 'unknown' : (stops[reason] ?? 'unknown'));

function toStreamedError(error: Json | undefined): StreamedError {
  const fields = isFields(error) ? error : {};
  const details = isFields(fields['details']) ? fields['details'] : {};
  const code = details['error_code'];
  return new StreamedError(asText(fields['type']), typeof code === 'string' ? code : undefined, asText(fields['message']));
}

function asIndex(fields: Fields): number {
  const index = fields['index'];
  if (typeof index !== 'number' || !Number.isSafeInteger(index) || index < 0) {
    throw new ProtocolError('a block event without a usable index');
  }
  return index;
}
