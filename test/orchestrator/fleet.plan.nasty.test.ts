import assert from 'node:assert/strict';
import type { PlanChange } from '../../src/core/events.ts';
import { toId } from '../../src/core/ids.ts';
import { Gate } from '../support/gate.ts';
import {
  answer,
  onlyRun,
  openDecisions,
  planFleet,
  runWord,
  shortTask,
  type ShortTask,
  standing,
  taskNamed,
  told,
} from '../support/planRun.ts';
import { call, fail, report, say } from '../support/scriptedModel.ts';
import { TestFleet } from '../support/testFleet.ts';
import { gatedTool, testTool } from '../support/testTools.ts';

const task = (id: string) => toId('task', id);
const build = { id: 'build' };
const review = (rounds: number): ShortTask => ({
  id: 'review',
  after: ['build'],
  gate: { kind: 'verdict', backTo: task('build'), rounds },
});
const ship = { id: 'ship', after: ['review'] };
const changes = report('not yet', { verdict: 'changes', findings: [{ text: 'the door is missing' }] });
const approve = report('good', { verdict: 'approve' });
const personGate: ShortTask = { id: 'approve', after: ['plan'], agentType: 'person', gate: { kind: 'person', backTo: task('plan') } };

describe('a review loop that is disturbed', () => {
  it('has a killed round done again with what that round was for', async () => {
    const test = planFleet(
      [build, review(3), ship],
      {
        build: [report('built once'), call('work')],
        'build-2': [report('built twice')],
        review: [changes, approve],
        ship: [report('shipped')],
      },
      { tools: [gatedTool('work', new Gate())] },
    );
    test.start();
    await test.until(() => test.phase('build') === 'runningTools');
    test.do({ type: 'killAgent', agentId: test.agent('build').id });
    await test.until(() => standing(test) === 'build failed, review skipped, ship skipped');
    const { run } = onlyRun(test);
    test.do({ type: 'retryRun', runId: run.id });
    const again = test.refusal({ type: 'retryRun', runId: run.id });
    assert.match(again.message, /No task of this run has failed/);
    await test.until(() => standing(test) === 'build done, review done, ship done');
    assert.match(told(test, 'build-2'), /Round 2 of 3.*the door is missing/);
    assert.deepEqual(test.errors, []);
  });

  it('asks nothing any more about a review that was cancelled, deleted or taken up again', async () => {
    const open = async (more: readonly ShortTask[] = []) => {
      const test = planFleet([build, review(1), ...more], { build: [report('1')], review: [changes, approve], ship: [report('shipped')] });
      test.start();
      await test.until(() => openDecisions(test).length === 1);
      return test;
    };
    const cancelled = await open([ship]);
    cancelled.do({ type: 'changePlan', runId: onlyRun(cancelled).run.id, changes: [{ kind: 'cancel', taskId: task('review') }] });
    await cancelled.until(() => standing(cancelled) === 'build done, review cancelled, ship done');
    assert.deepEqual(openDecisions(cancelled), []);

    const asked = await open();
    const agentId = asked.agent('review').id;
    assert.match(asked.refusal({ type: 'deleteAgent', agentId }).message, /"review" is still to come/);
    asked.do({ type: 'deleteEnded' });
    assert.ok(asked.state.agents[agentId] !== undefined, 'what the person is to judge stays');

    asked.do({ type: 'followUpAgent', agentId, task: 'Look once more.' });
    assert.deepEqual(openDecisions(asked), []);
    await asked.until(() => standing(asked) === 'build done, review done');
    assert.equal(runWord(asked), 'done');
  });

  it('is not begun again by an answer that takes the approval not back', async () => {
    const test = planFleet([build, review(3), ship], {
      build: [report('1'), report('2')],
      review: [approve, say('I looked at everything.'), changes, approve],
      ship: [report('shipped')],
    });
    test.start();
    await test.until(() => standing(test) === 'build done, review done, ship done');
    const agentId = test.agent('review').id;
    test.do({ type: 'followUpAgent', agentId, task: 'What did you look at?' });
    await test.until(() => standing(test) === 'build done, review done, ship done');
    assert.equal(taskNamed(test, 'review').round, 1);
    test.do({ type: 'followUpAgent', agentId, task: 'Look at the door.' });
    await test.until(() => taskNamed(test, 'review').round === 2 && standing(test) === 'build done, review done, ship done');
    assert.match(told(test, 'build', 1), /the door is missing/);
  });

  it('does not have two agents at one task when a follow-up has its agent at work already', async () => {
    const gate = new Gate();
    const reviewing = new Gate();
    const test = planFleet(
      [build, review(3)],
      { build: [report('1'), call('work'), report('followed up'), report('2')], review: [call('look'), changes, approve] },
      { tools: [gatedTool('work', gate), gatedTool('look', reviewing)] },
    );
    test.start();
    await reviewing.reached;
    test.do({ type: 'followUpAgent', agentId: test.agent('build').id, task: 'One more thing.' });
    await gate.reached;
    reviewing.open();
    await test.until(() => test.phase('review') === 'done');
    assert.equal(standing(test), 'build waiting, review waiting');
    gate.open();
    await test.until(() => standing(test) === 'build done, review done');
    assert.equal(Object.keys(test.state.agents).length, 2);
    assert.match(told(test, 'build', 3), /the door is missing/);
  });
});

describe('a question to the person', () => {
  it('of a gate that was cancelled is withdrawn, and what waited for it starts', async () => {
    const test = planFleet([{ id: 'plan' }, personGate, { id: 'go', after: ['approve'] }], { plan: [report('p')], go: [report('gone')] });
    test.start();
    await test.until(() => openDecisions(test).length === 1);
    const [decision] = openDecisions(test);
    test.do({ type: 'changePlan', runId: onlyRun(test).run.id, changes: [{ kind: 'cancel', taskId: task('approve') }] });
    await test.until(() => standing(test) === 'plan done, approve cancelled, go done');
    assert.match(
      test.refusal({ type: 'decide', askId: decision?.askId ?? toId('ask', 'none'), choice: 'approve' }).message,
      /decided already/,
    );
  });

  it('outlives a reload, and its answer lets the run go on', async () => {
    const tasks = [{ id: 'plan' }, personGate, { id: 'go', after: ['approve'] }];
    const first = planFleet(tasks, { plan: [report('p')] });
    first.start();
    await first.until(() => openDecisions(first).length === 1);
    const second = planFleet(tasks, { go: [report('gone')] }, { entries: first.journal.entries, blobs: first.blobs });
    assert.equal(runWord(second), 'interrupted');
    assert.equal(openDecisions(second).length, 1);
    answer(second, 'approve');
    await second.until(() => standing(second) === 'plan done, approve done, go done');
  });

  it('can be answered while the run is paused, and the run stays paused', async () => {
    const test = planFleet([{ id: 'plan' }, personGate, { id: 'go', after: ['approve'] }], { plan: [report('p')], go: [report('gone')] });
    test.start();
    await test.until(() => openDecisions(test).length === 1);
    const { runId } = onlyRun(test).plan;
    test.do({ type: 'pauseRun', runId });
    answer(test, 'approve');
    assert.equal(standing(test), 'plan done, approve done, go waiting');
    assert.equal(runWord(test), 'paused');
    test.do({ type: 'resumeRun', runId });
    await test.until(() => standing(test) === 'plan done, approve done, go done');
  });

  it('about the budget does not let an agent on that was paused meanwhile', async () => {
    const test = planFleet([{ id: 'a' }], { a: [call('wait_for_agents'), report('a')] });
    test.do({ type: 'startRun', task: 'x', budget: { tokens: 20 } });
    await test.until(() => openDecisions(test).length === 1);
    const { runId } = onlyRun(test).plan;
    test.do({ type: 'pauseRun', runId });
    for (let raised = 0; openDecisions(test).length > 0 && raised < 20; raised++) {
      answer(test, 'raise');
      await test.clock.advance(1);
    }
    await test.until(() => test.phase('a') === 'paused');
    assert.equal(test.model.requests.length, 1);
  });
});

describe('a run that is killed', () => {
  it('asks nothing again, and starts no further attempt', async () => {
    const asking = planFleet([build, review(1)], { build: [report('1')], review: [changes] });
    asking.start();
    await asking.until(() => openDecisions(asking).length === 1);
    asking.do({ type: 'killRun', runId: onlyRun(asking).run.id });
    assert.equal(standing(asking), 'build done, review skipped');
    assert.equal(runWord(asking), 'partial');
    assert.deepEqual(openDecisions(asking), []);

    const gate = new Gate();
    const between = planFleet(
      [{ id: 'a', attempts: 3 }],
      { a: [call('work'), fail('refused', 'never')], other: [call('more')], 'a-2': [report('never')] },
      { tools: [gatedTool('work', gate), gatedTool('more', new Gate())], settings: { maxConcurrentAgents: 1 } },
    );
    between.start();
    await gate.reached;
    between.do({ type: 'spawnAgent', spawn: { label: 'other', brief: { objective: 'takes the slot' } } });
    gate.open();
    await between.until(() => between.phase('a') === 'failed' && between.phase('other') === 'runningTools');
    assert.equal(standing(between), 'a running, other running');
    between.do({ type: 'killAll' });
    await between.ended();
    assert.equal(standing(between), 'a skipped, other failed');
    assert.equal(runWord(between), 'killed');
    assert.equal(Object.keys(between.state.agents).length, 2);
  });

  it('can be one that a reload interrupted', async () => {
    const tasks = [{ id: 'a' }, { id: 'b', after: ['a'] }];
    const first = planFleet(tasks, { a: [call('work')] }, { tools: [gatedTool('work', new Gate())] });
    first.start();
    await first.until(() => first.phase('a') === 'runningTools');
    const second = planFleet(tasks, {}, { entries: first.journal.entries, blobs: first.blobs });
    second.do({ type: 'killRun', runId: onlyRun(second).run.id });
    assert.equal(standing(second), 'a skipped, b skipped');
    assert.equal(runWord(second), 'killed');
  });

  it('can be taken up again with all that was ended', async () => {
    const test = planFleet(
      [{ id: 'a' }, { id: 'b', after: ['a'] }, { id: 'c' }],
      { a: [call('work')], 'a-2': [report('a')], b: [report('b')], c: [report('c')] },
      { tools: [gatedTool('work', new Gate())], settings: { maxConcurrentAgents: 1 } },
    );
    test.start();
    await test.until(() => test.phase('a') === 'runningTools');
    const { runId } = onlyRun(test).plan;
    test.do({ type: 'killRun', runId });
    await test.until(() => standing(test) === 'a failed, b skipped, c skipped');
    assert.equal(runWord(test), 'killed');
    test.do({ type: 'retryRun', runId });
    await test.until(() => standing(test) === 'a done, b done, c done');
    assert.equal(runWord(test), 'done');
  });

  it('takes back the question about its size', async () => {
    const tasks = [{ id: 'first' }, ...['a', 'b', 'c'].map((id) => ({ id, after: ['first'] }))];
    const test = planFleet(tasks, { '*': () => report('done') }, { settings: { fanOut: 2 } });
    test.start();
    await test.until(() => openDecisions(test).length === 1 && taskNamed(test, 'first').status === 'done');
    test.do({ type: 'killAll' });
    assert.deepEqual(openDecisions(test), []);
    assert.equal(standing(test), 'first done, a skipped, b skipped, c skipped');
    assert.equal(runWord(test), 'partial', 'not all that was wanted is done');
  });
});

describe('a lead whose tasks others end', () => {
  const workers = { lead: [call('spawn_agent', { label: 'one' }), call('wait_for_agents'), report('lead is done')] };

  it('is told that they were cancelled, so that it does not wait for their reports', async () => {
    const test = new TestFleet({ ...workers, one: [call('work')] }, { tools: [gatedTool('work', new Gate())] });
    test.start();
    await test.until(() => test.waitsFor('lead') === 'children' && test.phase('one') === 'runningTools');
    test.do({ type: 'changePlan', runId: onlyRun(test).run.id, changes: [{ kind: 'cancel', taskId: task('one') }], reason: 'not needed' });
    await test.until(() => standing(test) === 'lead done, one cancelled');
    assert.match(told(test, 'lead', 2), /Task one \(\\"one\\"\) was cancelled: not needed/);
    assert.equal(told(test, 'lead', 2).split('was cancelled').length, 2);
    assert.equal(runWord(test), 'done');
  });

  it('is told when the person declines to start them', async () => {
    const test = new TestFleet(workers, { settings: { fanOut: 0 } });
    test.start();
    await test.until(() => openDecisions(test).length === 1 && test.waitsFor('lead') === 'children');
    answer(test, 'decline');
    await test.until(() => standing(test) === 'lead done, one cancelled');
    assert.match(told(test, 'lead', 2), /The person declined/);
  });

  it('and has ended does not get them done again', async () => {
    const test = new TestFleet({
      lead: [call('spawn_agent', { label: 'one' }), call('wait_for_agents'), report('done without it')],
      one: [fail('auth', 'never')],
    });
    test.start();
    await test.until(() => standing(test) === 'lead done, one failed');
    assert.match(test.refusal({ type: 'retryRun', runId: onlyRun(test).run.id }).message, /has ended and cannot take its result/);
    assert.equal(standing(test), 'lead done, one failed');
  });
});

describe('an agent that plans', () => {
  /** A planner that makes these changes once, and what it was told of them. */
  async function planning(...all: readonly PlanChange[]) {
    const answers: string[] = [];
    const change = testTool('change', (_, { coordination }) => {
      const result = coordination.changePlan(all, 'because');
      answers.push(result.ok ? 'accepted' : result.rejection.message);
      return { text: 'tried', isError: false };
    });
    const test = planFleet(
      [
        { id: 'plan' },
        personGate,
        { id: 'go', after: ['approve'] },
        { id: 'sum', after: ['approve'], collects: task('plan'), partial: true },
      ],
      { plan: [call('change'), report('planned')], '*': () => report('done') },
      { tools: [change] },
    );
    test.start();
    await test.until(() => openDecisions(test).length === 1);
    return { test, answer: answers[0] ?? '' };
  }

  it('cannot take the person out of the plan, by whatever way', async () => {
    const spec = (one: ShortTask) => shortTask(one);
    const ways: readonly (readonly PlanChange[])[] = [
      [{ kind: 'cancel', taskId: task('approve') }],
      [{ kind: 'edit', task: spec({ ...personGate, title: 'nothing of importance' }) }],
      [{ kind: 'edit', task: spec({ id: 'go' }) }],
      [{ kind: 'add', task: spec({ id: 'more' }) }],
      [{ kind: 'add', task: spec({ id: 'more', after: ['plan'] }) }],
    ];
    for (const way of ways) {
      const { test, answer: told } = await planning(...way);
      assert.match(told, /is for the person|without the person's approval/);
      assert.equal(standing(test), 'plan done, approve waiting, go waiting, sum waiting');
    }
  });

  it('can add what waits for the person, and who collects it waits for it too', async () => {
    const { test, answer: told } = await planning(
      { kind: 'add', task: shortTask({ id: 'more', after: ['approve'] }) },
      {
        kind: 'edit',
        task: shortTask({ id: 'sum', after: ['approve'], collects: task('plan'), partial: true, brief: { objective: 'sum up all' } }),
      },
    );
    assert.equal(told, 'accepted');
    assert.deepEqual(taskNamed(test, 'sum').dependencies, ['approve', 'more']);
    assert.equal(taskNamed(test, 'sum').brief.objective, 'sum up all');
    answer(test, 'approve');
    await test.until(() => standing(test) === 'plan done, approve done, go done, sum done, more done');
  });

  it('and fails leaves nothing of its plan to be done', async () => {
    const add = testTool('change', (_, { coordination }) => {
      coordination.changePlan([{ kind: 'add', task: shortTask({ id: 'more', after: ['approve'] }) }], 'because');
      return { text: 'tried', isError: false };
    });
    const test = planFleet(
      [{ id: 'plan' }, personGate, { id: 'sum', after: ['approve'], collects: task('plan'), partial: true }],
      { plan: [call('change'), fail('auth', 'never')] },
      { tools: [add] },
    );
    test.start();
    await test.until(() => standing(test) === 'plan failed, approve skipped, sum skipped, more skipped');
    assert.equal(runWord(test), 'failed');
  });
});

describe('a plan in the person’s hands', () => {
  it('skips a template whose source was cancelled', async () => {
    const test = planFleet(
      [{ id: 'first' }, { id: 'find', after: ['first'] }, { id: 'change', forEach: task('find') }, { id: 'check', after: ['change'] }],
      { first: [call('work'), report('1')] },
      { tools: [gatedTool('work', new Gate())] },
    );
    test.start();
    await test.until(() => test.phase('first') === 'runningTools');
    test.do({ type: 'changePlan', runId: onlyRun(test).run.id, changes: [{ kind: 'cancel', taskId: task('find') }] });
    assert.equal(standing(test), 'first running, find cancelled, change skipped, check skipped');
  });

  it('can be changed while it is paused, and starts what was added when it goes on', async () => {
    const test = planFleet(
      [{ id: 'a' }, { id: 'b', after: ['a'] }],
      { '*': () => report('done') },
      { settings: { maxConcurrentAgents: 1 } },
    );
    test.start();
    const { runId } = onlyRun(test).plan;
    test.do({ type: 'pauseRun', runId });
    test.do({
      type: 'changePlan',
      runId,
      changes: [
        { kind: 'add', task: shortTask({ id: 'c', after: ['a'] }) },
        { kind: 'cancel', taskId: task('b') },
      ],
    });
    await test.until(() => test.phase('a') === 'paused');
    assert.equal(standing(test), 'a running, b cancelled, c waiting');
    test.do({ type: 'resumeRun', runId });
    await test.until(() => standing(test) === 'a done, b cancelled, c done');
  });

  it('is not gone with its last agent while something is still to come', async () => {
    const gate = new Gate();
    const test = planFleet(
      [{ id: 'a' }, { id: 'b' }],
      { a: [call('work'), report('a')], b: [report('b')] },
      { tools: [gatedTool('work', gate)], settings: { maxConcurrentAgents: 1 } },
    );
    test.start();
    await gate.reached;
    const { runId } = onlyRun(test).plan;
    test.do({ type: 'pauseRun', runId });
    gate.open();
    await test.until(() => test.phase('a') === 'paused');
    test.do({ type: 'resumeAgent', agentId: test.agent('a').id });
    await test.until(() => test.phase('a') === 'done');
    assert.equal(standing(test), 'a done, b waiting');
    test.do({ type: 'deleteEnded' });
    assert.match(test.refusal({ type: 'deleteAgent', agentId: test.agent('a').id }).message, /"b" is still to come/);
    test.do({ type: 'resumeRun', runId });
    await test.until(() => standing(test) === 'a done, b done');
  });

  it('has what was said to an agent before its first request read with that request', async () => {
    const gate = new Gate();
    const test = planFleet(
      [{ id: 'a' }, { id: 'b' }],
      { a: [call('work'), report('a')], b: [report('b')] },
      { tools: [gatedTool('work', gate)], settings: { maxConcurrentAgents: 1 } },
    );
    test.start();
    await gate.reached;
    const agentId = test.do({ type: 'spawnAgent', runId: onlyRun(test).run.id, spawn: { label: 'b', brief: { objective: 'more' } } });
    test.do({ type: 'sendMessage', agentId, kind: 'steer', text: 'mind the gap' });
    gate.open();
    await test.ended();
    assert.match(told(test, 'b'), /mind the gap/);
  });

  it('lets no two agents do one task because an earlier one gets a follow-up', async () => {
    const test = planFleet(
      [{ id: 'a', attempts: 2 }],
      { a: [fail('refused', 'never')], 'a-2': [call('work')] },
      { tools: [gatedTool('work', new Gate())] },
    );
    test.start();
    await test.until(() => test.phase('a-2') === 'runningTools');
    const agentId = test.agent('a').id;
    assert.match(test.refusal({ type: 'followUpAgent', agentId, task: 'go on' }).message, /a-2 is at work on the task of a/);
    assert.match(test.refusal({ type: 'retryAgent', agentId }).message, /a-2 is at work/);
  });
});
