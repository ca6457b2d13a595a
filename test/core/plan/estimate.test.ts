import * as assert from 'node:assert/strict';
import * as fc from 'fast-check';
import {
  type EstimatedTask,
  estimatePlan,
  estimateText,
  fanOutAsk,
  type FleetHistory,
  historyOf,
  workMs,
} from '../../../src/core/plan/estimate.ts';
import type { FleetEvent } from '../../../src/core/events.ts';
import { type AgentId, toId } from '../../../src/core/ids.ts';
import type { Span } from '../../../src/core/state.ts';
import { fold } from '../../support/fold.ts';

const task = (id: string, agentType: string, ...dependencies: string[]): EstimatedTask => ({
  id: toId('task', id),
  agentType,
  dependencies: dependencies.map((name) => toId('task', name)),
});

const history: FleetHistory = new Map([
  ['scout', { agents: 4, tokens: 30_000, usd: 0.01, minutes: 2 }],
  ['builder', { agents: 2, tokens: 200_000, usd: 0.5, minutes: 10 }],
]);

describe('the estimate of a plan', () => {
  it('sums tokens and cost, and takes the time of the longest way', () => {
    const tasks = [task('a', 'scout'), task('b', 'scout'), task('c', 'builder', 'a', 'b')];
    assert.deepEqual(estimatePlan(tasks, history), {
      agents: 3,
      tokens: 260_000,
      usd: 0.52,
      minutes: 12,
      basis: 'Based on 6 agents of this fleet that did such work (builder, scout).',
    });
  });

  it('says what it assumes, and names no cost it does not know', () => {
    const estimate = estimatePlan([task('a', 'scout'), task('b', 'reviewer', 'a'), task('c', 'own-type')], history);
    assert.equal(estimate.usd, undefined);
    assert.match(estimate.basis, /Assumed, because none has been done here yet: own-type, reviewer\.$/);
    assert.equal(estimateText(estimate), '3 agents, about 190k tokens, about 5 minutes');
  });

  it('counts no agent for a gate of the person', () => {
    const estimate = estimatePlan([task('a', 'scout'), task('yes', 'person', 'a'), task('b', 'scout', 'yes')], history);
    assert.equal(estimate.agents, 2);
    assert.equal(estimate.minutes, 4);
  });

  it('takes longer when there are fewer slots than tasks', () => {
    const tasks = [task('a', 'scout'), task('b', 'scout'), task('c', 'scout'), task('d', 'scout')];
    assert.equal(estimatePlan(tasks, history).minutes, 2);
    assert.equal(estimatePlan(tasks, history, 2).minutes, 4);
  });

  it('never takes less time than any task, nor more than all one after the other', () => {
    const plans = fc.array(fc.record({ type: fc.constantFrom('scout', 'builder'), after: fc.array(fc.nat(20)) }), {
      minLength: 1,
      maxLength: 12,
    });
    fc.assert(
      fc.property(plans, fc.integer({ min: 1, max: 8 }), (plan, slots) => {
        const tasks = plan.map(({ type, after }, index) =>
          task(`t${index}`, type, ...after.filter((other) => other < index).map((other) => `t${other}`)),
        );
        const each = plan.map(({ type }) => (type === 'scout' ? 2 : 10));
        const { minutes } = estimatePlan(tasks, history, slots);
        assert.ok(minutes >= Math.max(...each));
        assert.ok(minutes <= each.reduce((sum, one) => sum + one, 0));
      }),
    );
  });

  it('becomes a question that names every task', () => {
    const tasks = [{ ...task('a', 'scout'), title: 'Look at the parser' }, task('b', 'builder')];
    const ask = fanOutAsk(tasks, estimatePlan(tasks, history));
    assert.equal(ask.title, 'Start 2 agents?');
    assert.match(ask.detail, /2 agents, about 230k tokens, about \$0\.51, about 10 minutes/);
    assert.match(ask.detail, /- Look at the parser \(scout\)\n- b \(builder\)$/);
    assert.deepEqual(
      ask.options.map(({ choice }) => choice),
      ['approve', 'decline'],
    );
  });
});

describe('the history an estimate rests on', () => {
  const run = toId('run', 'run');
  const usage = { input: 100, output: 20, cacheRead: 380, cacheWrite5m: 0, cacheWrite1h: 0 };
  const report = { summary: 'Done', findings: [], filesRead: [], filesChanged: [], recommendations: [], openQuestions: [], notes: [] };

  const agent = (agentId: AgentId, cost: number | undefined, done = true): readonly FleetEvent[] => [
    {
      type: 'agentSpawned',
      agentId,
      runId: run,
      label: agentId,
      agentType: 'scout',
      depth: 0,
      provider: 'practice',
      model: 'm',
      effort: 'low',
      promptId: toId('prompt', 'p'),
      brief: { objective: 'Look' },
      opening: 'x',
      by: { kind: 'person' },
    },
    { type: 'agentStarted', agentId },
    { type: 'requestStarted', agentId, turn: 1, attempt: 1 },
    { type: 'replySettled', agentId, turn: 1, model: 'm', blocks: [], stop: 'endTurn', usage, cost },
    {
      type: 'agentEnded',
      agentId,
      outcome: done ? { kind: 'done', report } : { kind: 'killed', by: { kind: 'person' } },
    },
  ];

  const runStarted: FleetEvent = { type: 'runStarted', runId: run, label: 'Run', task: 'Look', by: { kind: 'person' } };

  it('is of agents that are done', () => {
    const state = fold([runStarted, ...agent(toId('agent', 'a'), 0.02), ...agent(toId('agent', 'b'), 0.04, false)]);
    assert.deepEqual([...historyOf(state)], [['scout', { agents: 1, tokens: 500, usd: 0.02, minutes: 1 / 60 }]]);
  });

  it('has no cost where a price was missing', () => {
    const state = fold([runStarted, ...agent(toId('agent', 'a'), 0.02), ...agent(toId('agent', 'b'), undefined)]);
    const scouts = historyOf(state).get('scout');
    assert.equal(scouts?.agents, 2);
    assert.equal(scouts?.usd, undefined);
  });

  it('counts tools that run at the same time once, and waits not at all', () => {
    const span = (kind: Span['kind'], from: number, to: number): Span => ({ kind, label: '', turn: 1, from, to });
    const spans = [span('model', 0, 10), span('wait', 10, 50), span('tool', 50, 70), span('tool', 55, 60), span('tool', 65, 80)];
    assert.equal(workMs({ spans, open: [], points: [], marks: [] }), 40);
  });
});
