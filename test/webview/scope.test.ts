import * as assert from 'node:assert/strict';
import { toId } from '../../src/core/ids.ts';
import {
  askerOf,
  countStandings,
  extentOf,
  practiceLabel,
  requestTitle,
  shownAgents,
  shownRequests,
  shownRun,
} from '../../webview/scope.ts';
import { planAtWork } from './page/planScenarios.ts';
import { oneAgent, twelveAgents } from './page/scenarios.ts';
import { Story } from './page/story.ts';

function twoRuns() {
  const story = new Story(1_000);
  const older = story.run(0, 'older');
  const newer = story.run(500, 'newer');
  story.spawn(10, older, { label: 'a' });
  story.spawn(510, newer, { label: 'b' });
  return { state: story.state(), older, newer };
}

describe('what is shown', () => {
  it('is the newest run unless the person chose', () => {
    const { state, older, newer } = twoRuns();
    assert.equal(shownRun(state, 'newest')?.id, newer);
    assert.equal(shownRun(state, older)?.id, older);
    assert.equal(shownRun(state, toId('run', 'deleted'))?.id, newer);
    assert.equal(shownRun(state, 'all'), undefined);
  });

  it('is the only run where there is no other', () => {
    const { state } = oneAgent();
    assert.equal(shownRun(state, 'all'), Object.values(state.runs)[0]);
  });

  it('is every agent when all runs are, the newest first', () => {
    const { state, older } = twoRuns();
    assert.deepEqual(
      shownAgents(state, undefined).map((agent) => agent.label),
      ['b', 'a'],
    );
    assert.deepEqual(
      shownAgents(state, state.runs[older]).map((agent) => agent.label),
      ['a'],
    );
  });

  it('reaches to now while anything is live, and to the last end afterwards', () => {
    const story = new Story(0);
    const agent = story.spawn(100, story.run(0, 'run'), { label: 'a' }).begin().pass(1_000);
    const live = story.state();
    assert.deepEqual(extentOf(Object.values(live.agents), live.lanes, 9_000), { from: 100, to: 9_000 });
    agent.done('Done.');
    const ended = story.state();
    assert.deepEqual(extentOf(Object.values(ended.agents), ended.lanes, 9_000), { from: 100, to: 1_100 });
  });

  it('is a minute of nothing when there are no agents', () => {
    assert.deepEqual(extentOf([], {}, 100_000), { from: 40_000, to: 100_000 });
  });
});

describe('what waits for the person', () => {
  it('is what agents and what the engine ask in the shown run, oldest first', () => {
    const { state } = planAtWork();
    const run = Object.values(state.runs)[0];
    assert.deepEqual(
      shownRequests(state, run).map((request) => requestTitle(state, request)),
      ['Go on with the design of the interface?', 'Retry in the client: npm test -- client'],
    );
    assert.deepEqual(shownRequests(state, run), shownRequests(state, undefined));
    const other = Object.values(twoRuns().state.runs)[0] ?? assert.fail('There are runs');
    assert.deepEqual(shownRequests(state, { ...other, id: toId('run', 'another') }), []);
  });

  it('is about an agent where one asks', () => {
    const { state } = planAtWork();
    const askers = shownRequests(state, undefined).map(askerOf);
    assert.deepEqual(
      askers.map((id) => (id === undefined ? undefined : state.agents[id]?.label)),
      [undefined, 'Retry in the client'],
    );
  });
});

describe('totals', () => {
  it('count every agent once, the most urgent first', () => {
    const agents = Object.values(twelveAgents().state.agents);
    const counts = countStandings(agents);
    assert.equal(counts[0]?.standing, 'needs you');
    assert.equal(
      counts.reduce((sum, { count }) => sum + count, 0),
      agents.length,
    );
  });

  it('say when the practice model is at work', () => {
    assert.equal(practiceLabel(Object.values(twelveAgents().state.agents), {}), undefined);
    assert.equal(practiceLabel(Object.values(oneAgent().state.agents), {}), 'Practice model (offline)');
  });
});
