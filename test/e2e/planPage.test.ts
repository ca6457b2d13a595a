import * as assert from 'node:assert/strict';
import { resolve } from 'node:path';
import type { Browser } from 'playwright-core';
import { findChromium, launchBrowser, noChromium } from '../../scripts/lib/browser.mjs';
import type { ToHost } from '../../src/protocol/toHost.ts';
import { openViewPage, type ViewPage } from '../webview/page/openPage.ts';
import * as plans from '../webview/page/planScenarios.ts';
import * as scenarios from '../webview/page/scenarios.ts';
import { payloadTexts } from './support/payloads.ts';

const dist = resolve('dist');

describe('the plan on the timeline page', () => {
  let browser: Browser;
  let view: ViewPage;

  before(async () => {
    browser = await launchBrowser(findChromium({ headless: true }) ?? assert.fail(noChromium), { headless: true });
  });
  after(() => browser.close());
  afterEach(async () => {
    const { trouble } = view;
    await view.page.close();
    assert.deepEqual(trouble, []);
  });

  const open = async (scenario: scenarios.Scenario, state: Readonly<Record<string, unknown>> = { main: 'plan' }): Promise<void> => {
    view = await openViewPage(browser, dist, { scenario, state, height: 1_000 });
    await view.page.getByRole('tab', { name: 'Plan' }).waitFor();
  };
  const row = (name: RegExp) => view.page.getByRole('table', { name: 'Tasks' }).getByRole('row', { name });
  const untilPosted = async <T extends ToHost['type']>(type: T, count = 1) => {
    await view.page.waitForFunction(
      ([wanted, least]) => window.flotillaHost.posted.filter((message) => message.type === wanted).length >= Number(least),
      [type, count],
    );
    const posted = (await view.posted()).filter((message): message is Extract<ToHost, { type: T }> => message.type === type);
    return posted.at(-1) ?? assert.fail(`No ${type} was posted`);
  };

  it('takes the place of the lanes by keyboard, and is kept for the next page', async () => {
    const work = plans.planAtWork();
    await open(work, {});
    const tabs = view.page.getByRole('tablist', { name: 'View' });
    await tabs.getByRole('tab', { name: 'Lanes' }).press('ArrowRight');
    await view.page.getByRole('table', { name: 'Tasks' }).waitFor();
    assert.equal(await view.page.locator('.lanes-canvas').count(), 0);
    assert.ok(await tabs.getByRole('tab', { name: 'Plan' }).evaluate((tab) => tab === document.activeElement));
    await view.page.getByRole('radio', { name: 'Groups' }).click();
    const state = await view.page.evaluate(() => JSON.stringify(window.flotillaHost.state));
    assert.deepEqual(view.trouble, []);
    await view.page.close();
    await open(work, JSON.parse(state));
    assert.equal(await view.page.getByRole('radio', { name: 'Groups' }).getAttribute('aria-checked'), 'true');
    await view.page.getByRole('rowheader', { name: 'C 3 tasks, at the same time if there are slots' }).waitFor();
  });

  it('tells every task by name with its status, what it waits for and who works on it', async () => {
    await open(plans.planAtWork());
    await row(/^Rate limit in the server.* Running Run npm test -- upload builder .* attempt 2 of 2/).waitFor();
    await row(/^Agree to the design Needs you Go on with the design of the interface\?/).waitFor();
    await row(/^Measure throughput.* Waiting for Rate limit in the server, artefact server-notes/).waitFor();
    await row(/^Design of the interface , on the critical path Done/).waitFor();
    assert.equal(await row(/.*/).count(), 10);
  });

  it('shows the transcript of whoever works on a task', async () => {
    const work = plans.planAtWork();
    await open(work, { main: 'plan', tab: 'usage' });
    await row(/^Retry in the client/)
      .getByRole('button', { name: 'Retry in the client', exact: true })
      .click();
    const client = Object.values(work.state.agents).find((agent) => agent.label === 'Retry in the client');
    assert.equal((await untilPosted('follow', 2)).agentId, client?.id);
    assert.equal(await view.page.getByRole('tab', { name: 'Transcript' }).getAttribute('aria-selected'), 'true');
    await view.page.getByRole('heading', { name: 'Retry in the client' }).waitFor();
  });

  it('leads to what is to be decided, to the plan and to the result, and cancels a task', async () => {
    const work = plans.planAtWork();
    const runId = Object.values(work.state.runs)[0]?.id;
    await open(work);
    await view.page.getByRole('button', { name: 'Review: Go on with the design of the interface?' }).click();
    assert.equal((await untilPosted('review')).askId, 'gate-1');
    await view.page.getByRole('button', { name: '2 requests need you' }).click();
    assert.equal((await untilPosted('review', 2)).askId, 'gate-1');
    await view.page.getByRole('button', { name: 'Open plan' }).click();
    assert.deepEqual(await untilPosted('openDocument'), { type: 'openDocument', runId, document: 'Plan' });
    await view.page.getByRole('button', { name: 'Open result' }).click();
    assert.deepEqual(await untilPosted('openDocument', 2), { type: 'openDocument', runId, document: 'Result' });
    await view.page.getByRole('button', { name: 'Cancel task Measure throughput with the limit on' }).click();
    assert.deepEqual(await untilPosted('cancelTask'), { type: 'cancelTask', runId, taskId: 'bench' });
    assert.equal(await view.page.getByRole('button', { name: /^Cancel task/ }).count(), 6);
  });

  it('tells how the run went, with artefacts and proposals', async () => {
    await open(plans.planPartial());
    await view.page.getByText('3 of 5 tasks done · 1 failed · 1 skipped').waitFor();
    const metric = (name: string) => view.page.locator('.metric', { has: view.page.getByText(name, { exact: true }) }).locator('dd');
    assert.equal(await metric('Success').textContent(), '60 % of ended tasks');
    assert.equal(await metric('Repeated').textContent(), '2 retries, 2 further rounds');
    assert.match((await metric('Ideal').textContent()) ?? '', /^ ?\d+ s, \d+ % of wall time$/);
    assert.match((await metric('Speed-up').textContent()) ?? '', /^\d\.\d × serial time$/);
    await view.page
      .getByRole('list', { name: 'Time of all agents' })
      .getByText(/^\s*Model \d+ %$/)
      .waitFor();
    assert.deepEqual(view.trouble, []);
    await view.page.close();
    await open(plans.planAtWork());
    await view.page
      .getByRole('region', { name: 'Artefacts' })
      .getByText('not published yet, expected of Rate limit in the server')
      .waitFor();
    const proposals = view.page.getByRole('region', { name: 'Proposed changes' }).getByRole('listitem');
    assert.match((await proposals.first().textContent()) ?? '', /^ ?OpenTrusted clients/);
    assert.match((await proposals.last().textContent()) ?? '', /Rejected by you.*Answer: Out of scope\./);
  });

  it('moves on with new facts', async () => {
    const { state, now, ...rest } = plans.planAtWork();
    await open({ state, now, ...rest });
    const seq = state.seq + 1;
    const run = Object.values(state.runs)[0] ?? assert.fail('There is a run');
    await view.send({
      type: 'entries',
      from: seq,
      to: seq,
      now: now + 10,
      entries: [
        {
          seq,
          at: now + 10,
          event: { type: 'decisionAnswered', askId: toAsk(state), runId: run.id, choice: 'approve', by: { kind: 'person' } },
        },
      ],
    });
    await view.page.getByRole('button', { name: '1 request needs you' }).waitFor();
    assert.equal(await view.page.getByRole('button', { name: /^Review: Go on/ }).count(), 0);
  });

  it('says what to do where there is no plan to show', async () => {
    await open(scenarios.twelveAgents());
    await view.page.getByText('This run was made before runs had plans.').waitFor();
    await view.page.getByRole('button', { name: 'Start a run' }).click();
    await untilPosted('startRun');
    await view.page.getByRole('button', { name: 'Show the lanes' }).click();
    await view.page.locator('.lanes-canvas').waitFor();
    assert.deepEqual(view.trouble, []);
    await view.page.close();
    await open(plans.planEmpty());
    await view.page.getByText('No task yet.').waitFor();
    assert.deepEqual(view.trouble, []);
    await view.page.close();
    await open(plans.twoPlans(), { main: 'plan', run: 'all' });
    await view.page.getByRole('button', { name: 'Show the plan of Look at the parser' }).click();
    await view.page.getByText('This run was made before runs had plans.').waitFor();
  });

  it('only looks where it may only look', async () => {
    await open({ ...plans.planAtWork(), readOnly: 'Another window has this folder open; this one may only look.' });
    for (const button of await view.page.getByRole('button', { name: /^(Review|Cancel task)/ }).all()) {
      assert.ok(await button.isDisabled());
    }
    assert.ok(await view.page.getByRole('button', { name: 'Open plan' }).isEnabled());
  });

  it('shows what an agent was given and what it could not confirm', async () => {
    const messages = plans.messages();
    await open(messages, { agentId: messages.select });
    await view.page.getByText('answers "Which views read both halves?').waitFor();
    await view.page.getByRole('log').evaluate((log) => log.scrollTo(0, 0));
    await view.page.getByRole('button', { name: /^Context about 13\.9k tokens in 3 parts, 2 withheld/ }).click();
    await view.page.getByText('Report of Survey of the views (it does not depend on it)').waitFor();
    assert.deepEqual(view.trouble, []);
    await view.page.close();
    const partial = plans.planPartial();
    await open(partial, { agentId: partial.select, tab: 'report' });
    await view.page.getByText('Not confirmed: It says that tests were run; no command was.').waitFor();
  });

  for (const [order, payload] of Object.entries(payloadTexts)) {
    it(`takes for text whatever a plan's text could be more, ${order}`, async () => {
      await open(plans.hostilePlan(payload));
      await view.page.getByRole('region', { name: 'Proposed changes' }).waitFor();
      const found = await view.page.evaluate(() => ({
        hacked: 'hacked' in window,
        elements: document.querySelectorAll('.plan :is(script, img, svg, iframe, a, link, style, object, embed, base, math, form)').length,
        handlers: [...document.querySelectorAll('.plan *')].flatMap((each) =>
          each.getAttributeNames().filter((name) => /^(on|href|src|action)/.test(name)),
        ),
      }));
      assert.deepEqual(found, { hacked: false, elements: 0, handlers: [] });
    });
  }
});

function toAsk(state: scenarios.Scenario['state']) {
  const decisions = Object.values(state.plans).flatMap((plan) => plan.decisions);
  return decisions[0]?.askId ?? assert.fail('Something is asked');
}
