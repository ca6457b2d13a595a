// @ts-check
import { availableParallelism } from 'node:os';
import { mochaStep, sayStep, toolStep } from './steps.mjs';

/** @typedef {import('./processes.mjs').Processes} Processes */
/** @typedef {import('./steps.mjs').StepResult} StepResult */

const unitTests = 'out/test/unit/**/*.test.mjs';
/** Tests that start processes of their own or work on a whole repository: seconds each, so a check leaves them to `npm test`. */
const systemTests = 'out/test/unit/**/*.system.test.mjs';
/** More at a time, and tests that measure how soon something is over run into their limits. */
const mostAtOnce = 4;

/** A check is run at every change and tries each law on a quarter of the examples that `npm test` takes. */
const quickLaws = { FLOTILLA_EXAMPLES: '0.25' };

/**
 * Types, lint, format, dead code and unit tests (the architecture test among them), the tests beside the tools; says how each ended.
 * @param {Processes} processes
 * @param {{ root: string, quick: boolean }} options `quick`: bundles first, tries laws on fewer examples and leaves dead code to `npm test`
 * @returns {Promise<readonly StepResult[]>}
 */
export async function runChecks(processes, { root, quick }) {
  /** @param {string} name @param {string} script @param {readonly string[]} args */
  const tool = (name, script, args) => () => toolStep(processes, { root, name, script, args });
  const build = () => toolStep(processes, { root, name: 'build', script: 'esbuild.mjs', args: ['--tests'] });
  const unit = () =>
    mochaStep(processes, { root, name: 'unit', files: unitTests, args: ['--ignore', systemTests], env: quick ? quickLaws : {} });
  const tools = [
    tool('types', 'node_modules/typescript/bin/tsc', ['--noEmit', '--incremental', '--tsBuildInfoFile', 'out/types.tsbuildinfo']),
    tool('lint', 'node_modules/oxlint/bin/oxlint', ['--type-aware', '--deny-warnings']),
    tool('format', 'node_modules/@biomejs/biome/bin/biome', ['format', '.']),
    ...(quick ? [] : [tool('unused', 'node_modules/knip/bin/knip.js', ['--no-progress'])]),
  ];
  const tests = async () => (quick ? await afterBuild(build, unit) : await inOrder([unit]));
  const results = await Promise.all([tests(), inOrder(tools)]);
  return results.flat();
}

/**
 * The system tests, several files at a time: they wait for processes and disks most of the time, each in folders of its own.
 * @param {Processes} processes
 * @param {string} root
 */
export function systemStep(processes, root) {
  const jobs = String(Math.min(mostAtOnce, availableParallelism()));
  return mochaStep(processes, { root, name: 'system', files: systemTests, args: ['--parallel', '--jobs', jobs], timeoutMs: 900_000 });
}

/**
 * Tests of bundles that could not be made would be those of yesterday.
 * @param {() => Promise<StepResult>} build
 * @param {() => Promise<StepResult>} tests
 */
async function afterBuild(build, tests) {
  const [built] = await inOrder([build]);
  return built?.ok === true
    ? await inOrder([tests])
    : [{ name: 'unit', ok: false, output: '', counts: { passed: 0, failed: 1, skipped: 0 } }];
}

/** @param {readonly (() => Promise<StepResult>)[]} steps */
async function inOrder(steps) {
  const results = [];
  for (const step of steps) {
    const startedAt = Date.now();
    const result = await step();
    sayStep(result, startedAt);
    results.push(result);
  }
  return results;
}
