// @ts-check
/* npm run package: a .vsix that holds the product and nothing else. */
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureDependencies } from './lib/npm.mjs';
import { createProcesses } from './lib/processes.mjs';
import { say, toolStep } from './lib/steps.mjs';

/** 600 KB of it are the two programs of the sandbox. */
const maxBytes = 1_900_000;
/** What the main bundle may weigh before anything lazy is loaded. */
const maxMainBytes = 700_000;
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const processes = createProcesses();

/** @param {string} name @param {string} script @param {readonly string[]} args */
async function must(name, script, args) {
  const result = await toolStep(processes, { root, name, script, args });
  if (!result.ok) {
    throw new Error(`${name} failed:\n${result.output}`);
  }
  return result.output;
}

await ensureDependencies(processes, root, say);
rmSync(join(root, 'dist'), { recursive: true, force: true });
await must('build', 'esbuild.mjs', []);
const { name, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const file = join(root, `${name}-${version}.vsix`);
const vsce = 'node_modules/@vscode/vsce/vsce';
const listed = await must('list', vsce, ['ls', '--no-dependencies']);
const strangers = listed.split('\n').filter((path) => /(^|\/)(src|test|scripts|webview|node_modules|out)\/|\.(tsx?|map)$/.test(path));
await must('package', vsce, ['package', '--no-dependencies', '--allow-missing-repository', '--no-rewrite-relative-links', '--out', file]);

const bytes = statSync(file).size;
const main = statSync(join(root, 'dist', 'extension.js')).size + bytesOfStatic(join(root, 'dist', 'extension.js'));
/** @type {readonly (readonly [boolean, string])[]} */
const problems = [
  [strangers.length > 0, `holds what it should not: ${strangers.join(', ')}`],
  [bytes >= maxBytes, `weighs ${bytes} bytes, ${maxBytes} are allowed`],
  [main > maxMainBytes, `loads ${main} bytes at once, ${maxMainBytes} are allowed`],
  [!existsSync(join(root, 'dist', 'webview.js')), 'has no timeline'],
];
for (const [, text] of problems.filter(([is]) => is)) {
  say(`${name}-${version}.vsix ${text}`);
  process.exitCode = 1;
}
say(
  `${name}-${version}.vsix: ${Math.ceil(bytes / 1024)} KB, ${listed.split('\n').filter((line) => line !== '').length} files, ${Math.ceil(main / 1024)} KB loaded at once`,
);

/** The bytes of the chunks that a bundle requires as it loads, itself left out; what it imports later is behind a promise. @param {string} bundle */
function bytesOfStatic(bundle) {
  const chunks = new Set(readdirSync(join(root, 'dist', 'chunks')));
  const seen = new Set();
  const queue = [readFileSync(bundle, 'utf8')];
  let total = 0;
  for (let text = queue.shift(); text !== undefined; text = queue.shift()) {
    for (const match of text.matchAll(/(=>\s*\w*\(?)?require\("\.\/(?:chunks\/)?([\w.-]+)"\)/g)) {
      const chunk = match[2] ?? '';
      if (match[1] === undefined && chunks.has(chunk) && !seen.has(chunk)) {
        seen.add(chunk);
        total += statSync(join(root, 'dist', 'chunks', chunk)).size;
        queue.push(readFileSync(join(root, 'dist', 'chunks', chunk), 'utf8'));
      }
    }
  }
  return total;
}
