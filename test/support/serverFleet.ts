import { listPrices } from '../../src/core/prices.ts';
import type { FleetState } from '../../src/core/state.ts';
import { createAnthropicProvider } from '../../src/providers/anthropic/index.ts';
import type { Reply } from './messagesServer/reply.ts';
import { type MessagesServer, type SeenRequest, startMessagesServer } from './messagesServer/server.ts';
import { TestFleet, type TestFleetOptions } from './testFleet.ts';

/** The whole engine on the real provider and a strict server. */
export interface ServerFleet {
  readonly test: TestFleet;
  readonly server: MessagesServer;
  /** Resolves when the state fulfils the condition. */
  until(condition: (state: FleetState) => boolean): Promise<void>;
  close(): Promise<void>;
}

/** Opens a fleet whose pauses are skipped as soon as something waits for them. */
export async function openServerFleet(script: (seen: SeenRequest) => Reply, options: TestFleetOptions = {}): Promise<ServerFleet> {
  const server = await startMessagesServer({ script });
  const provider = createAnthropicProvider({
    readKey: async () => server.key,
    baseUrl: () => server.url,
    prices: () => listPrices,
    now: () => 0,
  });
  const models = { lead: 'claude-opus-5-5', worker: 'claude-sonnet-5-5', scout: 'claude-haiku-5-5' };
  const test = new TestFleet({}, { ...options, provider, settings: { models, ...options.settings } });
  test.fleet.subscribe((entries) => {
    const waits = entries.flatMap(({ event }) => (event.type === 'waitStarted' ? [event.wait.until ?? 0] : []));
    if (waits.length > 0) {
      setImmediate(() => void test.clock.advance(Math.max(0, ...waits.map((until) => until - test.clock.now()))));
    }
  });
  return {
    test,
    server,
    until: (condition) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (condition(test.state)) {
            following.dispose();
            resolve();
          }
        };
        const following = test.fleet.subscribe(look);
        look();
      }),
    close: async () => {
      await test.fleet.stop();
      await server.close();
    },
  };
}
