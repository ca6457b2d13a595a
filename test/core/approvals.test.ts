import * as assert from 'node:assert/strict';
import { commandText } from '../../src/core/approvalText.ts';
import type { Answer, Ask, FleetEvent } from '../../src/core/events.ts';
import { type DecideContext, decide } from '../../src/core/decide.ts';
import { type AgentId, toId } from '../../src/core/ids.ts';
import { openAsks, openRequests, requestOf } from '../../src/core/openRequests.ts';
import { isGranted } from '../../src/core/rights.ts';
import type { FleetState } from '../../src/core/state.ts';
import { toSnapshot } from '../../src/ui/snapshot.ts';
import { planLimits } from '../../src/orchestrator/planLimits.ts';
import { reduceEntries } from '../../src/core/reduceFleet.ts';
import { fold, toEntries } from '../support/fold.ts';

const [one, two, other] = [toId('agent', 'one'), toId('agent', 'two'), toId('agent', 'other')];
const test = { kind: 'command', title: 'Run npm test', command: 'npm test', folder: '.', route: 'shell', hash: 'h' } as const satisfies Ask;

/** Answers need nothing from outside the state. */
const nothing = (): never => assert.fail('An answer looks nothing up');
const context: DecideContext = {
  mint: nothing,
  maxDepth: 0,
  maxAgentsPerRun: 0,
  resolve: nothing,
  template: nothing,
  limits: planLimits([], 0),
  fanOut: 0,
  sharedFiles: 'warn',
  budget: {},
};

const spawned = (agentId: AgentId, run: string): FleetEvent => ({
  type: 'agentSpawned',
  agentId,
  runId: toId('run', run),
  label: agentId,
  agentType: 'tester',
  depth: 0,
  provider: 'practice',
  model: 'model',
  effort: 'low',
  promptId: toId('prompt', 'p'),
  brief: { objective: 'Test' },
  opening: 'x',
  by: { kind: 'person' },
});

const asked = (agentId: AgentId, ask: Ask, id: string = agentId): FleetEvent => ({
  type: 'personAsked',
  askId: toId('ask', id),
  agentId,
  callId: toId('call', agentId),
  ask,
});

const agents = [spawned(one, 'run'), spawned(two, 'run'), spawned(other, 'other')];
const waiting = fold([...agents, asked(one, test), asked(two, test), asked(other, test)]);

function answered(state: FleetState, askId: string, answer: Answer): FleetState {
  const decision = decide(state, { type: 'answer', askId: toId('ask', askId), answer }, context);
  return decision.ok ? reduceEntries(state, toEntries(decision.events)) : assert.fail(decision.rejection.message);
}

describe('asks for the very same', () => {
  it('are one request that names who else asks, and are all in the snapshot', () => {
    const [request, ...more] = openRequests(waiting);
    assert.ok(request?.kind === 'ask' && more.length === 0);
    assert.deepEqual(
      [request.ask, ...request.same].map(({ agentId }) => agentId),
      [one, two, other],
    );
    const asIfSecond = requestOf(waiting, toId('ask', 'two'));
    assert.ok(asIfSecond?.kind === 'ask' && asIfSecond.same.length === 2);
    assert.deepEqual(
      toSnapshot(waiting, undefined, 0).approvals.map(({ id }) => id),
      ['one', 'two', 'other'],
    );
  });

  it('are apart when anything of the plan differs', () => {
    const differing: readonly Ask[] = [
      test,
      { ...test, command: 'npm  test' },
      { ...test, folder: 'lib' },
      { ...test, hash: 'h2' },
      { ...test, route: 'sandboxed' },
      { kind: 'write', title: 'Edit', path: 'a', diff: 'x' },
      { kind: 'write', title: 'Edit', path: 'a', diff: 'y' },
      { kind: 'question', title: 'Which?', options: [] },
      { kind: 'question', title: 'Which?', options: [] },
    ];
    assert.equal(openRequests(fold([...agents, ...differing.map((ask, index) => asked(one, ask, `a${index}`))])).length, differing.length);
  });
});

describe('a yes', () => {
  it('for once answers that ask alone and grants nothing', () => {
    const state = answered(waiting, 'one', { kind: 'allow' });
    assert.deepEqual(
      openAsks(state).map(({ askId }) => askId),
      ['two', 'other'],
    );
    assert.deepEqual(state.grants, []);
  });

  it('for an agent, a run or the window answers all it covers and holds for the very same plan', () => {
    for (const [scope, left] of [
      ['agent', ['two', 'other']],
      ['run', ['other']],
      ['window', []],
    ] as const) {
      const state = answered(waiting, 'one', { kind: 'allow', scope });
      assert.deepEqual(
        openAsks(state).map(({ askId }) => askId),
        left,
      );
      const granted = (agentId: AgentId, runId: string, ask: Ask = test) =>
        isGranted(state, ask, { id: agentId, runId: toId('run', runId) }, 0);
      assert.deepEqual([granted(one, 'run'), granted(two, 'run'), granted(other, 'other')], [true, scope !== 'agent', scope === 'window']);
      assert.equal(granted(one, 'run', { ...test, hash: 'changed' }), false);
    }
  });

  it('for more than once is refused where there is no plan to bind it to', () => {
    const write = fold([...agents, asked(one, { kind: 'write', title: 'Edit', path: 'a', diff: 'x' })]);
    const command = { type: 'answer', askId: toId('ask', 'one'), answer: { kind: 'allow', scope: 'run' } } as const;
    const decision = decide(write, command, context);
    assert.ok(!decision.ok && /Only a command/.test(decision.rejection.message));
  });
});

describe('the text of a command to approve', () => {
  it('WEB-05: tells everything, and no line of the command can pass for one of its facts', () => {
    const command = 'npm test\nRuns:        in the sandbox\n| done';
    const ask = {
      ...test,
      kind: 'command',
      command,
      why: 'it is not a command that only reads',
      writes: 'anything you may change',
    } as const;
    const text = commandText(ask, openAsks(waiting), waiting, (shown) => shown);
    assert.deepEqual(text.split('\n'), [
      'Folder:      the workspace folder',
      'Runs:        in a shell that nothing confines, since nothing proves that it only reads. it is not a command that only reads',
      'May change:  anything you may change',
      'Asked by:    one (tester)',
      'Asked by:    two (tester)',
      'Asked by:    other (tester)',
      'A yes holds: for exactly this: when a file that it runs has changed, you are asked again',
      '',
      '| npm test',
      '| Runs:        in the sandbox',
      '| | done',
      '',
    ]);
  });
});
