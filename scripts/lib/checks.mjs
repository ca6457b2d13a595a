// @ts-check
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { mochaStep, sayStep, toolStep } from './steps.mjs';

/** @typedef {import('./processes.mjs').Processes} Processes */
/** @typedef {import('./steps.mjs').StepResult} StepResult */

const unitTests = 'out/test/unit/**/*.test.mjs';
/** Tests that start processes of their own or work on a whole repository: seconds each, so a check leaves them to `npm test`. */
export const systemTests = 'out/test/unit/**/*.system.test.mjs';

/**
 * Types, lint, format, dead code and unit tests (the architecture test among them), side by side; says how each ended.
 * @param {Processes} processes
 * @param {{ root: string, build: boolean }} options `build`: bundle first, for callers that have not
 * @returns {Promise<readonly StepResult[]>}
 */
export async function runChecks(processes, { root, build }) {
  /** @param {string} name @param {string} script @param {readonly string[]} args */
  const tool = (name, script, args) => () => toolStep(processes, { root, name, script, args });
  const unit = async () => {
    if (build) {
      const built = await toolStep(processes, { root, name: 'unit', script: 'esbuild.mjs', args: ['--tests'] });
      if (!built.ok) {
        return { ...built, counts: { passed: 0, failed: 1, skipped: 0 } };
      }
    }
    return mochaStep(processes, { root, name: 'unit', files: unitTests, args: ['--parallel', '--jobs', '2', '--ignore', systemTests] });
  };
  const steps = [
    unit,
    tool('types', 'node_modules/typescript/bin/tsc', ['--noEmit']),
    tool('lint', 'node_modules/oxlint/bin/oxlint', ['--type-aware', '--deny-warnings']),
    tool('format', 'node_modules/@biomejs/biome/bin/biome', ['format', '.']),
    ...(existsSync(join(root, 'src/extension.ts')) ? [tool('unused', 'node_modules/knip/bin/knip.js', ['--no-progress'])] : []),
  ];
  return Promise.all(
    steps.map(async (step) => {
      const startedAt = Date.now();
      const result = await step();
      sayStep(result, startedAt);
      return result;
    }),
  );
}
