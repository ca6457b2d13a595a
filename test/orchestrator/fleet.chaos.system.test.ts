import assert from 'node:assert/strict';
import fc from 'fast-check';
import { examples } from '../support/examples.ts';
import type { FleetCommandInput } from '../../src/core/commands.ts';
import { call, fail, report, type Script, type Step, reply, say } from '../support/scriptedModel.ts';
import { settle } from '../support/fakeClock.ts';
import { TestFleet } from '../support/testFleet.ts';
import { testTool } from '../support/testTools.ts';

type Move = {
  readonly what: 'kill' | 'steer' | 'interrupt' | 'pause' | 'resume' | 'wrapUp' | 'followUp' | 'retry' | 'time' | 'crash';
  readonly who: number;
};

const move: fc.Arbitrary<Move> = fc.record({
  what: fc.constantFrom('kill', 'steer', 'interrupt', 'pause', 'resume', 'wrapUp', 'followUp', 'retry', 'time', 'crash'),
  who: fc.nat(5),
});

/** What a worker does at each request, chosen by a number; every history it can be given has an answer. */
function workerStep(kind: number): Step {
  switch (kind % 4) {
    case 0:
      return reply(call('nap'));
    case 1:
      return fail('network');
    case 2:
      return reply(say('thinking'), call('nap'), call('nap'));
    default:
      return reply(report(`report ${kind}`));
  }
}

function scripts(kinds: readonly number[]): Record<string, Script> {
  const worker: Script = (_, turn) => (turn >= kinds.length ? reply(report('late')) : workerStep(kinds[turn] ?? 3));
  return {
    lead: (_, turn) =>
      turn === 0
        ? reply(call('spawn_agent', { label: 'w1' }), call('spawn_agent', { label: 'w2' }))
        : reply(call('wait_for_agents'), call('report', { summary: 'x' })),
    '*': worker,
  };
}

function commandOf(move: Move, test: TestFleet): FleetCommandInput | undefined {
  const agents = Object.values(test.state.agents);
  const agentId = agents[move.who % Math.max(1, agents.length)]?.id;
  if (agentId === undefined) {
    return undefined;
  }
  switch (move.what) {
    case 'kill':
      return { type: 'killAgent', agentId };
    case 'steer':
    case 'interrupt':
      return { type: 'sendMessage', agentId, kind: 'steer', text: 'go left', interrupt: move.what === 'interrupt' };
    case 'pause':
      return { type: 'pauseAgent', agentId };
    case 'resume':
      return { type: 'resumeAgent', agentId };
    case 'wrapUp':
      return { type: 'wrapUpAgent', agentId };
    case 'followUp':
      return { type: 'followUpAgent', agentId, task: 'more' };
    case 'retry':
      return { type: 'retryAgent', agentId };
    default:
      return undefined;
  }
}

function nap(test: () => TestFleet) {
  return testTool('nap', async (_, __, signal) => {
    await test().clock.sleep(1_000, signal);
    return { text: 'rested', isError: false };
  });
}

function open(kinds: readonly number[], before?: TestFleet): TestFleet {
  const test: TestFleet = new TestFleet(scripts(kinds), {
    tools: [nap(() => test)],
    settings: { maxConcurrentAgents: 2 },
    ...(before === undefined ? {} : { entries: [...before.journal.entries], blobs: before.blobs }),
  });
  return test;
}

/** Each end of a child that counts is told to its parent at most once, and no message is delivered twice. */
function assertDelivery(test: TestFleet): void {
  const delivered = test.journal.events.flatMap((event) => (event.type === 'messageDelivered' ? [event.messageId] : []));
  assert.equal(new Set(delivered).size, delivered.length, 'no message is delivered twice');
  for (const agent of Object.values(test.state.agents)) {
    const reports = test.journal.events.filter(
      (event) =>
        event.type === 'messageQueued' && event.kind === 'report' && event.from.kind === 'agent' && event.from.agentId === agent.id,
    );
    assert.ok(reports.length <= agent.ends, `${agent.label} ended ${agent.ends} times and reported ${reports.length} times`);
  }
}

describe('a fleet under random steering, kills, pauses and crashes', () => {
  it('never breaks a history, delivers each result at most once, and can always be stopped', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(20), { minLength: 1, maxLength: 6 }),
        fc.array(move, { maxLength: 14, size: 'max' }),
        async (kinds, moves) => {
          let test = open(kinds);
          test.start();
          await settle();
          for (const next of moves) {
            if (next.what === 'crash') {
              test = open(kinds, test);
            } else if (next.what === 'time') {
              await test.clock.advance(700);
            } else {
              const command = commandOf(next, test);
              if (command !== undefined) {
                test.fleet.execute(command);
              }
            }
            await settle();
          }
          assert.deepEqual(test.model.violations, []);
          test.do({ type: 'killAll' });
          await test.clock.advance(2_500);
          await test.ended();
          assert.deepEqual(test.errors, []);
          assert.equal(test.model.active, 0, 'no request outlives its agent');
          assertDelivery(test);
        },
      ),
      examples(150),
    );
  });
});
