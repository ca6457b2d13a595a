import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createProcesses } from '../../scripts/lib/processes.mjs';
import { copyAsRepository } from '../../scripts/lib/workspace.mjs';
import { type E2eWindow, openWindow } from './support/openWindow.ts';
import { createRunDriver } from './support/runs.ts';

const check = `node -e "process.exit(require('./')('*.js')('a.js') ? 0 : 1)"`;
const workflows: readonly { name: string; task: string; answers?: readonly string[]; advice?: string }[] = [
  { name: 'orchestrate', task: 'Find out how brace patterns are handled', advice: 'Start the run anyway' },
  { name: 'scout-build', task: 'Improve how errors are handled in lib/parse.js' },
  { name: 'scout-plan-build', task: 'Improve the error messages of lib/picomatch.js' },
  { name: 'research-plan-execute', task: 'Make the scanning of patterns easier to follow' },
  { name: 'plan-build-review-ship', task: 'Say in an error which pattern was too long', answers: [check] },
  { name: 'code-review', task: 'Review the code in lib' },
  { name: 'feature', task: 'Add an option that limits how long a pattern may be', answers: [check] },
  { name: 'refactor-files', task: 'Rename isObject to isPlainObject', answers: [check] },
  {
    name: 'research-docs',
    task: 'A page about how a pattern becomes a regular expression',
    answers: ['Where does parsing begin?; What does scan.js do?'],
  },
  { name: 'batch', task: 'List what throws an error', answers: ['lib; .'] },
];

/**
 * Every built-in workflow from the palette to its result, on a package that is not ours (picomatch as it is installed here), once in a dark and once in a light theme. What they came to is left under
 * out/test-results to be read.
 */
for (const theme of ['Default Dark Modern', 'Default Light Modern']) {
  describe(`every built-in workflow, ${theme}`, function () {
    this.timeout(300_000);
    const processes = createProcesses();
    const shade = theme.includes('Dark') ? 'dark' : 'light';
    const results = join('out', 'test-results', 'workflows', shade);
    let temporary: string;
    let window: E2eWindow;

    before(async () => {
      mkdirSync(results, { recursive: true });
      temporary = realpathSync(mkdtempSync(join(tmpdir(), 'flotilla-workflows-')));
      const workspace = await copyAsRepository(processes, join('node_modules', 'picomatch'), join(temporary, 'picomatch'));
      window = await openWindow({ workspace, settings: { 'flotilla.approvals.mode': 'editFreely', 'workbench.colorTheme': theme } });
    });

    afterEach(async function () {
      if (this.currentTest?.state === 'failed') {
        await window.screenshot(this.currentTest.fullTitle().replace(/\W+/g, '-'));
      }
    });

    after(async () => {
      await window.close();
      rmSync(temporary, { recursive: true, force: true });
    });

    for (const { name, task, answers, advice } of workflows) {
      it(`${name} comes to a result that can be read`, async () => {
        const runs = createRunDriver(window);
        await runs.start(task, name, answers);
        if (advice !== undefined) {
          await window.pick(advice);
        }
        await window.showFleet();
        await runs.eventually(`the run of ${name} ends`, async () => {
          await runs.agree();
          return await runs.hasRow(new RegExp(`^Run ${task}, (done|partial)`));
        });
        await window.screenshot(`workflows/${shade}/${name}-tree`);
        const result = await runs.resultOf(task);
        writeFileSync(join(results, `${name}.txt`), result);
        await window.screenshot(`workflows/${shade}/${name}`);
        assert.match(result, new RegExp(`workflow ${name} · \\d+ agents?`));
        assert.doesNotMatch(result, /undefined|NaN|\[object/);
      });
    }
  });
}
