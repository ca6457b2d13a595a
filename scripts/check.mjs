// @ts-check
/* npm run check: everything that can be known without a VS Code. */
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runChecks } from './lib/checks.mjs';
import { createProcesses } from './lib/processes.mjs';

const processes = createProcesses();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.once(signal, () => void processes.stopAll().then(() => process.exit(130)));
}
const results = await runChecks(processes, { root: dirname(dirname(fileURLToPath(import.meta.url))), quick: true });
process.exitCode = results.every((result) => result.ok) ? 0 : 1;
