import assert from 'node:assert/strict';
import { type E2eWindow, openWindow } from './support/openWindow.ts';

const building = 'Fix the TODO comment in src/ledger.js that has no owner';
const reviewing = 'Look at all of the code';

/** Two built-in workflows from start to result as a person drives them, with the practice model on the sample repository. */
describe('a person with workflows', function () {
  this.timeout(120_000);
  let window: E2eWindow;

  before(async () => {
    window = await openWindow({ settings: { 'flotilla.approvals.writes': 'allow' } });
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') {
      await window.screenshot(this.currentTest.fullTitle().replace(/\W+/g, '-'));
    }
  });

  after(() => window.close());

  const hasRow = async (pattern: RegExp) => (await window.treeRows()).some((row) => pattern.test(row));
  const eventually = async (what: string, holds: () => Promise<boolean>) => {
    for (const until = Date.now() + 110_000; !(await holds()); ) {
      assert.ok(Date.now() < until, `${what}; the rows are:\n${(await window.treeRows()).join('\n')}`);
      await window.page.waitForTimeout(100);
    }
  };
  const yes = () =>
    window.page
      .locator('.monaco-dialog-box')
      .getByRole('button', { name: 'Allow', exact: true })
      .or(window.page.locator('.quick-input-list .monaco-list-row').filter({ hasText: /^\s*(Allow|Approve)/ }))
      .filter({ visible: true })
      .first();
  /** Says yes to what is asked, or begins with the first row of what waits. */
  const agree = async () => {
    const next = (await yes().isVisible()) ? yes() : window.row(' your decision').or(window.row(' wants to ')).first();
    try {
      await next.click({ timeout: 1000 });
    } catch {
      // Nothing is asked, or it is answered and on its way out; the next look tells.
    }
  };
  /** The text of the document in front, once it says this; a preview is a page of its own, a text is drawn line by line. */
  const documentWith = async (kind: 'preview' | 'text', text: string) => {
    const body = kind === 'preview' ? window.webview().locator('body') : window.page.locator('.editor-instance .view-lines').first();
    let shown = '';
    await eventually(`a document says "${text}"`, async () => {
      shown = (await body.isVisible()) ? (await body.innerText()).replaceAll('\u00a0', ' ') : '';
      return shown.includes(text);
    });
    return shown;
  };
  const resultOf = async (task: string) => {
    await window.palette('View: Close All Editors');
    await window.palette('Flotilla: Open Result');
    await window.pick(task);
    return await documentWith('preview', 'Where the time went');
  };

  it('starts one that asks for an input, and is asked about its plan', async () => {
    await window.palette('Flotilla: Start Run');
    await window.answer(building);
    await window.pick('plan-build-review-ship');
    await window.page.locator('.quick-input-widget').getByText('plan-build-review-ship · check').waitFor();
    await window.answer('npm test --silent');
    await window.showFleet();
    await eventually('the tasks wait', () => hasRow(/^Task Ship, waits for .*Build/));
    await eventually('the plan waits for its approval', () => hasRow(/^Decision: Approve the plan/));
  });

  it('sends the plan back with words, and sees it in its second round', async () => {
    await window.palette('Flotilla: Review Approvals');
    assert.match(await documentWith('text', 'What is planned next'), /Plan is done again with what you write[\s\S]*Findings/);
    await window.pick('Ask for changes');
    await window.answer('Leave the tests as they are');
    await eventually('the planner goes on', () => hasRow(/^Plan, planner agent, (?!done).*round 2/));
  });

  it('starts a review beside it, and says yes until both are done', async () => {
    await window.palette('Flotilla: Start Run');
    await window.answer(reviewing);
    await window.pick('code-review');
    await window.showFleet();
    await eventually('four reviewers are at work', () => hasRow(new RegExp(`^Run ${reviewing}, .*4 at work`)));
    await eventually('both are done', async () => {
      await agree();
      return (await hasRow(new RegExp(`^Run ${reviewing}, done`))) && (await hasRow(new RegExp(`^Run ${building}, done`)));
    });
  });

  it('reads what they came to', async () => {
    const review = await resultOf(reviewing);
    assert.match(review, /Done · workflow code-review · 5 agents/);
    assert.match(review, /Findings[\s\S]*src\//);
    const build = await resultOf(building);
    assert.match(build, /Reviews[\s\S]*Your decisions[\s\S]*Ask for changes” and wrote: Leave the tests as they are/);
    assert.match(build, /Files changed[\s\S]*\.js by Build/);
  });

  it('reads the plan that was followed', async () => {
    await window.palette('View: Close All Editors');
    await window.palette('Flotilla: Open Plan');
    await window.pick(building);
    assert.match(await documentWith('text', 'Approve the plan'), /planner/);
  });
});
