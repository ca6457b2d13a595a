import type { Context } from 'mocha';

/**
 * Skips a test that means nothing on this machine, and says why in its title. For what an operating system has not, or a right the one who runs
 * the tests lacks; a program that the tests need and that can be installed is no such reason, and its test fails.
 */
export function needs(context: Context, there: boolean, what: string): void {
  if (there) {
    return;
  }
  const test = context.currentTest ?? context.test;
  if (test !== undefined) {
    test.title += ` (skipped: needs ${what})`;
  }
  context.skip();
}
