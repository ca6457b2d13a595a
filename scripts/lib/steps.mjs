// @ts-check
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** @typedef {import('./processes.mjs').Processes} Processes */
/** @typedef {{ readonly passed: number, readonly failed: number, readonly skipped: number }} Counts */
/** @typedef {{ readonly name: string, readonly ok: boolean, readonly output: string, readonly counts?: Counts }} StepResult */

/** @param {string} text */
export function say(text) {
  process.stdout.write(`${text}\n`);
}

/**
 * A tool of node_modules, run with this very Node.
 * @param {Processes} processes
 * @param {{ root: string, name: string, script: string, args: readonly string[], timeoutMs?: number }} tool
 * @returns {Promise<StepResult>}
 */
export async function toolStep(processes, { root, name, script, args, timeoutMs = 120_000 }) {
  const ended = await processes.run(process.execPath, [join(root, script), ...args], { cwd: root, timeoutMs });
  const late = ended.timedOut ? `\nstopped after ${timeoutMs / 1000} s` : '';
  return { name, ok: ended.code === 0 && !ended.timedOut, output: `${ended.output}${late}` };
}

/**
 * Runs mocha on bundled tests. A runner that breaks or finds no test counts as one failure.
 * @param {Processes} processes
 * @param {{ root: string, name: string, files: string, args?: readonly string[], env?: Readonly<Record<string, string>>, timeoutMs?: number }} options
 * @returns {Promise<StepResult>}
 */
export async function mochaStep(processes, { root, name, files, args = [], env = {}, timeoutMs = 300_000 }) {
  const folder = mkdtempSync(join(tmpdir(), 'flotilla-counts-'));
  const countsFile = join(folder, 'counts.json');
  try {
    const ended = await processes.run(
      process.execPath,
      [join(root, 'node_modules/mocha/bin/mocha.js'), '--reporter', join(root, 'scripts/lib/countingReporter.mjs'), ...args, files],
      { cwd: root, env: { ...process.env, ...env, FLOTILLA_TEST_COUNTS: countsFile }, timeoutMs },
    );
    const late = ended.timedOut ? `\nstopped after ${timeoutMs / 1000} s` : '';
    const counts = honestCounts(readCounts(countsFile), ended.code === 0 && !ended.timedOut);
    return { name, ok: counts.failed === 0, output: `${ended.output}${late}`, counts };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Counts that admit what a runner could not count itself: that it broke, or ran nothing.
 * @param {Counts} counts
 * @param {boolean} endedWell
 * @returns {Counts}
 */
export function honestCounts(counts, endedWell) {
  const unsaid = counts.failed === 0 && (!endedWell || counts.passed === 0);
  return unsaid ? { ...counts, failed: 1 } : counts;
}

/**
 * @param {string} file
 * @returns {Counts}
 */
export function readCounts(file) {
  try {
    const { passed, failed, skipped } = JSON.parse(readFileSync(file, 'utf8'));
    return { passed: Number(passed), failed: Number(failed), skipped: Number(skipped) };
  } catch (error) {
    if (error instanceof SyntaxError || (error instanceof Error && 'code' in error && error.code === 'ENOENT')) {
      return { passed: 0, failed: 0, skipped: 0 };
    }
    throw error;
  }
}

/**
 * Prints one line for a step that ended, and its output only if it failed.
 * @param {StepResult} result
 * @param {number} startedAt
 */
export function sayStep(result, startedAt) {
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1).padStart(5);
  const counts = result.counts ? `  ${result.counts.passed} passed, ${result.counts.failed} failed` : '';
  say(`${result.ok ? 'ok    ' : 'FAILED'} ${result.name.padEnd(8)} ${seconds} s${counts}`);
  if (!result.ok) {
    say(result.output);
  }
}
