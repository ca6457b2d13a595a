import * as assert from 'node:assert/strict';
import path from 'node:path';
import type { Processes } from '../../../src/workspace/processes.ts';
import { commandEnvironment } from '../../../src/workspace/commandEnvironment.ts';
import { createCommandGate } from '../../../src/workspace/commands/commandGate.ts';
import { createWorkspacePaths } from '../../../src/workspace/workspacePath.ts';
import { makeAttackFixture } from '../../policy/commands/corpus/attackFixture.ts';
import { attacks } from '../../policy/commands/corpus/attacks.ts';
import { ordinaryCommands } from '../../policy/commands/corpus/ordinary.ts';
import { temporaryFolders, writeTree } from '../temporaryFolder.ts';

const neverRun: Pick<Processes, 'run'> = {
  run: () => Promise.reject(new Error('Planning runs nothing')),
};

function gateFor(folder: string) {
  const paths = createWorkspacePaths(() => [{ name: 'w', path: folder }]);
  const environment = () =>
    commandEnvironment(
      { PATH: '/usr/local/bin:/usr/bin:/bin', LANG: 'C.UTF-8' },
      { platform: process.platform, workspaceFolders: [folder] },
    );
  return createCommandGate({ paths, processes: neverRun, environment });
}

async function routesOf(folder: string, commands: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const gate = gateFor(folder);
  const routes = new Map<string, string>();
  for (const command of commands) {
    const plan = await gate.plan({ command, folder: '.' });
    routes.set(command, 'route' in plan ? plan.route : plan.text);
  }
  return routes;
}

describe('the command gate and whole lists of commands', function () {
  this.timeout(60_000);
  const temporaryFolder = temporaryFolders();

  it('SH-01: runs none of the attacks directly', async () => {
    const folder = temporaryFolder();
    await makeAttackFixture(folder);
    const all = Object.values(attacks).flat();
    assert.ok(new Set(all).size >= 300, `${new Set(all).size} different attacks`);
    const routes = await routesOf(path.join(folder, 'w'), all);
    const direct = all.filter((command) => routes.get(command) !== 'shell' && routes.get(command) !== 'denied');
    assert.deepEqual(direct, []);
  });

  it('SH-01: runs at least half of an ordinary day without asking', async () => {
    const folder = temporaryFolder();
    await writeTree(folder, {
      'package.json': '{ "name": "x" }',
      'tsconfig.json': '{}',
      'README.md': '# x',
      'src/index.ts': 'export const a = 1;',
      'src/lib/util.ts': 'export const b = 1;',
      'src/lib/old.ts': '',
      'test/index.test.ts': 'describe("x", () => {});',
      'scripts/build.js': '',
      'node_modules/x/package.json': '{}',
      '.env': 'KEY=1',
      '.git/config': '[core]',
    });
    assert.equal(new Set(ordinaryCommands).size, 80);
    const routes = await routesOf(folder, ordinaryCommands);
    const direct = ordinaryCommands.filter((command) => routes.get(command) === 'direct');
    assert.ok(
      direct.length >= 40,
      `${direct.length} of 80 run directly: ${ordinaryCommands.filter((one) => !direct.includes(one)).join(' § ')}`,
    );
    const writing = direct.filter((command) =>
      /\b(npm (test|run|install)|npx|git (status|diff|add|commit)|mkdir|touch|rm|cp|mv)\b/.test(command),
    );
    assert.deepEqual(writing, []);
  });
});
