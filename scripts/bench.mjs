// @ts-check
/* npm run bench: builds the bench and runs it; arguments go to it. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureDependencies } from './lib/npm.mjs';
import { createProcesses } from './lib/processes.mjs';
import { say, toolStep } from './lib/steps.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const processes = createProcesses();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.once(signal, () => void processes.stopAll().then(() => process.exit(130)));
}
await ensureDependencies(processes, root, say);
const built = await toolStep(processes, { root, name: 'build', script: 'esbuild.mjs', args: ['--tests=test/bench/'] });
const main = join(root, 'out', 'test', 'bench', 'main.mjs');
if (!built.ok || !existsSync(main)) {
  say(built.ok ? 'there is no bench' : built.output);
  process.exitCode = 1;
} else {
  const ended = await processes.run(process.execPath, ['--expose-gc', main, ...process.argv.slice(2)], { cwd: root, onLine: say });
  process.exitCode = ended.code;
}
