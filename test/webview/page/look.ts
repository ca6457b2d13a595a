/*
 * A development tool: paints every scenario in every theme, saves pictures and prints what frames cost.
 *
 *   npx esbuild test/webview/page/look.ts --bundle --platform=node --format=esm --packages=external --outfile=out/look.mjs
 *   node out/look.mjs FOLDER_FOR_PICTURES [part of a name]
 */
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { findChromium, launchBrowser, noChromium } from '../../../scripts/lib/browser.mjs';
import { measureFrames } from './frames.ts';
import { openViewPage } from './openPage.ts';
import * as plans from './planScenarios.ts';
import * as scenarios from './scenarios.ts';
import type { ThemeName } from './themes.ts';

const [folder = 'out/pictures', only = ''] = process.argv.slice(2);
const dist = resolve('dist');
mkdirSync(folder, { recursive: true });

const twelve = scenarios.twelveAgents();
const one = scenarios.oneAgent();
const byLabel = (label: string) => Object.values(twelve.state.agents).find((agent) => agent.label === label)?.id;
type Picture = readonly [
  name: string,
  scenario: () => scenarios.Scenario,
  options?: { theme?: ThemeName; width?: number; height?: number; state?: Readonly<Record<string, unknown>> },
];
const pictures: readonly Picture[] = [
  ['twelve-dark', () => twelve, { width: 1000, height: 800 }],
  ['twelve-light', () => twelve, { theme: 'light', width: 1400, height: 700 }],
  ['twelve-contrast', () => twelve, { theme: 'contrast', width: 1000, height: 800 }],
  ['asking-dark', () => twelve, { width: 1000, height: 800, state: { agentId: byLabel('Editor of errors.ts'), split: 0.35 } }],
  [
    'failed-light',
    () => twelve,
    { theme: 'light', width: 800, height: 800, state: { agentId: byLabel('Reader with a wrong key'), split: 0.35 } },
  ],
  [
    'lead-contrast',
    () => twelve,
    {
      theme: 'contrast',
      width: 800,
      height: 800,
      state: { agentId: byLabel('Lead'), split: 0.35, zoom: { kind: 'follow', width: 20_000 } },
    },
  ],
  ['one-dark', () => one, { width: 1000, height: 900, state: { agentId: one.select, split: 0.25 } }],
  ['one-light', () => one, { theme: 'light', width: 1300, height: 600 }],
  ['one-usage', () => one, { state: { agentId: one.select, tab: 'usage', split: 0.3 } }],
  ['twelve-usage-light', () => twelve, { theme: 'light', height: 900, state: { agentId: twelve.select, tab: 'usage', split: 0.35 } }],
  ['twelve-report', () => twelve, { height: 900, state: { agentId: twelve.select, tab: 'report', split: 0.4 } }],
  [
    'twelve-report-contrast',
    () => twelve,
    { theme: 'contrast', height: 900, state: { agentId: twelve.select, tab: 'report', split: 0.4 } },
  ],
  ['narrow', () => twelve, { width: 500, height: 800 }],
  ['narrow-long', scenarios.longTexts, { width: 500, height: 800 }],
  ['long', scenarios.longTexts, { theme: 'light', width: 1000, height: 800 }],
  ['empty-dark', scenarios.empty, { height: 500 }],
  ['empty-contrast', scenarios.empty, { theme: 'contrast', height: 500 }],
  ...(['dark', 'light', 'contrast'] as const).flatMap((theme): readonly Picture[] => {
    const messages = plans.messages();
    const partial = plans.planPartial();
    return [
      [`plan-work-${theme}`, plans.planAtWork, { theme, height: 900, state: { main: 'plan', split: 0.6 } }],
      [`plan-groups-${theme}`, plans.planAtWork, { theme, width: 1400, height: 620, state: { main: 'plan', grouped: true, split: 0.62 } }],
      [
        `plan-partial-${theme}`,
        () => partial,
        { theme, height: 900, state: { main: 'plan', split: 0.45, agentId: partial.select, tab: 'report' } },
      ],
      [`plan-empty-${theme}`, plans.planEmpty, { theme, height: 600, state: { main: 'plan' } }],
      [`plan-none-${theme}`, () => twelve, { theme, height: 600, state: { main: 'plan' } }],
      [`plan-sixty-${theme}`, plans.planOfSixty, { theme, height: 800, state: { main: 'plan', grouped: true, split: 0.8 } }],
      [`plan-narrow-${theme}`, plans.planAtWork, { theme, width: 500, height: 800, state: { main: 'plan', split: 0.7 } }],
      [`plan-messages-${theme}`, () => messages, { theme, height: 1_000, state: { split: 0.2, agentId: messages.select } }],
    ];
  }),
  ['plan-all', plans.twoPlans, { height: 500, state: { main: 'plan', run: 'all' } }],
  ['many', () => scenarios.manySpans(100_000), { width: 1400, height: 900 }],
  ['long-transcript', () => scenarios.longTranscript(3_000), { height: 800 }],
];

const executable = findChromium({ headless: true });
if (executable === undefined) {
  throw new Error(noChromium);
}
const browser = await launchBrowser(executable, { headless: true });
try {
  for (const [name, scenario, options] of pictures.filter(([each]) => each.includes(only))) {
    const view = await openViewPage(browser, dist, { ...options, scenario: scenario() });
    await view.page.waitForSelector('.lanes-canvas, .welcome, .plan');
    if (name.includes('messages')) {
      await view.page.getByRole('log').evaluate((log) => log.scrollTo(0, 0));
      await view.page.getByRole('button', { name: /^Context/ }).click();
    }
    await view.page.waitForTimeout(500);
    await view.page.screenshot({ path: join(folder, `${name}.png`) });
    if (name.includes('messages')) {
      await view.page.getByRole('log').evaluate((log) => log.scrollTo(0, log.scrollHeight));
      await view.page.waitForTimeout(300);
      await view.page.screenshot({ path: join(folder, `${name}-end.png`) });
    }
    const nodes = await view.page.evaluate(() => document.querySelectorAll('*').length);
    process.stdout.write(
      `${name}: ${nodes} elements${view.trouble.length > 0 ? `, TROUBLE ${view.trouble.slice(0, 3).join(' | ')}` : ''}\n`,
    );
    if (name === 'many') {
      const first = await view.page.evaluate(() => window.flotillaHost.paint.firstMs);
      const frames = await measureFrames(view.page, 120);
      process.stdout.write(
        `  first paint ${Math.round(first)} ms after the snapshot was sent; frames while zooming: ${JSON.stringify(frames)} ms\n`,
      );
      await view.page.screenshot({ path: join(folder, `${name}-zoomed.png`) });
    }
    await view.page.close();
  }
} finally {
  await browser.close();
}
