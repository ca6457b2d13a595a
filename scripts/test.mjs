// @ts-check
/* npm test: sets up whatever is missing, then checks, unit tests, tests inside a real VS Code, tests in a browser. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { runChecks, systemStep } from './lib/checks.mjs';
import { ensureDependencies } from './lib/npm.mjs';
import { createProcesses } from './lib/processes.mjs';
import { mochaStep, say, sayStep, toolStep } from './lib/steps.mjs';
import { findVscode } from './lib/vscode.mjs';

/** @typedef {import('./lib/steps.mjs').StepResult} StepResult */

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const processes = createProcesses();
const settleMs = 3000;
const deepTests = '**/*.deep.test.mjs';
const deepExamples = '34';
const { values } = parseArgs({
  options: {
    /** unit, vscode or browser */
    only: { type: 'string', default: '' },
    grep: { type: 'string', default: '' },
    /** the long tests instead of the usual ones */
    deep: { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
  },
});

/** @returns {Promise<readonly StepResult[]>} */
async function main() {
  await ensureDependencies(processes, root, say);
  const startedAt = Date.now();
  const built = await toolStep(processes, { root, name: 'build', script: 'esbuild.mjs', args: ['--tests'] });
  sayStep(built, startedAt);
  if (!built.ok) {
    return [built];
  }
  /** @type {StepResult[]} */
  const results = [];
  if (values.deep) {
    const steps = [...(wants('unit') ? [deepLaws] : []), ...(wants('browser') ? [browserTests] : [])];
    for (const step of steps) {
      results.push(await said(step));
    }
    return results;
  }
  if (wants('unit')) {
    results.push(...(await runChecks(processes, { root, quick: false })));
    results.push(await said(() => systemStep(processes, root)));
  }
  if (wants('vscode')) {
    results.push(await said(hostTests));
  }
  if (wants('browser')) {
    results.push(await said(browserTests));
  }
  return results;
}

/** Every law and every race on so many examples that it takes an hour or two: 100,000 strings against bash, 1,000 kills, 10,000 interleavings. */
function deepLaws() {
  return mochaStep(processes, {
    root,
    name: 'laws',
    files: 'out/test/unit/**/*.test.mjs',
    args: ['--timeout', '3600000'],
    env: { FLOTILLA_EXAMPLES: deepExamples },
    timeoutMs: 14_400_000,
  });
}

async function hostTests() {
  const { hostTestStep } = await import('./lib/hostTests.mjs');
  return hostTestStep(processes, await findVscode(processes, say), { root, grep: values.grep });
}

/** @returns {Promise<StepResult>} */
async function browserTests() {
  if (!existsSync(join(root, 'out', 'test', 'e2e'))) {
    return { name: 'browser', ok: false, output: 'there is no browser test', counts: { passed: 0, failed: 1, skipped: 0 } };
  }
  return mochaStep(processes, {
    root,
    name: 'browser',
    files: values.deep ? `out/test/e2e/${deepTests}` : 'out/test/e2e/**/*.test.mjs',
    args: [
      ...(values.deep ? [] : ['--ignore', `out/test/e2e/${deepTests}`]),
      '--timeout',
      '60000',
      '--exit',
      ...(values.grep === '' ? [] : ['--grep', values.grep]),
    ],
    timeoutMs: values.deep ? 7_200_000 : 1_200_000,
  });
}

/** @param {() => Promise<StepResult>} step */
async function said(step) {
  const startedAt = Date.now();
  const result = await step();
  sayStep(result, startedAt);
  if (values.verbose && result.ok) {
    say(result.output);
  }
  return result;
}

/** @param {string} kind */
function wants(kind) {
  return values.only === '' || values.only === kind;
}

/** Tests that passed and failed; a step that is no test but failed counts as one that failed. @param {readonly StepResult[]} results */
function sum(results) {
  const passed = results.reduce((total, { counts }) => total + (counts?.passed ?? 0), 0);
  const failed = results.reduce((total, { counts, ok }) => total + (counts?.failed ?? (ok ? 0 : 1)), 0);
  return { passed, failed: passed === 0 ? Math.max(1, failed) : failed };
}

const running = main();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.once(signal, () => {
    // Steps that were interrupted tidy up after themselves.
    const settled = running.then(
      () => undefined,
      () => undefined,
    );
    void processes.stopAll().then(() => Promise.race([settled, sleep(settleMs)]).then(() => process.exit(130)));
  });
}
let total = { passed: 0, failed: 1 };
try {
  total = sum(await running);
} catch (error) {
  say(error instanceof Error ? (error.stack ?? error.message) : String(error));
}
await processes.stopAll();
say(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed === 0 ? 0 : 1;
