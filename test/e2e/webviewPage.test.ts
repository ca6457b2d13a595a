import * as assert from 'node:assert/strict';
import { resolve } from 'node:path';
import type { Browser } from 'playwright-core';
import { findChromium, launchBrowser, noChromium } from '../../scripts/lib/browser.mjs';
import type { ToHost } from '../../src/protocol/toHost.ts';
import { openViewPage, type ViewPage } from '../webview/page/openPage.ts';
import * as scenarios from '../webview/page/scenarios.ts';
import { payloadTexts } from './support/payloads.ts';

const dist = resolve('dist');

describe('the timeline page', () => {
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

  const open = async (scenario: scenarios.Scenario, state?: Readonly<Record<string, unknown>>): Promise<void> => {
    view = await openViewPage(browser, dist, state === undefined ? { scenario } : { scenario, state });
    await view.page.locator('.lanes-canvas, .welcome').first().waitFor();
  };
  const lane = (name: RegExp) => view.page.getByRole('treeitem', { name });
  const postedOf = async <T extends ToHost['type']>(type: T): Promise<readonly Extract<ToHost, { type: T }>[]> =>
    (await view.posted()).filter((message): message is Extract<ToHost, { type: T }> => message.type === type);
  const untilPosted = async <T extends ToHost['type']>(type: T, count = 1) => {
    await view.page.waitForFunction(
      ([wanted, least]) => window.flotillaHost.posted.filter((message) => message.type === wanted).length >= Number(least),
      [type, count],
    );
    return (await postedOf(type)).at(-1) ?? assert.fail(`No ${type} was posted`);
  };

  it('offers to start a run when there is none', async () => {
    await open(scenarios.empty());
    await view.page.getByRole('button', { name: 'Start a run' }).click();
    await untilPosted('startRun');
  });

  it('shows every agent with its phase, and the transcript of the selected one', async () => {
    await open(scenarios.twelveAgents());
    await lane(/^Editor of errors\.ts, editor, needs your approval/).waitFor();
    await lane(/^Historian, worker, waiting for the rate limit/).waitFor();
    await view.page.getByText('I change the condition.').waitFor();
    assert.equal(await lane(/.*/).count(), 14);
  });

  it('selects, closes and opens by keyboard, and says which line is meant', async () => {
    await open(scenarios.twelveAgents());
    const tree = view.page.getByRole('tree');
    await lane(/^Reader of the scanner/).click();
    await tree.focus();
    await tree.press('ArrowDown');
    const followed = await untilPosted('follow', 2);
    assert.equal(await tree.getAttribute('aria-activedescendant'), `lane-${followed.agentId}`);
    assert.equal(await lane(/^Reader of the parser/).getAttribute('aria-selected'), 'true');
    await tree.press('ArrowLeft');
    await tree.press('ArrowLeft');
    assert.equal(await lane(/^Lead/).getAttribute('aria-expanded'), 'false');
    assert.equal(await lane(/.*/).count(), 1);
    await tree.press('ArrowRight');
    await lane(/.*/).nth(13).waitFor();
    assert.equal(await lane(/.*/).count(), 14);
  });

  it('zooms by keyboard and by wheel, and keeps what was chosen for the next page', async () => {
    const twelve = scenarios.twelveAgents();
    await open(twelve);
    await view.page.getByRole('tree').press('+');
    await view.page.waitForFunction(() => JSON.stringify(window.flotillaHost.state).includes('"free"'));
    await view.page.getByRole('button', { name: 'Show everything' }).click();
    await view.page.waitForFunction(() => JSON.stringify(window.flotillaHost.state).includes('"fit"'));
    await view.page.locator('.lanes-canvas').hover({ position: { x: 200, y: 100 } });
    await view.page.mouse.wheel(0, -300);
    await view.page.waitForFunction(() => JSON.stringify(window.flotillaHost.state).includes('"free"'));
    await view.page.getByRole('tab', { name: 'Usage' }).click();
    const state = await view.page.evaluate(() => JSON.stringify(window.flotillaHost.state));
    assert.deepEqual(view.trouble, []);
    await view.page.close();
    await open(twelve, JSON.parse(state));
    assert.equal(await view.page.getByRole('tab', { name: 'Usage' }).getAttribute('aria-selected'), 'true');
    assert.deepEqual((await postedOf('ready'))[0], { type: 'ready', follow: twelve.select });
  });

  it('tells what is under the pointer', async () => {
    await open(scenarios.twelveAgents());
    const canvas = view.page.locator('.lanes-canvas');
    const box = (await canvas.boundingBox()) ?? assert.fail('The canvas has a place');
    await canvas.hover({ position: { x: box.width * 0.9, y: 22 + 5 * 24 + 12 } });
    await view.page.getByRole('tooltip').getByText('Needs approval: npm test -- parser').waitFor();
  });

  it('steers with Enter, breaks lines with Shift+Enter, and gives the text back when it is refused', async () => {
    const one = scenarios.oneAgent();
    await open(one);
    const box = view.page.getByRole('textbox', { name: /^Steer/ });
    await box.fill('First');
    await box.press('Shift+Enter');
    await box.pressSequentially('Second');
    await view.page.getByLabel('Interrupt now').check();
    await box.press('Enter');
    assert.deepEqual(await untilPosted('steer'), { type: 'steer', agentId: one.select, text: 'First\nSecond', interrupt: true });
    assert.equal(await box.inputValue(), '');
    await view.send({ type: 'refused', message: 'It has just ended.', next: 'Give it a follow-up task.' });
    await view.page.getByRole('alert').getByText('It has just ended. Give it a follow-up task.').waitFor();
    assert.equal(await box.inputValue(), 'First\nSecond');
    assert.equal(await view.page.getByLabel('Interrupt now').isChecked(), false);
  });

  it('sends nothing that is empty', async () => {
    await open(scenarios.oneAgent());
    const box = view.page.getByRole('textbox', { name: /^Steer/ });
    await box.fill('  \n ');
    await box.press('Enter');
    assert.ok(await view.page.locator('.steer button', { hasText: 'Steer' }).isDisabled());
    assert.deepEqual(await postedOf('steer'), []);
  });

  it('acts on the selected agent, and gives an ended one a new task', async () => {
    const twelve = scenarios.twelveAgents();
    await open(twelve);
    await lane(/^Historian/).click();
    await view.page.getByRole('toolbar', { name: /agent/ }).getByRole('button', { name: 'Kill' }).click();
    assert.equal((await untilPosted('act')).act, 'kill');
    await lane(/^Reader of the scanner/).click();
    await view.page.getByRole('textbox', { name: /new task/ }).fill('And now the tests');
    await view.page.locator('.steer button', { hasText: 'Follow up' }).click();
    assert.deepEqual(await untilPosted('followUp'), { type: 'followUp', agentId: twelve.select, text: 'And now the tests' });
  });

  it('leads from a request to its review, in the bar and in the transcript', async () => {
    const twelve = scenarios.twelveAgents();
    const asks = Object.values(twelve.state.asks).toSorted((a, b) => a.at - b.at);
    await open(twelve);
    await view.page.getByRole('button', { name: '2 requests need you' }).click();
    assert.equal((await untilPosted('review')).askId, asks[0]?.askId);
    await view.page.locator('.asking').getByRole('button', { name: 'Review' }).click();
    assert.equal((await untilPosted('review', 2)).askId, asks[0]?.askId);
  });

  it('WEB-07: moves on with new facts, and asks for a snapshot when it missed some', async () => {
    const { state, entries, now, ...rest } = scenarios.twelveAgents();
    await open({ state, entries, now, ...rest });
    const agent = Object.values(state.agents).find((each) => each.label === 'Historian') ?? assert.fail('It is there');
    const seq = state.seq + 1;
    await view.send({
      type: 'entries',
      from: seq,
      to: seq,
      now: now + 10,
      entries: [
        { seq, at: now + 10, event: { type: 'agentEnded', agentId: agent.id, outcome: { kind: 'killed', by: { kind: 'person' } } } },
      ],
    });
    await lane(/^Historian, worker, killed by you/).waitFor();
    await view.send({ type: 'entries', from: seq + 5, to: seq + 5, now, entries: [] });
    await untilPosted('ready', 2);
    await lane(/^Historian, worker, waiting for the rate limit/).waitFor();
  });

  it('turns to a run that begins, but not while the person writes to an agent of the one before', async () => {
    for (const draft of ['', 'half a sentence']) {
      const one = scenarios.oneAgent();
      await open(one);
      await view.page.getByRole('textbox', { name: /^Steer/ }).fill(draft);
      const next = scenarios.nextRun(one, 'A second task', 'Second lead');
      await view.send({ type: 'entries', from: one.state.seq + 1, to: one.state.seq + next.length, now: one.now, entries: next });
      await lane(/^Second lead/).waitFor();
      assert.equal(await lane(/^Second lead/).getAttribute('aria-selected'), draft === '' ? 'true' : 'false');
      if (draft === '') {
        await view.page.close();
      }
    }
  });

  it('shows live text, and opens places and whole outputs', async () => {
    await open(scenarios.oneAgent(), { agentId: scenarios.oneAgent().select, split: 0.2 });
    await view.page.getByText('Now I repair the loop in src/parser/scan.ts').waitFor();
    await view.page.getByRole('button', { name: 'Run npm test -- parser' }).click();
    await view.page.getByRole('button', { name: /^Show the whole output/ }).click();
    const { hash } = await untilPosted('readOutput');
    await view.send({ type: 'output', hash, text: 'all of it\n'.repeat(60_000) });
    await view.page.getByText('all of it').first().waitFor();
    await view.page.getByRole('button', { name: /^Show more of it/ }).waitFor();
    await view.page.getByRole('button', { name: 'src/parser/scan.ts:48' }).last().click();
    assert.deepEqual(await untilPosted('openPlace'), { type: 'openPlace', path: 'src/parser/scan.ts', line: 48 });
  });

  it('shows the report with its places, and the usage with its table', async () => {
    const twelve = scenarios.twelveAgents();
    await open(twelve, { agentId: twelve.select, tab: 'report', split: 0.3 });
    await view.page.getByText('The loop runs once too often').waitFor();
    await view.page.getByRole('button', { name: 'src/parser/errors.ts:131' }).click();
    assert.deepEqual(await untilPosted('openPlace'), { type: 'openPlace', path: 'src/parser/errors.ts', line: 131 });
    await view.page.getByRole('tab', { name: 'Usage' }).click();
    await view.page.getByRole('radio', { name: 'Whole run' }).click();
    await view.page.getByRole('img', { name: /Tokens used over time: Output 12\.3k/ }).waitFor();
    assert.equal(await view.page.locator('.usage-table tbody tr').count(), 14);
  });

  it('only looks where it may only look', async () => {
    await open(scenarios.longTexts());
    await view.page.getByText('Another window has this folder open').first().waitFor();
    assert.ok(await view.page.getByRole('textbox').isDisabled());
    const buttons = view.page.getByRole('toolbar', { name: /agent/ }).getByRole('button');
    for (const button of await buttons.all()) {
      assert.ok(await button.isDisabled());
    }
  });

  const elementsOfText = () =>
    view.page.evaluate(() => ({
      hacked: 'hacked' in window,
      elements: [
        ...document.querySelectorAll('#app :is(script, img, svg, iframe, a, link, style, object, embed, base, math, form, video, audio)'),
      ].map((each) => each.outerHTML),
      handlers: [...document.querySelectorAll('#app *')].flatMap((each) =>
        each.getAttributeNames().filter((name) => /^(on|href|src|action)/.test(name)),
      ),
    }));

  for (const [order, payload] of Object.entries(payloadTexts)) {
    it(`WEB-01, WEB-02, WEB-03: takes for text whatever text could be more, ${order}`, async () => {
      await open(scenarios.hostile(payload));
      const folds = view.page.locator('.transcript [aria-expanded="false"]');
      await folds.first().waitFor();
      await folds.evaluateAll((buttons) => buttons.forEach((button) => button instanceof HTMLElement && button.click()));
      assert.deepEqual(await elementsOfText(), { hacked: false, elements: [], handlers: [] });
      await lane(/^2 /).click();
      for (const tab of ['Usage', 'Brief & report']) {
        await view.page.getByRole('tab', { name: tab }).click();
        await view.page.locator('.usage, .report').waitFor();
        assert.deepEqual(await elementsOfText(), { hacked: false, elements: [], handlers: [] });
      }
    });
  }

  it('WEB-06: does nothing on messages it does not know', async () => {
    await open(scenarios.oneAgent());
    const before = (await view.posted()).length;
    await view.page.evaluate(() => {
      for (const junk of [
        null,
        7,
        'text',
        '{"type":',
        '{"type":"toString"}',
        [],
        {},
        { type: 5 },
        { type: 'constructor' },
        { type: '__proto__' },
        { type: 'act', act: 'kill' },
      ]) {
        window.postMessage(junk, '*');
      }
    });
    await view.send({ type: 'refused', message: 'The last message.', next: '' });
    await view.page.getByText('The last message.').waitFor();
    assert.equal((await view.posted()).length, before);
  });

  it('keeps the page small with a hundred thousand spans and a long transcript', async () => {
    const many = scenarios.manySpans(100_000);
    await open(many);
    const spans = Object.values(many.state.lanes).reduce((sum, each) => sum + each.spans.length, 0);
    assert.ok(spans > 99_000, `${spans} spans`);
    await lane(/^Worker 5,/).waitFor();
    await view.page.locator('.lanes-scroll').evaluate((element) => element.scrollTo(0, element.scrollHeight));
    await lane(/^Worker 99,/).waitFor();
    assert.ok((await view.page.evaluate(() => document.querySelectorAll('*').length)) < 2_000);
  });

  it('stays where the reader is while the transcript grows', async () => {
    const long = scenarios.longTranscript(200);
    await open(long);
    const log = view.page.getByRole('log');
    await view.page.getByText('Turn 199: on to the next file.').waitFor();
    await log.evaluate((element) => element.scrollTo(0, 2_000));
    await view.page.getByRole('button', { name: 'Latest' }).waitFor();
    const top = await log.evaluate((element) => element.scrollTop);
    const agentId = long.select ?? assert.fail('The scenario selects an agent');
    await view.send({ type: 'tail', agentId, blocks: [{ source: 'model', key: '0', kind: 'text', text: 'word '.repeat(2_000) }] });
    await view.page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
    assert.equal(await log.evaluate((element) => element.scrollTop), top);
    await view.page.getByRole('button', { name: 'Latest' }).click();
    await view.page.locator('.live-text').waitFor();
  });
});
