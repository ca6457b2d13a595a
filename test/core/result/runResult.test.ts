import * as assert from 'node:assert/strict';
import { marked } from 'marked';
import type { FleetEvent, Report } from '../../../src/core/events.ts';
import { toId } from '../../../src/core/ids.ts';
import { metricsOf } from '../../../src/core/result/runMetrics.ts';
import { resultOf } from '../../../src/core/result/runResult.ts';
import { resultText } from '../../../src/core/result/runResultText.ts';
import type { FleetState, Plan } from '../../../src/core/state.ts';
import { criticalSteps } from '../../../src/core/result/stints.ts';
import { fold, foldStart } from '../../support/fold.ts';
import { attemptOf, decisionOf, planOf, taskIn } from '../../support/plans.ts';

const run = toId('run', 'run');
const usage = { input: 100, output: 20, cacheRead: 380, cacheWrite5m: 0, cacheWrite1h: 0 };
const empty: Report = { summary: 'x', findings: [], filesRead: [], filesChanged: [], recommendations: [], openQuestions: [], notes: [] };
const started: FleetEvent = { type: 'runStarted', runId: run, label: 'Tidy up', task: 'Tidy up the parser', by: { kind: 'person' } };

const spawned = (label: string, taskId?: string, parent?: string): FleetEvent => ({
  type: 'agentSpawned',
  agentId: toId('agent', label),
  runId: run,
  ...(parent === undefined ? {} : { parentId: toId('agent', parent) }),
  label,
  agentType: 'general',
  depth: parent === undefined ? 0 : 1,
  provider: 'practice',
  model: 'm',
  effort: 'low',
  promptId: toId('prompt', 'p'),
  brief: { objective: 'x' },
  opening: 'x',
  ...(taskId === undefined ? {} : { taskId: toId('task', taskId) }),
  by: { kind: 'engine' },
});
const works = (label: string): readonly FleetEvent[] => [
  { type: 'agentStarted', agentId: toId('agent', label) },
  { type: 'requestStarted', agentId: toId('agent', label), turn: 1, attempt: 1 },
  {
    type: 'replySettled',
    agentId: toId('agent', label),
    turn: 1,
    model: 'm',
    blocks: [{ kind: 'toolCall', callId: toId('call', label), name: 'edit_file', input: {} }],
    stop: 'toolUse',
    usage,
    cost: 0.01,
  },
];
const changes = (label: string, path: string): readonly FleetEvent[] => [
  { type: 'toolStarted', agentId: toId('agent', label), callId: toId('call', label), title: `Edit ${path}` },
  {
    type: 'toolEnded',
    agentId: toId('agent', label),
    callId: toId('call', label),
    status: 'ok',
    output: { text: 'ok' },
    effects: [{ kind: 'changed', path, change: 'edited', added: 1, removed: 1 }],
  },
];
const done = (label: string, report: Partial<Report> = {}): FleetEvent => ({
  type: 'agentEnded',
  agentId: toId('agent', label),
  outcome: { kind: 'done', report: { ...empty, summary: `${label} is done`, ...report } },
});
const failed = (label: string): FleetEvent => ({
  type: 'agentEnded',
  agentId: toId('agent', label),
  outcome: { kind: 'failed', failure: { kind: 'network', message: 'The line went dead.', next: 'Try again.' } },
});

function withPlan(events: readonly FleetEvent[], plan: Plan): FleetState {
  return { ...fold([started, ...events]), plans: { [run]: plan } };
}

function result(state: FleetState) {
  const found = resultOf(state, run);
  assert.ok(found);
  return found;
}

const a = { id: 'a', status: 'done', history: [attemptOf('scout')] } as const;

describe('the result of a run', () => {
  it('takes its summary from the task behind which nothing is reported', () => {
    const plan = planOf([
      taskIn('a', { status: 'done', history: [attemptOf('scout')] }),
      taskIn('b', { status: 'done', history: [attemptOf('lead')], dependencies: [toId('task', 'a')] }),
      taskIn('c', { status: 'done', history: [attemptOf('helper')], owner: toId('agent', 'lead'), dependencies: [toId('task', 'b')] }),
      taskIn('d', { status: 'failed', dependencies: [toId('task', 'b')] }),
    ]);
    const events = [spawned('scout', a.id), spawned('lead', 'b'), spawned('helper', 'c', 'lead')];
    const state = withPlan([...events, done('scout'), done('helper'), done('lead')], plan);
    assert.deepEqual(result(state).summaries, [{ from: 'lead', text: 'lead is done' }]);
  });

  it('takes all summaries where several tasks are last, and those of first agents where there is no plan', () => {
    const events = [spawned('one', 'a'), spawned('two', 'b'), done('one'), done('two')];
    const plan = planOf([
      taskIn('a', { status: 'done', history: [attemptOf('one')] }),
      taskIn('b', { status: 'done', history: [attemptOf('two')] }),
    ]);
    const both = [
      { from: 'one', text: 'one is done' },
      { from: 'two', text: 'two is done' },
    ];
    assert.deepEqual(result(withPlan(events, plan)).summaries, both);
    assert.deepEqual(result({ ...fold([started, ...events]), plans: {} }).summaries, both);
  });

  it('says what failed, why, after how many attempts, and what was not started because of it', () => {
    const plan = planOf([
      taskIn('a', {
        title: 'Research',
        status: 'failed',
        reason: 'Two attempts failed.',
        history: [attemptOf('first'), attemptOf('second')],
      }),
      taskIn('b', { title: 'Build', status: 'skipped', dependencies: [toId('task', 'a')] }),
      taskIn('c', { title: 'Review', status: 'skipped', dependencies: [toId('task', 'b')] }),
      taskIn('d', { title: 'Docs', status: 'cancelled', reason: 'Not needed.' }),
    ]);
    const found = result(withPlan([spawned('first', 'a'), failed('first'), spawned('second', 'a'), failed('second')], plan));
    assert.deepEqual(found.failures, [
      {
        taskId: 'a',
        agentId: 'second',
        title: 'Research',
        why: 'Two attempts failed.',
        next: 'Try again.',
        attempts: 2,
        notStarted: ['Build', 'Review'],
      },
    ]);
    assert.deepEqual(found.undone, [{ title: 'Docs', status: 'cancelled', why: 'Not needed.' }]);
  });

  it('names files with all who changed them, verdicts by round, decisions and proposals with their answers', () => {
    const plan = planOf(
      [taskIn('gate', { title: 'Review', gate: { kind: 'verdict', rounds: 3 }, round: 2, verdict: 'approve', status: 'done' })],
      {
        decisions: [decisionOf('q', { answer: { choice: 'approve', at: 1 } }), decisionOf('w', { answer: { choice: 'withdrawn', at: 1 } })],
        proposals: [
          {
            id: toId('proposal', 'p'),
            by: { kind: 'agent', agentId: toId('agent', 'one') },
            reason: 'There is a second parser',
            changes: [],
            at: 1,
            settled: { accepted: false, reason: 'Out of scope', by: { kind: 'person' }, at: 2 },
          },
        ],
      },
    );
    const events = [spawned('one'), ...works('one'), ...changes('one', 'b.ts'), spawned('two'), ...works('two'), ...changes('two', 'b.ts')];
    const found = result(withPlan(events, plan));
    assert.deepEqual(found.filesChanged, [{ path: 'b.ts', by: ['one', 'two'] }]);
    assert.deepEqual(found.verdicts, [
      { gate: 'Review', round: 1, verdict: 'changes' },
      { gate: 'Review', round: 2, verdict: 'approve' },
    ]);
    assert.deepEqual(found.decisions, [{ question: 'Start 12 agents?', answer: 'Start 12 agents', text: undefined }]);
    assert.deepEqual(found.proposals, [{ by: 'one', reason: 'There is a second parser', accepted: false, answer: 'Out of scope' }]);
  });
});

describe('the metrics of a run', () => {
  // Seconds: lead 1-13, one 5-9, two 9-13; each works two seconds.
  const events = [
    spawned('lead', 'lead'),
    ...works('lead'),
    spawned('one', 'a', 'lead'),
    ...works('one'),
    done('one'),
    spawned('two', 'b', 'lead'),
    ...works('two'),
    done('two'),
    done('lead'),
  ];
  const at = (second: number) => foldStart + second * 1000;
  const lead = toId('agent', 'lead');
  const plan = planOf([
    taskIn('lead', { status: 'done', history: [attemptOf('lead', { startedAt: at(1), endedAt: at(15) })] }),
    taskIn('a', { owner: lead, status: 'done', history: [attemptOf('one', { startedAt: at(5), endedAt: at(9) })] }),
    taskIn('b', {
      owner: lead,
      status: 'failed',
      dependencies: [toId('task', 'a')],
      history: [attemptOf('x', { startedAt: at(9), endedAt: at(10) }), attemptOf('two', { startedAt: at(10), endedAt: at(14) })],
    }),
  ]);

  it('count tokens, cost, time, success and repeats', () => {
    const state = withPlan(events, plan);
    const found = state.runs[run];
    assert.ok(found);
    const metrics = metricsOf(state, found, at(99));
    assert.equal(metrics.wallMs, 15_000);
    assert.equal(metrics.serialMs, 3000);
    assert.equal(metrics.cost.toFixed(2), '0.03');
    assert.equal(metrics.usage.cacheRead, 3 * 380);
    assert.equal(metrics.successRate, 2 / 3);
    assert.equal(metrics.retries, 1);
    assert.equal(metrics.rounds, 0);
    assert.equal(Math.round(metrics.timeUse.reduce((sum, { share }) => sum + share, 0) * 1e6), 1e6);
  });
});

describe('the critical path of a run', () => {
  const at = (second: number) => foldStart + second * 1000;
  const agentEvents = (label: string, taskId: string, parent?: string): readonly FleetEvent[] => [
    spawned(label, taskId, parent),
    ...works(label),
  ];

  it('goes back from the last end through what each task waited for', () => {
    const plan = planOf([
      taskIn('quick', { status: 'done', history: [attemptOf('q', { startedAt: at(1), endedAt: at(3) })] }),
      taskIn('slow', { status: 'done', history: [attemptOf('s', { startedAt: at(1), endedAt: at(8) })] }),
      taskIn('build', {
        status: 'done',
        dependencies: [toId('task', 'quick'), toId('task', 'slow')],
        history: [attemptOf('b', { startedAt: at(8), endedAt: at(12) })],
      }),
    ]);
    const state = withPlan([...agentEvents('q', 'quick'), ...agentEvents('s', 'slow'), ...agentEvents('b', 'build')], plan);
    assert.deepEqual(
      criticalSteps(state, run, at(12)).map(({ label, from, to }) => [label, (from - foldStart) / 1000, (to - foldStart) / 1000]),
      [
        ['s', 1, 8],
        ['b', 8, 12],
      ],
    );
  });

  it('goes through the agents that a lead waited for', () => {
    // The lead spawns at second 4, waits from 5 on, and goes on at 13.
    const lead = toId('agent', 'lead');
    const events: readonly FleetEvent[] = [
      ...agentEvents('lead', 'lead'),
      { type: 'toolStarted', agentId: lead, callId: toId('call', 'lead'), title: 'Wait', waitsFor: 'children' },
      ...agentEvents('one', 'a', 'lead'),
      done('one'),
      { type: 'toolEnded', agentId: lead, callId: toId('call', 'lead'), status: 'ok', output: { text: '' }, effects: [] },
      done('lead'),
    ];
    const state = withPlan(events, planOf([]));
    const steps = criticalSteps(state, run, at(99));
    assert.deepEqual(
      steps.map(({ label }) => label),
      ['lead', 'one', 'lead'],
    );
    for (const [index, step] of steps.entries()) {
      assert.ok(step.to > step.from);
      assert.ok(index === 0 || steps[index - 1]?.to === step.from);
    }
  });
});

describe('the text of a result', () => {
  it('reads as a document, with nothing of a model alive in it', () => {
    const report: Partial<Report> = {
      summary: 'Two bugs.\n\n- [click](command:flotilla.killAll)\n- <img src=x>',
      findings: [{ text: 'Look at https://evil.example now', path: 'src/a.ts', line: 3, severity: 'high' }],
      recommendations: [{ text: 'Fix it', priority: 'high' }],
      openQuestions: ['Why?'],
    };
    const state = withPlan(
      [spawned('scout', 'a'), ...works('scout'), done('scout', report)],
      planOf([
        taskIn('a', { status: 'done', history: [attemptOf('scout')] }),
        taskIn('b', { title: 'Build', status: 'failed', reason: 'It broke' }),
      ]),
    );
    const found = state.runs[run];
    assert.ok(found);
    const text = resultText(result(state), metricsOf(state, found, state.at), { visible: (value) => value });
    assert.match(text, /^# Tidy up\n\n\*\*/);
    assert.ok(text.includes('## Summary\n\nTwo bugs.\n\n- `[click](command:flotilla.killAll)`\n'), text);
    assert.ok(text.includes('- **high** `src/a.ts:3` Look at `https://evil.example` now (scout)'), text);
    assert.ok(text.includes('- **Build** failed: It broke.'), text);
    assert.ok(!/<(?:a|img)\b/.test(marked.parse(text, { async: false })), text);
    assert.match(text, /## In numbers\n\n- Time: /);
  });

  it('tells what the person decided in sentences, and no number that says nothing', () => {
    const decision = decisionOf('d', {
      ask: { kind: 'decision', title: 'Approve the plan', detail: '', options: [{ choice: 'changes', label: 'Ask for changes' }] },
      answer: { choice: 'changes', text: 'Smaller steps', at: 0 },
    });
    const state = withPlan([spawned('scout', 'a'), ...works('scout'), done('scout')], planOf([taskIn('a')], { decisions: [decision] }));
    const found = state.runs[run];
    assert.ok(found);
    const metrics = { ...metricsOf(state, found, state.at), retries: 0, rounds: 1, speedUp: 0.2 };
    const text = resultText(result(state), metrics, { visible: (value) => value });
    assert.ok(text.includes('- Approve the plan. You chose “Ask for changes” and wrote: Smaller steps\n'), text);
    assert.ok(text.includes('- Repeated: 1 further round of review\n'), text);
    assert.doesNotMatch(text, /speed-up/);
  });
});
