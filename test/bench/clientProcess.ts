import type { Done, FromClient, Work } from './messages.ts';

/** A client under measurement: prepared, then run once. */
export interface Client {
  /** Does the whole work; `halfway` is called once while all agents are at work. */
  run(halfway: () => void): Promise<void>;
  close(): Promise<void>;
}

/** Runs one client in this process, as the parent says, and reports what it cost. */
export function serveClient(prepare: (work: Work) => Promise<Client>): void {
  const tell = (message: FromClient): void => {
    process.send?.(message);
  };
  process.once('message', (work: Work) => {
    measure(prepare, work)
      .then((done) => tell({ type: 'done', done }))
      .catch((error: unknown) => tell({ type: 'failed', message: error instanceof Error ? (error.stack ?? error.message) : String(error) }))
      .finally(() => process.disconnect());
  });
  tell({ type: 'ready' });
}

async function measure(prepare: (work: Work) => Promise<Client>, work: Work): Promise<Done> {
  const client = await prepare(work);
  const before = work.memory ? usedMb() : 0;
  let working = 0;
  const cpu = process.cpuUsage();
  const from = performance.now();
  await client.run(() => {
    working = work.memory ? usedMb() : 0;
  });
  const wallMs = performance.now() - from;
  const { user, system } = process.cpuUsage(cpu);
  const rssMb = process.memoryUsage.rss() / 1e6;
  const after = work.memory ? usedMb() : 0;
  await client.close();
  return { wallMs, cpuMs: (user + system) / 1000, rssMb, memoryMb: work.memory ? { before, working, after } : undefined };
}

function usedMb(): number {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 1e6;
}
