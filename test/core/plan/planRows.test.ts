import * as assert from 'node:assert/strict';
import { toId } from '../../../src/core/ids.ts';
import { badgeOf, decisionText, openDecisions, openRequests, requestOf } from '../../../src/core/openRequests.ts';
import { decisionRow, runRow, taskFacts, taskRow } from '../../../src/core/plan/planRows.ts';
import { emptyFleet, type FleetState, type Plan, type Run } from '../../../src/core/state.ts';
import { attemptOf, decisionOf, planOf, taskIn } from '../../support/plans.ts';

const runId = toId('run', 'run');
const run: Run = { id: runId, label: 'Tidy', task: 'Tidy up', startedAt: 0, by: { kind: 'person' } };
const withPlan = (plan: Plan): FleetState => ({ ...emptyFleet, runs: { [runId]: run }, plans: { [runId]: plan } });
const text = (plan: Plan, id: string) => {
  const task = plan.tasks.find((one) => one.id === id);
  assert.ok(task);
  return taskRow(plan, task).description;
};

describe('the row of a task', () => {
  it('says what it waits for, and the rest only when it waits for nothing', () => {
    const plan = planOf([
      taskIn('scout', { status: 'running', history: [attemptOf('a')] }),
      taskIn('planner', { priority: 'high' }),
      taskIn('api', { dependencies: [toId('task', 'scout'), toId('task', 'planner')], needs: ['api.md'] }),
    ]);
    assert.equal(text(plan, 'api'), 'waits for scout, planner, artefact api.md · general');
    assert.equal(text(plan, 'planner'), 'ready, waits for a slot · high priority · general');
  });

  it('says why a ready task does not start', () => {
    assert.match(text(planOf([taskIn('a')], { held: 'paused' }), 'a'), /^ready, the run is paused/);
    assert.match(text(planOf([taskIn('a')], { decisions: [decisionOf('q')] }), 'a'), /^ready, waits for your approval/);
  });

  it('says what became of a task, with the reason', () => {
    const plan = planOf([
      taskIn('a', { status: 'skipped', reason: '"scout" did not succeed' }),
      taskIn('b', { status: 'cancelled' }),
      taskIn('c', { status: 'done', verdict: 'approve', agentType: 'person' }),
      taskIn('d', { status: 'running', agentType: 'person' }),
    ]);
    assert.equal(text(plan, 'a'), 'skipped: "scout" did not succeed · general');
    assert.equal(text(plan, 'b'), 'cancelled · general');
    assert.equal(text(plan, 'c'), 'approved');
    assert.equal(text(plan, 'd'), 'waits for you');
    assert.deepEqual(
      plan.tasks.map((task) => taskRow(plan, task).context),
      ['task settled skipped', 'task settled cancelled', 'task settled done', 'task open running'],
    );
  });

  it('has its brief in the hover', () => {
    const task = taskIn('a', { brief: { objective: 'Look', scope: { paths: ['src'] }, constraints: { doneCriteria: ['seen', 'told'] } } });
    assert.deepEqual(taskFacts(planOf([task]), task), [
      { name: 'Task', value: 'Look' },
      { name: 'Type', value: 'general' },
      { name: 'Paths', value: 'src' },
      { name: 'Done when', value: 'seen; told' },
    ]);
  });
});

describe('the row of a run', () => {
  it('counts tasks that are done, cancelled ones left out', () => {
    const plan = planOf([
      taskIn('a', { status: 'done', history: [attemptOf('x')] }),
      taskIn('b'),
      taskIn('c'),
      taskIn('d', { status: 'cancelled' }),
    ]);
    assert.equal(runRow(run, 'running', [], 'Practice', plan).description, '1 of 3 tasks done · 0 at work · Practice');
    assert.equal(runRow(run, 'partial', [], undefined, plan).description, 'partial · 1 of 3 tasks done');
    assert.equal(runRow(run, 'partial', [], undefined, plan).context, 'run ended partial planned');
    assert.equal(runRow(run, 'paused', [], undefined, plan).context, 'run live paused planned');
  });
});

describe('open decisions', () => {
  const open = decisionOf('open', { at: 5 });
  const state = withPlan(planOf([], { decisions: [decisionOf('answered', { answer: { choice: 'approve', at: 1 } }), open] }));

  it('are those without an answer, of runs that are there', () => {
    assert.deepEqual(openDecisions(state), [open]);
    assert.deepEqual(openDecisions({ ...state, runs: {} }), []);
    assert.equal(requestOf(state, toId('ask', 'answered')), undefined);
    assert.equal(requestOf(state, open.askId)?.kind, 'decision');
  });

  it('stand beside what agents ask, oldest first, and count in the badge', () => {
    const ask = {
      askId: toId('ask', 'q'),
      agentId: toId('agent', 'a'),
      callId: toId('call', 'c'),
      ask: { kind: 'question' as const, title: 'Why?', options: [] },
      at: 3,
    };
    const both = { ...state, asks: { [ask.askId]: ask } };
    assert.deepEqual(
      openRequests(both).map(({ askId }) => askId),
      ['q', 'open'],
    );
    assert.deepEqual(badgeOf(both), { value: 2, tooltip: '2 requests need you' });
    assert.deepEqual(badgeOf(state), { value: 1, tooltip: '1 request needs you' });
    assert.equal(badgeOf(emptyFleet), undefined);
  });

  it('have a row with the run and how long they wait, and a text with every choice', () => {
    const row = decisionRow(open, run, 61_005);
    assert.equal(row.label, 'Start 12 agents?');
    assert.equal(row.description, 'Tidy · your decision · 1 min');
    assert.equal(row.context, 'ask decision fanOut');
    assert.match(
      decisionText(open),
      /\n\nExpected in all: about 1M tokens\.\n\nYou can choose:\n- Start 12 agents: about 1M tokens\n- Do not start them\n$/,
    );
  });

  it('are read in lines that fit, every word of them', () => {
    const long = `- ${'word '.repeat(60)}end`;
    const whole = decisionText({ ...open, ask: { ...open.ask, detail: `${long}\n    code` } });
    assert.ok(
      whole.split('\n').every((one) => one.length <= 110),
      whole,
    );
    assert.equal(whole.split('word').length, 61);
    assert.match(whole, /\n- word.*\n {2}word.* end\n {4}code\n\nYou can choose/s);
  });
});
