import { createFleetScript } from '../support/messagesServer/fleetScript.ts';
import { startMessagesServer } from '../support/messagesServer/server.ts';
import { openingOf } from '../support/messagesServer/wire.ts';
import type { FromServer, ServedReply, ToServer } from './messages.ts';

/*
 * The local API server as a process of its own. Started by the bench it obeys the bench; started by hand it serves a fleet of a lead and
 * its workers until it is stopped, with all the strictness of the API:
 *   node out/test/bench/server.mjs --port=8787 --workers=10 --turns=6 --first=800 --between=30
 */
const numberOf = (name: string, fallback: number): number =>
  Number(process.argv.find((arg) => arg.startsWith(`--${name}=`))?.split('=')[1] ?? fallback);

const byHand = process.send === undefined;
let replies: ServedReply[] = [];
const server = await startMessagesServer({
  script: createFleetScript({
    workers: numberOf('workers', 10),
    turns: numberOf('turns', 6),
    firstMs: numberOf('first', 800),
    betweenMs: numberOf('between', 30),
    deltaChars: numberOf('chars', 12),
  }),
  port: numberOf('port', 0),
  strict: byHand,
  onReplyEnd: ({ request, turn, at }) => replies.push({ agent: openingOf(request), turn, from: at, to: performance.now() }),
});

const tell = (message: FromServer): void => {
  process.send?.(message);
};
process.on('message', (message: ToServer) => {
  if (message.type === 'reset') {
    replies = [];
  } else if (message.type === 'tell') {
    tell({ type: 'served', replies, violations: server.violations });
  } else {
    void server.close().finally(() => process.disconnect());
  }
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void server.close());
}
if (byHand) {
  console.log(`Messages API at ${server.url} with the key ${server.key}`);
}
tell({ type: 'listening', url: server.url });
