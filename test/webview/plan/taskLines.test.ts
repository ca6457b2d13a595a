import * as assert from 'node:assert/strict';
import type { FleetState, Plan } from '../../../src/core/state.ts';
import { lineGroups, type TaskLine } from '../../../webview/plan/taskLines.ts';
import { planAtWork, planOfSixty, planPartial } from '../page/planScenarios.ts';
import type { Scenario } from '../page/scenarios.ts';

function planIn(state: FleetState): Plan {
  return Object.values<Plan>(state.plans)[0] ?? assert.fail('There is a plan');
}

function groupsOf({ state, now }: Scenario, grouped: boolean) {
  return lineGroups({ plan: planIn(state), agents: state.agents, critical: new Set(), now }, grouped);
}

function lineOf(scenario: Scenario, id: string): TaskLine {
  return groupsOf(scenario, false)[0]?.lines.find((line) => line.task.id === id) ?? assert.fail(`There is no task ${id}`);
}

const words = (line: TaskLine) => `${line.sign.words}: ${line.detail}`;

describe('lines of a plan', () => {
  it('say what a task waits for, by name and at most three of them', () => {
    const work = planAtWork();
    assert.equal(words(lineOf(work, 'bench')), 'Waiting: for Rate limit in the server, artefact server-notes');
    const docs = lineOf(work, 'docs');
    assert.equal(words(docs), 'Waiting: for Agree to the design, Rate limit in the server, Retry in the client and 1 more');
    assert.match(docs.detailTitle, /^Waits for .*, Review of server and client$/);
  });

  it('say what a task does, what it asks, or why it ended', () => {
    const work = planAtWork();
    assert.equal(words(lineOf(work, 'server')), 'Running: Run npm test -- upload');
    assert.equal(words(lineOf(work, 'agree')), 'Needs you: Go on with the design of the interface?');
    assert.equal(words(lineOf(work, 'blog')), 'Cancelled: Not now');
    const partial = planPartial();
    assert.equal(words(lineOf(partial, 'parse')), 'Failed: The connection was lost. Check the network and retry.');
    assert.equal(words(lineOf(partial, 'merge')), 'Skipped: Audit of the parser failed');
    assert.equal(words(lineOf(partial, 'review')), 'Approved: ');
  });

  it('count rounds and attempts where there can be more than one', () => {
    assert.equal(lineOf(planAtWork(), 'server').tries, 'attempt 2 of 2');
    assert.equal(lineOf(planAtWork(), 'client').tries, '');
    assert.equal(lineOf(planPartial(), 'parse').tries, 'attempt 3 of 3');
    assert.equal(lineOf(planPartial(), 'fix').tries, 'round 2');
    assert.equal(lineOf(planPartial(), 'review').tries, 'round 2 of 3');
  });

  it('name the last agent, and the time of all attempts or of the person', () => {
    const work = planAtWork();
    const { agent, ms, task } = lineOf(work, 'server');
    assert.equal(agent?.label, 'Rate limit in the server, again');
    const first = task.history[0] ?? assert.fail('It was tried before');
    const second = task.history[1] ?? assert.fail('It is tried again');
    assert.equal(ms, (first.endedAt ?? 0) - first.startedAt + work.now - second.startedAt);
    const asked = planIn(work.state).decisions[0] ?? assert.fail('Something is asked');
    assert.equal(lineOf(work, 'agree').ms, work.now - asked.at);
    assert.equal(lineOf(work, 'docs').ms, undefined);
  });

  it('can be cancelled until they have settled', () => {
    const cancellable = groupsOf(planAtWork(), false)[0]
      ?.lines.filter((line) => line.cancellable)
      .map((line) => line.task.id);
    assert.deepEqual(cancellable, ['agree', 'server', 'client', 'review', 'docs', 'bench']);
  });

  it('stand in the order of the plan, or in groups with every task once', () => {
    const sixty = planOfSixty();
    const [whole, ...none] = groupsOf(sixty, false);
    assert.deepEqual([whole?.name, none], [undefined, []]);
    assert.deepEqual(
      whole?.lines.map((line) => line.task),
      planIn(sixty.state).tasks,
    );
    const groups = groupsOf(sixty, true);
    assert.deepEqual(
      groups.map(({ name, lines }) => `${name} ${lines.length}`),
      ['A 20', 'B 20', 'C 20'],
    );
    assert.equal(new Set(groups.flatMap(({ lines }) => lines.map((line) => line.task.id))).size, 60);
  });
});
