import assert from 'node:assert/strict';
import { type E2eWindow, openWindow } from './support/openWindow.ts';
import { createRunDriver, type RunDriver } from './support/runs.ts';

const building = 'Fix the TODO comment in src/ledger.js that has no owner';
const reviewing = 'Look at all of the code';

/** Two built-in workflows from start to result as a person drives them, with the practice model on the sample repository. */
describe('a person with workflows', function () {
  this.timeout(120_000);
  let window: E2eWindow;
  let runs: RunDriver;

  before(async () => {
    window = await openWindow({ settings: { 'flotilla.approvals.mode': 'editFreely' }, env: { FLOTILLA_DEV_UNWATCHED: '1' } });
    runs = createRunDriver(window);
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') {
      await window.screenshot(this.currentTest.fullTitle().replace(/\W+/g, '-'));
    }
  });

  after(() => window.close());

  it('starts one that asks for an input, and is asked about its plan', async () => {
    await runs.start(building, 'plan-build-review-ship', ['npm test --silent']);
    await window.showFleet();
    await runs.eventually('the tasks wait', () => runs.hasRow(/^Task Ship, waits for .*Build/));
    await runs.eventually('the plan waits for its approval', () => runs.hasRow(/^Decision: Approve the plan/));
  });

  it('sends the plan back with words, and sees it in its second round', async () => {
    await window.palette('Flotilla: Review Approvals');
    assert.match(await runs.documentWith('text', 'What is planned next'), /Approve the plan/);
    await window.pick('Ask for changes');
    await window.answer('Leave the tests as they are');
    await runs.eventually('the planner goes on', () => runs.hasRow(/^Plan, planner agent, (?!done).*round 2/));
  });

  it('starts a review beside it, and says yes until both are done', async () => {
    await runs.start(reviewing, 'code-review');
    await window.showFleet();
    await runs.eventually('four reviewers are at work', () => runs.hasRow(new RegExp(`^Run ${reviewing}, .*4 at work`)));
    await runs.eventually('both are done', async () => {
      await runs.agree();
      return (await runs.hasRow(new RegExp(`^Run ${reviewing}, done`))) && (await runs.hasRow(new RegExp(`^Run ${building}, done`)));
    });
  });

  it('reads what they came to', async () => {
    const review = await runs.resultOf(reviewing);
    assert.match(review, /Done · workflow code-review · 5 agents/);
    assert.match(review, /Findings[\s\S]*src\//);
    const build = await runs.resultOf(building);
    assert.match(build, /Reviews[\s\S]*Your decisions[\s\S]*Ask for changes” and wrote: Leave the tests as they are/);
    assert.match(build, /Files changed[\s\S]*\.js by Build/);
  });

  it('reads the plan that was followed', async () => {
    await window.palette('View: Close All Editors');
    await window.palette('Flotilla: Open Plan');
    await window.pick(building);
    assert.match(await runs.documentWith('text', 'Approve the plan'), /planner/);
  });
});
