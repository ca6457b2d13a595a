import * as assert from 'node:assert/strict';
import { deepRun, examples } from '../../support/examples.ts';
import { alive, createPlace, type Place } from './confined.ts';

interface Shape {
  readonly name: string;
  /** Says `ready` when all its processes have begun. */
  readonly command: string;
  /** Of very many processes, which takes its time; done half as often. */
  readonly large?: true;
  /** It ends by itself and leaves its processes behind. */
  readonly ends?: true;
}

/** processes.system.test.ts kills 200 at every run. */
const many = deepRun ? 200 : 60;

const shapes: readonly Shape[] = [
  { name: 'plain', command: 'echo ready; exec sleep 300' },
  { name: 'background', command: 'sleep 300 & sleep 300 & echo ready; wait' },
  { name: 'ignoring signals', command: "trap '' TERM HUP INT QUIT; echo ready; while :; do sleep 300; done" },
  { name: 'nohup', command: 'nohup sleep 300 >/dev/null 2>&1 & echo ready; wait' },
  { name: 'setsid', command: 'setsid sleep 300 & setsid sleep 300 & echo ready; wait' },
  { name: 'daemon', command: "(setsid sh -c 'sleep 300 & exec sleep 300' >/dev/null 2>&1 &); echo ready; sleep 300" },
  {
    name: 'daemon whose parent ended',
    command: "(setsid sh -c 'sleep 300 & exec sleep 300' </dev/null >/dev/null 2>&1 &); exit 0",
    ends: true,
  },
  { name: `${many} children`, command: `for i in $(seq ${many}); do sleep 300 & done; echo ready; wait`, large: true },
  {
    name: `${many} of their own session`,
    command: `for i in $(seq ${many}); do setsid sleep 300 >/dev/null 2>&1 & done; echo ready; wait`,
    large: true,
  },
  {
    name: 'respawner',
    command: `export R='setsid bash -c "$R" & sleep 0.03'; for i in 1 2 3; do setsid bash -c "$R" & done; echo ready; sleep 300`,
  },
];

/** How often each shape is killed by each route: 20 kills in all, and in the deep run more than a thousand. */
const times = deepRun ? examples(4).numRuns : 1;

describe('SH-05: a killed command leaves no survivor', function () {
  this.timeout(120_000 + times * 20_000);
  let place: Place;

  before(async () => {
    place = createPlace();
    assert.deepEqual(await place.sandbox.status(), { kind: 'ready' });
  });

  after(() => place.close());

  const routes = {
    'by group and sweep': (command: string, signal: AbortSignal, onOutput: (text: string) => void) =>
      place.processes.run({ command, folder: place.at('work'), timeoutMs: 60_000, env: place.environment() }, onOutput, signal),
    'in the sandbox': (command: string, signal: AbortSignal, onOutput: (text: string) => void) =>
      place.run(command, { signal, timeoutMs: 60_000, onOutput }),
  };

  for (const [route, run] of Object.entries(routes)) {
    for (const { name, command, ends, large } of shapes) {
      it(`${route}: ${name}`, async () => {
        for (let time = 0; time < (large === true ? Math.ceil(times / 2) : times); time++) {
          const stop = new AbortController();
          const ended = await run(command, stop.signal, (text) => {
            if (text.includes('ready')) {
              stop.abort();
            }
          });
          assert.ok(ended.ok);
          assert.equal(ended.killed, ends !== true);
          assert.equal(ended.unkillable, 0);
          assert.deepEqual(alive(place.processes.hostPrefix), []);
        }
      });
    }
  }
});
