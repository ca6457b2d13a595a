import * as assert from 'node:assert/strict';
import fc from 'fast-check';
import type { RightsSet } from '../../src/core/events.ts';
import { allRights, covers, intersectRights, mayUse, mayWrite, rightsOfChild } from '../../src/core/rights.ts';
import { toId } from '../../src/core/ids.ts';
import type { Grant } from '../../src/core/state.ts';
import { examples } from '../support/examples.ts';

const routes = ['direct', 'sandboxed', 'shell'] as const;
const tools = ['read_file', 'edit_file', 'run_command', 'report'];
const folder = fc.array(fc.constantFrom('a', 'b', 'ab', 'c'), { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'));
const rights: fc.Arbitrary<RightsSet> = fc.record({
  tools: fc.option(fc.subarray(tools), { nil: undefined }),
  writes: fc.option(fc.array(fc.oneof(folder, fc.constant('.')), { maxLength: 3 }), { nil: undefined }),
  commands: fc.subarray([...routes]),
  network: fc.boolean(),
});

/** Whether a set of rights allows one thing; what is left of a set when everything is tried. */
const allowed = (set: RightsSet, path: string) =>
  [
    ...tools.map((tool) => mayUse(set, tool)),
    ...routes.map((route) => set.commands.includes(route)),
    set.network,
    mayWrite(set, path),
  ] as const;

describe('sets of rights', () => {
  it('CON-06: a child has no right that its parent has not, at any depth, and none that one of its limits withholds', () => {
    fc.assert(
      fc.property(fc.array(fc.array(rights, { maxLength: 2 }), { minLength: 1, maxLength: 5 }), folder, (generations, path) => {
        let parent: { rights: RightsSet } | undefined;
        for (const limits of generations) {
          const child = { rights: rightsOfChild(parent, ...limits) };
          for (const above of [...(parent === undefined ? [] : [parent.rights]), ...limits]) {
            allowed(child.rights, path).forEach((may, index) => assert.ok(!may || allowed(above, path)[index]));
          }
          parent = child;
        }
      }),
      examples(500),
    );
  });

  it('allow together exactly what both allow', () => {
    fc.assert(
      fc.property(rights, rights, folder, (a, b, path) => {
        const both = allowed(intersectRights(a, b), path);
        assert.deepEqual(
          both,
          allowed(a, path).map((may, index) => may && allowed(b, path)[index]),
        );
      }),
      examples(500),
    );
  });

  it('know a folder from one whose name only begins like it', () => {
    const set = { ...allRights, writes: ['src/a'] };
    assert.deepEqual(
      ['src/a', 'src/a/b.ts', 'src/ab.ts', 'src'].map((path) => mayWrite(set, path)),
      [true, true, false, false],
    );
  });
});

describe('a yes for more than one call', () => {
  const [one, other] = [toId('agent', 'one'), toId('agent', 'other')];
  const [run, otherRun] = [toId('run', 'run'), toId('run', 'other')];
  const grant = (scope: Grant['scope']): Grant => ({ hash: 'h', scope, agentId: one, runId: run, seq: 10 });

  it('holds for the agent, for its run, or until the window closes', () => {
    const table = (scope: Grant['scope'], since = 0) =>
      [
        { id: one, runId: run },
        { id: other, runId: run },
        { id: other, runId: otherRun },
      ].map((agent) => covers(grant(scope), agent, since));
    assert.deepEqual(table('agent'), [true, false, false]);
    assert.deepEqual(table('run'), [true, true, false]);
    assert.deepEqual(table('window', 10), [true, true, true]);
    assert.deepEqual(table('window', 11), [false, false, false]);
  });
});
