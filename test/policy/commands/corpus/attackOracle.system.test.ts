import * as assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { deepRun, examples } from '../../../support/examples.ts';
import { seededRandom } from '../../../support/seededRandom.ts';
import { temporaryFolders } from '../../../workspace/temporaryFolder.ts';
import { makeAttackFixture } from './attackFixture.ts';
import { observe } from './attackOracle.ts';
import { type AttackKind, attacks } from './attacks.ts';

interface Attack {
  readonly kind: AttackKind;
  readonly command: string;
}

const all: readonly Attack[] = Object.entries(attacks).flatMap(([kind, commands]) =>
  commands.map((command) => ({ kind: kind as AttackKind, command })),
);

/** Programs that not every machine has. Where one is missing its attacks cannot be seen; the law holds for them all the same. */
const optional =
  'curl wget nc python3 perl ssh tar make gcc openssl strings script busybox rsync jq xxd file less more patch npm git awk'.split(' ');
const missing = new Set(optional.filter((name) => !isInstalled(name)));

function isInstalled(name: string): boolean {
  try {
    execFileSync('/bin/sh', ['-c', 'command -v "$0"', name], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const needsMissing = ({ command }: Attack) => command.split(/[^\w.-]+/).some((word) => missing.has(word));

describe('the attacks', function () {
  this.timeout(900_000);
  const temporaryFolder = temporaryFolders();

  it('SH-01: do what they are said to do, when bash runs them', async () => {
    const seed = Date.now() % 2 ** 31;
    const random = seededRandom(seed);
    const possible = all.filter((attack) => !needsMissing(attack));
    const chosen = possible
      .map((attack) => ({ attack, order: random() }))
      .sort((a, b) => a.order - b.order)
      // What uses the machine up takes its whole time limit: fewer of those.
      .filter(({ attack }, index) => attack.kind !== 'uses the machine up' || index % 4 === 0 || deepRun)
      .slice(0, examples(18, 1000).numRuns)
      .map(({ attack }) => attack);
    const harmless: string[] = [];
    const folder = temporaryFolder();
    const template = path.join(folder, 'template');
    await makeAttackFixture(template);
    let next = 0;
    const worker = async () => {
      for (let index = next++; index < chosen.length; index = next++) {
        const attack = chosen[index];
        if (attack !== undefined) {
          const place = path.join(folder, String(index));
          mkdirSync(place);
          execFileSync('cp', ['-a', `${template}/.`, place]);
          const effects = await observe(place, attack.command, attack.kind === 'uses the network');
          if (!effects.has(attack.kind)) {
            harmless.push(`${attack.kind}: ${attack.command} (seen: ${[...effects].join(', ')})`);
          }
          execFileSync('rm', ['-rf', place]);
        }
      }
    };
    await Promise.all([worker(), worker(), worker()]);
    assert.deepEqual(harmless, [], `of ${chosen.length}, seed ${seed}`);
  });

  it('SH-01: leave no mark when they are harmless, so that the mark means something', async () => {
    const folder = temporaryFolder();
    await makeAttackFixture(folder);
    for (const command of [
      '/bin/ls -la',
      'cat a.txt',
      'echo x > new.txt',
      'find . -name a.txt',
      'mkdir x && rmdir x',
      'grep -n hello a.txt',
    ]) {
      assert.deepEqual([...(await observe(folder, command, false))], [], command);
    }
  });
});
