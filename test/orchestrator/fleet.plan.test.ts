import assert from 'node:assert/strict';
import { toId } from '../../src/core/ids.ts';
import { runPhase } from '../../src/core/selectors.ts';
import type { Decision, FleetState, Plan, Run } from '../../src/core/state.ts';
import { Gate } from '../support/gate.ts';
import { planFleet, shortTask, standing, taskNamed } from '../support/planRun.ts';
import { call, fail, report } from '../support/scriptedModel.ts';
import type { TestFleet } from '../support/testFleet.ts';
import { gatedTool } from '../support/testTools.ts';

function onlyRun(state: FleetState): { readonly run: Run; readonly plan: Plan } {
  const [run] = Object.values<Run>(state.runs);
  const plan = run === undefined ? undefined : state.plans[run.id];
  assert.ok(run !== undefined && plan !== undefined);
  return { run, plan };
}

function phase(test: TestFleet): string {
  return runPhase(test.state, onlyRun(test.state).run);
}

function openDecisions(test: TestFleet): readonly Decision[] {
  return onlyRun(test.state).plan.decisions.filter((decision) => decision.answer === undefined);
}

function answer(test: TestFleet, choice: string, text?: string): void {
  const [decision] = openDecisions(test);
  assert.ok(decision !== undefined, 'nothing is asked');
  test.do({ type: 'decide', askId: decision.askId, choice, text });
}

/** What the agent of a label was told at first. */
function opening(test: TestFleet, label: string, request = 0): string {
  const seen = test.model.requests.filter((one) => one.label === label)[request];
  return JSON.stringify(seen?.request.messages);
}

describe('a plan', () => {
  it('starts a task when those before it are done, and gives it their reports and no others', async () => {
    const test = planFleet([{ id: 'a' }, { id: 'b' }, { id: 'c', after: ['a'] }], {
      a: [report('found in a')],
      b: [report('found in b')],
      c: [report('c is done')],
    });
    test.start();
    await test.ended();
    assert.match(opening(test, 'c'), /Report of a: found in a/);
    assert.doesNotMatch(opening(test, 'c'), /found in b/);
    assert.equal(standing(test), 'a done, b done, c done');
    assert.equal(phase(test), 'done');
    assert.deepEqual(test.errors, []);
  });

  it('skips what depends on a failure and goes on with the rest', async () => {
    const test = planFleet(
      [
        { id: 'a' },
        { id: 'b' },
        { id: 'after', after: ['a'] },
        { id: 'last', after: ['after'] },
        { id: 'mixed', after: ['a', 'b'], partial: true },
      ],
      {
        a: [fail('badRequest', 'never')],
        b: [report('b is done')],
        mixed: [report('what there is')],
      },
    );
    test.start();
    await test.ended();
    assert.equal(standing(test), 'a failed, b done, after skipped, last skipped, mixed done');
    assert.match(taskNamed(test, 'after').reason ?? '', /"a" did not succeed/);
    assert.equal(phase(test), 'partial');
  });

  it('tries again with a fresh agent that is told of the failure, then in another way, then gives up', async () => {
    const test = planFleet([{ id: 'a', attempts: 2, fallback: { model: 'other' } }], {
      a: [fail('refused', 'never', { message: 'no luck' })],
      'a-2': [fail('refused', 'never', { message: 'no luck again' })],
      'a-3': [report('done at last')],
    });
    test.start();
    await test.ended();
    assert.equal(standing(test), 'a done');
    assert.deepEqual(
      taskNamed(test, 'a').history.map((attempt) => attempt.outcome),
      ['failed', 'failed', 'done'],
    );
    assert.match(opening(test, 'a-2'), /Earlier attempt: no luck/);
    assert.equal(test.agent('a-2').requestedModel, 'model');
    assert.equal(test.agent('a-3').requestedModel, 'other');
    assert.equal(phase(test), 'done');
  });

  it('does not try again what a person must put right first', async () => {
    const test = planFleet([{ id: 'a', attempts: 3 }], { a: [fail('auth', 'never')] });
    test.start();
    await test.ended();
    assert.equal(taskNamed(test, 'a').history.length, 1);
    assert.equal(phase(test), 'failed');
  });

  it('has what failed done again on demand, with what was skipped because of it', async () => {
    const test = planFleet([{ id: 'a' }, { id: 'b', after: ['a'] }], {
      a: [fail('auth', 'never')],
      'a-2': [report('a is done')],
      b: [report('b is done')],
    });
    test.start();
    await test.ended();
    assert.equal(standing(test), 'a failed, b skipped');
    test.do({ type: 'retryRun', runId: onlyRun(test.state).run.id });
    await test.until(() => standing(test) === 'a done, b done');
    assert.equal(phase(test), 'done');
  });

  it('sends work back with the findings until the review approves, every agent with what it knows', async () => {
    const test = planFleet(
      [
        { id: 'plan' },
        { id: 'build', after: ['plan'] },
        { id: 'review', after: ['build'], gate: { kind: 'verdict', backTo: toId('task', 'build'), rounds: 3 } },
        { id: 'ship', after: ['review'] },
      ],
      {
        plan: [report('the plan')],
        build: [report('built once'), report('built twice')],
        review: [
          report('not yet', { verdict: 'changes', findings: [{ text: 'the door is missing' }] }),
          report('good now', { verdict: 'approve' }),
        ],
        ship: [report('shipped')],
      },
    );
    test.start();
    await test.ended();
    assert.equal(standing(test), 'plan done, build done, review done, ship done');
    assert.deepEqual([taskNamed(test, 'plan').round, taskNamed(test, 'build').round, taskNamed(test, 'review').round], [1, 2, 2]);
    assert.match(opening(test, 'build', 1), /Round 2 of 3.*the door is missing/);
    assert.match(opening(test, 'review', 1), /built twice/);
    assert.equal(Object.keys(test.state.agents).length, 4, 'the same agents went on');
    assert.deepEqual(test.model.violations, []);
  });

  it('asks the person after the last round, and does what the person says', async () => {
    const rejecting = () => report('no', { verdict: 'changes' });
    const test = planFleet(
      [
        { id: 'build' },
        { id: 'review', after: ['build'], gate: { kind: 'verdict', backTo: toId('task', 'build'), rounds: 2 } },
        { id: 'ship', after: ['review'] },
      ],
      { build: [report('1'), report('2'), report('3')], review: rejecting, ship: [report('shipped')] },
    );
    test.start();
    await test.until(() => openDecisions(test).length === 1);
    assert.equal(taskNamed(test, 'build').round, 2);
    assert.equal(openDecisions(test)[0]?.purpose, 'rounds');
    answer(test, 'again', 'mind the gap');
    await test.until(() => openDecisions(test).length === 1);
    assert.match(opening(test, 'build', 2), /mind the gap/);
    answer(test, 'accept');
    await test.until(() => standing(test) === 'build done, review done, ship done');
    assert.equal(phase(test), 'done');
  });

  it('fails a review that is given up, and skips what waited for it', async () => {
    const test = planFleet(
      [
        { id: 'build' },
        { id: 'review', after: ['build'], gate: { kind: 'verdict', backTo: toId('task', 'build'), rounds: 1 } },
        { id: 'ship', after: ['review'] },
      ],
      { build: [report('1')], review: [report('no', { verdict: 'changes' })] },
    );
    test.start();
    await test.until(() => openDecisions(test).length === 1);
    answer(test, 'reject', 'not worth it');
    assert.equal(standing(test), 'build done, review failed, ship skipped');
    assert.match(taskNamed(test, 'review').reason ?? '', /not worth it/);
    assert.equal(phase(test), 'partial');
  });

  it('lets only the person pass a gate of the person, and sends work back with the words', async () => {
    const test = planFleet(
      [
        { id: 'plan' },
        { id: 'approve', after: ['plan'], agentType: 'person', gate: { kind: 'person', backTo: toId('task', 'plan') } },
        { id: 'go', after: ['approve'] },
      ],
      { plan: [report('first plan'), report('second plan')], go: [report('gone')] },
    );
    test.start();
    await test.until(() => openDecisions(test).length === 1);
    const [decision] = openDecisions(test);
    const agentId = test.agent('plan').id;
    assert.ok(decision !== undefined);
    const refusal = test.refusal({ type: 'decide', askId: decision.askId, choice: 'approve', by: { kind: 'agent', agentId } });
    assert.match(refusal.message, /Only the person/);
    answer(test, 'changes', 'smaller steps');
    await test.until(() => openDecisions(test).length === 1);
    assert.match(opening(test, 'plan', 1), /smaller steps/);
    answer(test, 'approve');
    await test.until(() => standing(test) === 'plan done, approve done, go done');
  });

  it('turns a template into one task for each file that was found, and whoever waited waits for all', async () => {
    const test = planFleet(
      [
        { id: 'find' },
        { id: 'change', forEach: toId('task', 'find'), brief: { objective: 'change {{item}}' } },
        { id: 'check', after: ['change'] },
      ],
      {
        find: [
          report('two files', {
            findings: [
              { text: 'here', path: 'src/a.ts', line: 3 },
              { text: 'there', path: 'b.ts' },
              { text: 'again', path: 'b.ts', line: 9 },
            ],
          }),
        ],
        'change: src/a.ts': [report('changed')],
        'change: b.ts': [report('changed')],
        check: [report('checked')],
      },
    );
    test.start();
    await test.ended();
    assert.equal(standing(test), 'find done, change-src-a.ts done, change-b.ts done, check done');
    assert.deepEqual(taskNamed(test, 'check').dependencies, ['change-src-a.ts', 'change-b.ts']);
    assert.match(opening(test, 'check'), /Report of change-src-a.ts: changed.*Report of change-b.ts: changed/);
    assert.equal(taskNamed(test, 'change-b.ts').brief.objective, 'change b.ts');
  });

  it('asks before it starts more agents than the person has set, and cancels them when the person declines', async () => {
    const tasks = [{ id: 'first' }, ...['a', 'b', 'c'].map((id) => ({ id, after: ['first'] }))];
    const scripts = { '*': () => report('done') };
    const yes = planFleet(tasks, scripts, { settings: { fanOut: 2 } });
    yes.start();
    await yes.until(() => openDecisions(yes).length === 1 && taskNamed(yes, 'first').status === 'done');
    assert.equal(openDecisions(yes)[0]?.purpose, 'fanOut');
    assert.equal(standing(yes), 'first done, a waiting, b waiting, c waiting');
    answer(yes, 'approve');
    await yes.until(() => standing(yes) === 'first done, a done, b done, c done');
    const no = planFleet(tasks, scripts, { settings: { fanOut: 2 } });
    no.start();
    await no.until(() => openDecisions(no).length === 1 && taskNamed(no, 'first').status === 'done');
    answer(no, 'decline');
    assert.equal(standing(no), 'first done, a cancelled, b cancelled, c cancelled');
    assert.equal(phase(no), 'done');
  });

  it('starts the urgent first, then what most waits for', async () => {
    const test = planFleet(
      [{ id: 'low', priority: 'low' }, { id: 'plain' }, { id: 'long' }, { id: 'after', after: ['long'] }, { id: 'high', priority: 'high' }],
      { '*': () => report('done') },
      { settings: { maxConcurrentAgents: 1 } },
    );
    test.start();
    await test.until(() => Object.values(onlyRun(test.state).plan.tasks).every((task) => task.status === 'done'));
    assert.deepEqual(
      Object.values(test.state.agents).map((agent) => agent.label),
      ['high', 'long', 'plain', 'after', 'low'],
    );
  });

  it('lets a person change it while it runs, and refuses what would not hold', async () => {
    const gate = new Gate();
    const test = planFleet(
      [{ id: 'a' }, { id: 'b', after: ['a'] }],
      { a: [call('work'), report('a')], b: [report('b')], c: [report('c')] },
      { tools: [gatedTool('work', gate)] },
    );
    test.start();
    await gate.reached;
    const { runId } = onlyRun(test.state).plan;
    const cycle = test.refusal({
      type: 'changePlan',
      runId,
      changes: [
        { kind: 'add', task: shortTask({ id: 'c', after: ['b'] }) },
        { kind: 'edit', task: shortTask({ id: 'b', after: ['a', 'c'] }) },
      ],
    });
    assert.match(cycle.message, /circle: .*b → c|circle: .*c → b/);
    test.do({
      type: 'changePlan',
      runId,
      changes: [
        { kind: 'add', task: shortTask({ id: 'c' }) },
        { kind: 'cancel', taskId: toId('task', 'b') },
      ],
      reason: 'changed my mind',
    });
    gate.open();
    await test.ended();
    assert.equal(standing(test), 'a done, b cancelled, c done');
    const revision = onlyRun(test.state).plan.revisions.at(-1);
    assert.deepEqual([revision?.by.kind, revision?.reason], ['person', 'changed my mind']);
    assert.equal(phase(test), 'done');
  });

  it('stops the work that a change makes void, and tells the work it changes', async () => {
    const gate = new Gate();
    const test = planFleet(
      [{ id: 'a' }, { id: 'b' }],
      { a: [call('work'), report('a')], b: [call('work'), report('b')] },
      { tools: [gatedTool('work', gate)] },
    );
    test.start();
    await test.until(() => test.phase('a') === 'runningTools' && test.phase('b') === 'runningTools');
    const { runId } = onlyRun(test.state).plan;
    test.do({
      type: 'changePlan',
      runId,
      reason: 'new wishes',
      changes: [
        { kind: 'cancel', taskId: toId('task', 'a') },
        { kind: 'edit', task: shortTask({ id: 'b', brief: { objective: 'do it in blue' } }) },
      ],
    });
    gate.open();
    await test.ended();
    assert.equal(test.phase('a'), 'killed');
    assert.match(opening(test, 'b', 1), /do it in blue/);
    assert.equal(standing(test), 'a cancelled, b done');
  });

  it('waits for what a task needs to be published, and tells its agent of the next version', async () => {
    const gate = new Gate();
    const test = planFleet(
      [
        { id: 'api', publishes: ['api.md'] },
        { id: 'client', needs: ['api.md'] },
      ],
      { api: [call('work'), report('the api')], client: [call('work'), report('the client')] },
      { tools: [gatedTool('work', gate)] },
    );
    test.start();
    await gate.reached;
    assert.equal(standing(test), 'api running, client waiting');
    const agentId = test.agent('api').id;
    const by = { kind: 'agent', agentId } as const;
    test.do({ type: 'publishArtefact', agentId, name: 'api.md', hash: 'one', bytes: 3, by });
    await test.until(() => test.phase('client') === 'runningTools');
    test.do({ type: 'publishArtefact', agentId, name: 'api.md', hash: 'two', bytes: 3, by });
    gate.open();
    await test.ended();
    assert.match(opening(test, 'client', 1), /version 2 of \\"api.md\\"/);
    assert.equal(standing(test), 'api done, client done');
  });

  it('skips a task whose artefact will never come', async () => {
    const test = planFleet(
      [
        { id: 'api', publishes: ['api.md'] },
        { id: 'client', needs: ['api.md'] },
      ],
      { api: [report('forgot to publish')] },
    );
    test.start();
    await test.ended();
    assert.equal(standing(test), 'api done, client skipped');
    assert.match(taskNamed(test, 'client').reason ?? '', /"api.md" was never published/);
  });

  it('ends with nothing to come when the run is killed, and starts nothing while it is paused', async () => {
    const gate = new Gate();
    const test = planFleet(
      [{ id: 'a' }, { id: 'b', after: ['a'] }],
      { a: [call('work'), report('a')], b: [call('more'), report('b')] },
      { tools: [gatedTool('work', gate), gatedTool('more', new Gate())] },
    );
    test.start();
    await gate.reached;
    const { run } = onlyRun(test.state);
    test.do({ type: 'pauseRun', runId: run.id });
    gate.open();
    await test.until(() => test.phase('a') === 'paused');
    assert.equal(phase(test), 'paused');
    test.do({ type: 'resumeRun', runId: run.id });
    await test.until(() => standing(test) === 'a done, b running');
    test.do({ type: 'killRun', runId: run.id });
    await test.ended();
    assert.equal(phase(test), 'partial');
    assert.equal(standing(test), 'a done, b failed');
  });

  it('can be killed after a reload, and leaves nothing behind that cannot be deleted', async () => {
    const gate = new Gate();
    const tasks = [{ id: 'a' }, { id: 'b', after: ['a'] }];
    const first = planFleet(tasks, { a: [call('work'), report('a')] }, { tools: [gatedTool('work', gate)] });
    first.start();
    await gate.reached;
    const second = planFleet(tasks, {}, { entries: first.journal.entries, blobs: first.blobs });
    const { runId } = onlyRun(second.state).plan;
    second.do({ type: 'killRun', runId });
    assert.equal(standing(second), 'a skipped, b skipped');
    assert.equal(phase(second), 'killed');
    second.do({ type: 'deleteEnded' });
    assert.deepEqual([second.state.runs, second.state.plans, second.state.agents], [{}, {}, {}]);
    const never = planFleet([{ id: 'ok', agentType: 'person', gate: { kind: 'person' } }], {});
    never.start();
    never.do({ type: 'killRun', runId: onlyRun(never.state).plan.runId });
    never.do({ type: 'deleteEnded' });
    assert.deepEqual(never.state.runs, {});
  });

  it('takes the smaller of the budgets of the person and of the workflow', () => {
    const test = planFleet(
      [{ id: 'a' }, { id: 'b' }],
      {},
      { settings: { budget: { tokens: 100, usd: 2 } }, budget: { tokens: 500, minutes: 3 } },
    );
    test.start();
    assert.deepEqual(onlyRun(test.state).run.budget, { tokens: 100, minutes: 3, usd: 2 });
  });

  it('starts nothing by itself after a reload, and goes on when told to', async () => {
    const gate = new Gate();
    const tasks = [{ id: 'a' }, { id: 'b', after: ['a'] }];
    const scripts = { a: [call('work'), report('a')], b: [report('b')] };
    const first = planFleet(tasks, scripts, { tools: [gatedTool('work', gate)] });
    first.start();
    await gate.reached;
    const second = planFleet(tasks, { a: [report('a')], b: [report('b')] }, { entries: first.journal.entries, blobs: first.blobs });
    assert.equal(phase(second), 'interrupted');
    second.do({ type: 'resumeRun', runId: onlyRun(second.state).run.id });
    await second.until(() => standing(second) === 'a done, b done');
    assert.equal(phase(second), 'done');
  });

  it('spends nothing more once its budget is used up, until the person decides', async () => {
    const test = planFleet([{ id: 'a' }], { a: [call('wait_for_agents'), report('a')] });
    test.do({ type: 'startRun', task: 'x', budget: { tokens: 5 } });
    await test.until(() => openDecisions(test).length === 1);
    assert.equal(test.waitsFor('a'), 'budget');
    assert.equal(test.model.requests.length, 1);
    answer(test, 'kill');
    await test.ended();
    assert.equal(test.phase('a'), 'killed');
  });
});
