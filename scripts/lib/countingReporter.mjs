// @ts-check
import { writeFileSync } from 'node:fs';
import Mocha from 'mocha';

/** Mocha's dot reporter, which also writes how many tests passed, failed and were skipped to the file named by FLOTILLA_TEST_COUNTS. */
export default class CountingReporter extends Mocha.reporters.Dot {
  /**
   * @param {import('mocha').Runner} runner
   * @param {import('mocha').MochaOptions} options
   */
  constructor(runner, options) {
    super(runner, options);
    runner.once('end', () => {
      const file = process.env['FLOTILLA_TEST_COUNTS'];
      if (file !== undefined) {
        const { passes, failures, pending } = this.stats;
        writeFileSync(file, JSON.stringify({ passed: passes, failed: failures, skipped: pending }));
      }
    });
  }
}
