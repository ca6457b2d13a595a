import * as assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { examples } from '../../support/examples.ts';
import { TrainPlace } from '../../support/trainPlace.ts';

const names = ['a.txt', 'b.txt', 'c/d.txt', 'c/e.txt'] as const;
const start = Object.fromEntries(names.map((name) => [name, ['1', '2', '3', '4', '5', '6'].map((line) => `${line}\n`).join('')]));

/** One change: a line of a file, a new file, or a deletion. */
const change = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('line' as const), file: fc.constantFrom(...names), line: fc.nat(5) }) },
  fc.record({ kind: fc.constant('new' as const), file: fc.constantFrom('new.txt', 'c/new.txt'), line: fc.nat(5) }),
  fc.record({ kind: fc.constant('gone' as const), file: fc.constantFrom(...names), line: fc.nat(5) }),
);
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

function apply(folder: string, changes: readonly Change[], who: string, write: (files: Record<string, string>) => void): void {
  for (const { kind, file, line } of changes) {
    const absolute = join(folder, file);
    if (kind === 'gone') {
      rmSync(absolute, { force: true });
    } else if (kind === 'new' || existsSync(absolute)) {
      const lines = kind === 'new' ? ['x'] : readFileSync(absolute, 'utf8').split('\n');
      write({ [file]: lines.map((text, index) => (index === line || kind === 'new' ? `${who} ${line}` : text)).join('\n') });
    }
  }
}

describe('merge trains over random work', () => {
  it('come to what merging by hand in the same order comes to, and touch nothing the person has not committed', async () => {
    const some = fc.array(change, { minLength: 1, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(fc.array(some, { minLength: 1, maxLength: 3 }), some, some, async (cars, committed, uncommitted) => {
        const at = new TrainPlace(start);
        try {
          for (const [index, changes] of cars.entries()) {
            const folder = at.agentFolder(`agent${index}`);
            at.agent(`agent${index}`, {});
            apply(folder, changes, `agent${index}`, (files) => at.place.write(folder, files));
            at.place.plain(folder, 'add', '-A');
            at.place.plain(folder, 'commit', '-q', '--allow-empty', '-m', 'work');
          }
          apply(at.folder, committed, 'committed', (files) => at.write(files));
          at.git('add', '-A');
          at.git('commit', '-q', '--allow-empty', '-m', 'by the person');
          const base = at.git('rev-parse', 'main');

          const byHand = join(at.place.root, 'by-hand');
          at.git('worktree', 'add', '-q', '--detach', byHand, 'main');
          const merged = cars.map((_, index) => {
            try {
              at.place.plain(byHand, 'merge', '-q', '--no-ff', '-m', 'm', `agent/agent${index}`);
              return 'done';
            } catch {
              at.place.plain(byHand, 'merge', '--abort');
              return 'skipped';
            }
          });

          apply(at.folder, uncommitted.slice(0, 1), 'staged', (files) => at.write(files));
          at.git('add', '-A');
          apply(at.folder, uncommitted.slice(1), 'unstaged', (files) => at.write(files));
          const mine = at.mine();
          const before = at.git('diff', '--binary');

          await at.start({ check: undefined, landing: 'auto' });
          for (let train = await at.advance(); train.stop !== undefined; train = await at.advance()) {
            assert.ok(train.stop.kind === 'conflict');
            assert.ok(train.stop.counterparts.length > 0);
            await at.say({ type: 'skip', agentId: train.stop.agentId, reason: 'conflict' });
          }
          assert.deepEqual(
            at.now().cars.map((car) => car.status),
            merged,
          );
          assert.deepEqual({ ...at.mine(), head: mine.head }, mine);
          assert.equal(at.git('diff', '--binary'), before);
          assert.equal(at.git('merge-base', '--is-ancestor', base, 'main'), '');
          const wanted = at.place.plain(byHand, 'rev-parse', 'HEAD^{tree}');
          const blocked = at.now().blocked;
          if (blocked === undefined) {
            assert.equal(at.git('rev-parse', 'main^{tree}'), wanted);
            assert.deepEqual(at.leftovers(), []);
            return;
          }
          assert.equal(at.git('rev-parse', 'main'), base);
          const changed = at.git('diff', '--name-only', '--no-renames', base, wanted).split('\n');
          assert.ok(blocked.files.length > 0 && blocked.files.every((file) => changed.includes(file.path)));
          at.git('reset', '-q', '--hard');
          at.git('clean', '-qfd');
          await at.say({ type: 'land' });
          await at.advance();
          assert.equal(at.git('rev-parse', 'main^{tree}'), wanted);
          assert.equal(at.git('status', '--porcelain'), '');
        } finally {
          at.remove();
        }
      }),
      examples(4, 200),
    );
  }).timeout(240_000);
});
