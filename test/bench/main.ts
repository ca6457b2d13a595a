import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { criticalPath, median, quantile, turnGaps } from './figures.ts';
import type { Done, FromClient, FromServer, ServedReply, ToServer, Work } from './messages.ts';

/*
 * The first bench: what the fleet costs between a reply and the next request, in processor time and in memory, against a bare SDK loop that
 * does the same work. Each run has a client process of its own, and the two take turns, so that what else the machine does hits both.
 */

type ClientName = 'fleetClient' | 'bareClient';

/** One run of one client. */
interface Measured {
  readonly done: Done;
  readonly replies: readonly ServedReply[];
}

interface Load {
  readonly agents: number;
  readonly rounds: number;
  readonly turns: number;
}

/** `--quick` for a look at small numbers; `--only=50`, `--only=fan-out`, `--only=star` or `--only=memory` for one part. */
const quick = process.argv.includes('--quick');
const only = process.argv.find((arg) => arg.startsWith('--only='))?.slice('--only='.length);
/** Fewer turns where there are more agents: there are as many figures all the same. */
const loads: readonly Load[] = quick
  ? [
      { agents: 1, rounds: 1, turns: 10 },
      { agents: 20, rounds: 1, turns: 5 },
    ]
  : [
      { agents: 1, rounds: 3, turns: 20 },
      { agents: 50, rounds: 3, turns: 8 },
      { agents: 200, rounds: 3, turns: 6 },
    ];
const fanOutAgents = quick ? 10 : 50;
const key = 'test-key';
const children = new Set<ChildProcess>();

function start(name: ClientName | 'server', args: readonly string[]): ChildProcess {
  const path = fileURLToPath(new URL(`./${name}.mjs`, import.meta.url));
  const child = fork(path, args, { execArgv: ['--expose-gc'], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  children.add(child);
  child.once('exit', () => children.delete(child));
  return child;
}

/** The next message of a child that the test accepts; rejects when the child ends before it comes. */
function nextMessage<T extends { readonly type: string }, K extends T['type']>(
  child: ChildProcess,
  ...types: readonly K[]
): Promise<Extract<T, { type: K }>> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null): void => reject(new Error(`A process of the bench ended with ${code}`));
    const onMessage = (message: T): void => {
      if (types.some((type) => type === message.type)) {
        child.off('message', onMessage);
        child.off('exit', onExit);
        resolve(message as Extract<T, { type: K }>);
      }
    };
    child.on('message', onMessage);
    child.once('exit', onExit);
  });
}

async function withServer<T>(args: readonly string[], use: (server: ChildProcess, url: string) => Promise<T>): Promise<T> {
  const server = start('server', args);
  try {
    const { url } = await nextMessage<FromServer, 'listening'>(server, 'listening');
    return await use(server, url);
  } finally {
    say(server, { type: 'stop' });
    await gone(server);
  }
}

async function runClient(name: ClientName, server: ChildProcess, work: Work): Promise<Measured> {
  say(server, { type: 'reset' });
  const client = start(name, []);
  await nextMessage<FromClient, 'ready'>(client, 'ready');
  client.send(work);
  const answer = await nextMessage<FromClient, 'done' | 'failed'>(client, 'done', 'failed');
  if (answer.type === 'failed') {
    throw new Error(`${name} failed: ${answer.message}`);
  }
  await gone(client);
  const served = nextMessage<FromServer, 'served'>(server, 'served');
  say(server, { type: 'tell' });
  const { replies, violations } = await served;
  if (violations.length > 0) {
    throw new Error(`${name} sent requests that were refused: ${violations[0]}`);
  }
  return { done: answer.done, replies };
}

const say = (server: ChildProcess, message: ToServer): boolean => server.connected && server.send(message);
const gone = (child: ChildProcess): Promise<void> =>
  child.exitCode !== null ? Promise.resolve() : new Promise((resolve) => child.once('exit', () => resolve()));

async function compare({ agents, rounds, turns }: Load): Promise<void> {
  const pace = ['--first=300', '--between=25', '--chars=24'];
  await withServer([`--turns=${turns}`, ...pace], async (server, url) => {
    const results: Record<ClientName, Measured[]> = { fleetClient: [], bareClient: [] };
    for (let round = 0; round < rounds; round++) {
      for (const name of ['fleetClient', 'bareClient'] as const) {
        results[name].push(await runClient(name, server, { url, key, agents, shape: 'single', memory: false }));
      }
    }
    const fleet = figuresOf(results.fleetClient);
    const bare = figuresOf(results.bareClient);
    const target = '<= 1.20';
    row(`turn overhead, ${agents} agents: median`, `${fleet.gap.toFixed(2)} ms`, `${bare.gap.toFixed(2)} ms`, fleet.gap / bare.gap, target);
    row('  95th percentile', `${fleet.gap95.toFixed(2)} ms`, `${bare.gap95.toFixed(2)} ms`, fleet.gap95 / bare.gap95, '');
    row('  processor time per turn', `${fleet.cpu.toFixed(2)} ms`, `${bare.cpu.toFixed(2)} ms`, fleet.cpu / bare.cpu, '');
    row('  resident memory at the end', `${fleet.rss.toFixed(0)} MB`, `${bare.rss.toFixed(0)} MB`, fleet.rss / bare.rss, '');
  });
}

function figuresOf(runs: readonly Measured[]) {
  const gaps = runs.flatMap(({ replies }) => turnGaps(replies));
  return {
    gap: median(gaps),
    gap95: quantile(gaps, 0.95),
    cpu: median(runs.map(({ done, replies }) => done.cpuMs / replies.length)),
    rss: median(runs.map(({ done }) => done.rssMb)),
  };
}

/** The time a run of many agents takes against what its slowest path of replies takes alone. */
async function measureFanOut(agents: number, shape: 'fanOut' | 'star'): Promise<void> {
  const ratios: { readonly wallMs: number; readonly pathMs: number }[] = [];
  await withServer([`--workers=${agents}`, '--turns=5', '--first=400', '--between=15', '--chars=48'], async (server, url) => {
    for (let round = 0; round < 3; round++) {
      const { replies } = await runClient('fleetClient', server, { url, key, agents, shape, memory: false });
      ratios.push(criticalPath(replies, ({ agent }) => !agent.startsWith('Worker')));
    }
  });
  const wall = median(ratios.map(({ wallMs }) => wallMs));
  const path = median(ratios.map(({ pathMs }) => pathMs));
  row(
    `${shape === 'star' ? 'star' : 'fan-out'} of ${agents}: time against critical path`,
    `${wall.toFixed(0)} ms`,
    `${path.toFixed(0)} ms`,
    median(ratios.map(({ wallMs, pathMs }) => wallMs / pathMs)),
    '<= 1.05',
  );
}

async function measureMemory(agents: number): Promise<void> {
  await withServer(['--turns=6', '--first=300', '--between=25', '--chars=24'], async (server, url) => {
    const perAgent = async (name: ClientName) => {
      const { done } = await runClient(name, server, { url, key, agents, shape: 'single', memory: true });
      const { before, working, after } = done.memoryMb ?? { before: 0, working: 0, after: 0 };
      return { working: (working - before) / agents, after: (after - before) / agents };
    };
    const fleet = await perAgent('fleetClient');
    const bare = await perAgent('bareClient');
    row(
      `memory per agent of ${agents}: working`,
      `${fleet.working.toFixed(3)} MB`,
      `${bare.working.toFixed(3)} MB`,
      fleet.working / bare.working,
      '<= 1.5 MB',
    );
    row('  ended', `${fleet.after.toFixed(3)} MB`, `${bare.after.toFixed(3)} MB`, fleet.after / bare.after, '<= 0.3 MB');
  });
}

function row(what: string, fleet: string, bare: string, ratio: number, target: string): void {
  console.log(`${what.padEnd(48)}${fleet.padStart(12)}${bare.padStart(12)}${ratio.toFixed(2).padStart(9)}   ${target}`);
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    for (const child of children) {
      child.kill('SIGKILL');
    }
    process.exitCode = 130;
  });
}

console.log(`${''.padEnd(48)}${'fleet'.padStart(12)}${'bare'.padStart(12)}${'ratio'.padStart(9)}   target`);
const isWanted = (part: string): boolean => only === undefined || only === part;
for (const load of loads) {
  if (isWanted(String(load.agents))) {
    await compare(load);
  }
}
for (const shape of ['fanOut', 'star'] as const) {
  if (isWanted('fan-out') || isWanted(shape)) {
    await measureFanOut(fanOutAgents, shape);
  }
}
if (isWanted('memory')) {
  await measureMemory(loads.at(-1)?.agents ?? 1);
}
