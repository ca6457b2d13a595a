import { appendFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Mocha from 'mocha';

/** Runs every test beside this file inside the extension host, and leaves results and counts in the files that the launcher names. */
export async function run(): Promise<void> {
  const mocha = new Mocha({ ui: 'bdd', forbidOnly: true, timeout: 30_000, reporter: FileReporter });
  const only = process.env['FLOTILLA_TEST_GREP'];
  if (only !== undefined && only !== '') {
    mocha.grep(only);
  }
  for (const name of readdirSync(__dirname, { recursive: true, encoding: 'utf8' }).sort()) {
    if (name.endsWith('.test.cjs')) {
      mocha.addFile(join(__dirname, name));
    }
  }
  const failures = await new Promise<number>((resolve) => mocha.run(resolve));
  if (failures > 0) {
    throw new Error(`${failures} tests failed`);
  }
}

/** Reports to files, because the console of an extension host drowns in what the editor itself has to say. */
class FileReporter extends Mocha.reporters.Base {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    const log = process.env['FLOTILLA_TEST_LOG'];
    const counts = process.env['FLOTILLA_TEST_COUNTS'];
    const write = (line: string): void => {
      if (log !== undefined) {
        appendFileSync(log, `${line}\n`);
      }
    };
    runner.on('pass', (test) => write(`  passed  ${test.fullTitle()} (${test.duration ?? 0} ms)`));
    runner.on('pending', (test) => write(`  skipped ${test.fullTitle()}`));
    runner.on('fail', (test, error: Error) => write(`  FAILED  ${test.fullTitle()}\n${error.stack ?? error.message}`));
    runner.once('end', () => {
      const { passes, failures, pending } = this.stats;
      if (counts !== undefined) {
        writeFileSync(counts, JSON.stringify({ passed: passes, failed: failures, skipped: pending }));
      }
    });
  }
}
