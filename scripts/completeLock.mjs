// @ts-check
/*
 * npm run lock: after a change of dependencies, adds to package-lock.json what npm left out because the registry it asked does not carry
 * the parts of other machines. Without them `npm ci` refuses the whole file.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** @typedef {{ version?: string, optionalDependencies?: Record<string, string>, os?: string[], cpu?: string[], libc?: string[], dev?: boolean, optional?: boolean }} Locked */

const systems = new Set(['aix', 'android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'win32']);
const processors = new Set(['arm', 'arm64', 'ia32', 'loong64', 'mips64el', 'ppc64', 'riscv64', 's390x', 'wasm32', 'x64']);

const file = join(dirname(dirname(fileURLToPath(import.meta.url))), 'package-lock.json');
const lock = JSON.parse(readFileSync(file, 'utf8'));
/** @type {Record<string, Locked>} */
const packages = lock.packages;
let added = 0;
for (const [path, { optionalDependencies, dev }] of Object.entries(packages)) {
  for (const [name, version] of Object.entries(optionalDependencies ?? {})) {
    const place = `node_modules/${name}`;
    if (packages[place] === undefined && packages[`${path}/${place}`] === undefined) {
      packages[place] = { version, ...machineOf(name), ...(dev ? { dev } : {}), optional: true };
      added++;
    }
  }
}
const sorted = Object.entries(packages).sort(([a], [b]) => a.localeCompare(b, 'en'));
writeFileSync(file, `${JSON.stringify({ ...lock, packages: Object.fromEntries(sorted) }, null, 2)}\n`);
process.stdout.write(`package-lock.json: ${added} added\n`);

/** The machine that a package is for, as its name says. @param {string} name @returns {Pick<Locked, 'os' | 'cpu' | 'libc'>} */
function machineOf(name) {
  const words = name.split(/[/.-]/);
  const os = words.find((word) => systems.has(word));
  const cpu = words.find((word) => processors.has(word)) ?? (words.includes('armv7') ? 'arm' : undefined);
  return { ...(cpu ? { cpu: [cpu] } : {}), ...(words.includes('musl') ? { libc: ['musl'] } : {}), ...(os ? { os: [os] } : {}) };
}
