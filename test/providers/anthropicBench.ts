import type { Failure } from '../../src/core/events.ts';
import type { HistoryMessage } from '../../src/core/history.ts';
import { toId } from '../../src/core/ids.ts';
import { listPrices } from '../../src/core/prices.ts';
import { requestModel } from '../../src/orchestrator/modelRequest.ts';
import { ModelError, type ModelProvider, type ModelReply, type ModelRequest } from '../../src/orchestrator/ports.ts';
import { RateGate } from '../../src/orchestrator/rateGate.ts';
import { type AnthropicOptions, createAnthropicProvider } from '../../src/providers/anthropic/index.ts';
import { FakeClock } from '../support/fakeClock.ts';
import { type MessagesServer, type ServerOptions, startMessagesServer } from '../support/messagesServer/server.ts';

/** How a request went: its reply or error, the failures on the way, and the texts of its last attempt. */
export interface Course {
  readonly reply: ModelReply | undefined;
  readonly error: unknown;
  readonly failures: readonly Failure[];
  readonly waits: readonly string[];
  /** What deltas of kind text said, per attempt. */
  readonly heard: readonly string[];
}

export const idleMs = 60_000;

/** A history of one user message. */
export const opening = (text: string): readonly HistoryMessage[] => [{ role: 'user', parts: [{ kind: 'text', text }] }];

/** The history after a reply, with a result for each of its calls. */
export function continued(history: readonly HistoryMessage[], reply: ModelReply, text = 'Go on.'): readonly HistoryMessage[] {
  const results = reply.blocks.flatMap((block) =>
    block.kind === 'toolCall'
      ? [{ kind: 'toolResult' as const, callId: block.callId, text: `result of ${block.callId}`, isError: block.invalid !== undefined }]
      : [],
  );
  return [...history, { role: 'assistant', blocks: reply.blocks }, { role: 'user', parts: [{ kind: 'text', text }, ...results] }];
}

export const readTool = {
  name: 'read_file',
  description: 'Reads a file.',
  inputSchema: { type: 'object', properties: { path: { type: 'string' } }, required: ['path'], additionalProperties: false },
} as const;

export function toRequest(messages: readonly HistoryMessage[], changes: Partial<ModelRequest> = {}): ModelRequest {
  return {
    agentId: toId('agent', 'a1'),
    model: 'claude-sonnet-5-5',
    effort: 'medium',
    system: 'You work on a repository. '.repeat(40),
    tools: [readTool],
    messages,
    ...changes,
  };
}

/** The provider with a local server and a clock of its own: pauses take no time, and silence lasts as long as the test says. */
export interface Bench {
  readonly server: MessagesServer;
  readonly provider: ModelProvider;
  readonly clock: FakeClock;
  /** One request as an agent makes it. `onEvent` is told how many events have arrived in this attempt. */
  run(request: ModelRequest, signal?: AbortSignal, onEvent?: (count: number) => void): Promise<Course>;
}

export async function startBench(options: ServerOptions, changes: Partial<AnthropicOptions> = {}): Promise<Bench> {
  const server = await startMessagesServer(options);
  const clock = new FakeClock();
  const provider = createAnthropicProvider({
    readKey: async () => server.key,
    baseUrl: () => server.url,
    prices: () => listPrices,
    now: () => clock.now(),
    ...changes,
  });
  const gate = new RateGate({ clock, random: () => 0, maxInFlight: 100 });
  return {
    server,
    provider,
    clock,
    run: async (request, signal = new AbortController().signal, onEvent = () => undefined) => {
      const failures: Failure[] = [];
      const waits: string[] = [];
      const heard: string[] = [];
      let events = 0;
      const course = { failures, waits, heard };
      const counting: ModelProvider = {
        ...provider,
        stream: async function* (one, own) {
          for await (const event of provider.stream(one, own)) {
            yield event;
            onEvent(++events);
          }
        },
      };
      try {
        const reply = await requestModel(
          {
            provider: counting,
            gate,
            clock,
            random: () => 0,
            idleTimeoutMs: idleMs,
            maxAttempts: 4,
            on: {
              attemptStarted: () => {
                events = 0;
                heard.push('');
              },
              attemptFailed: ({ failure }) => failures.push(failure),
              waiting: (wait) => {
                waits.push(wait.kind);
                // Later, because the sleep that is announced has not begun.
                setImmediate(() => void clock.advance((wait.until ?? clock.now()) - clock.now()));
              },
              waitOver: () => undefined,
              delta: ({ kind, text }) => {
                if (kind === 'text') {
                  heard.push(`${heard.pop() ?? ''}${text}`);
                }
              },
            },
          },
          request,
          signal,
        );
        return { ...course, reply, error: undefined };
      } catch (error) {
        return { ...course, reply: undefined, error };
      }
    },
  };
}

/** The failure a request ended with; throws what was no failure. */
export function failureOf({ error }: Course): Failure {
  if (error instanceof ModelError) {
    return error.failure;
  }
  throw new Error('The request did not end with a failure', { cause: error });
}
