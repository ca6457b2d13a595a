import assert from 'node:assert/strict';
import type { Effect, FleetEvent } from '../../../src/core/events.ts';
import { toId } from '../../../src/core/ids.ts';
import {
  acceptedHunks,
  baseKey,
  changesOf,
  decisionKey,
  fileKey,
  findFile,
  hasChanges,
  placeText,
} from '../../../src/core/review/changes.ts';
import { reduceEntries } from '../../../src/core/reduceFleet.ts';
import { emptyFleet, type FleetState } from '../../../src/core/state.ts';
import { fold } from '../../support/fold.ts';
import { change, ended, run, spawn, start } from './facts.ts';

const [ann, bob] = [toId('agent', 'ann'), toId('agent', 'bob')];
const agentScope = (agentId: typeof ann) => ({ kind: 'agent', agentId }) as const;
const runScope = { kind: 'run', runId: run } as const;

/** Two agents at work; then these changes, each by the agent it names. */
function after(...changes: readonly (readonly [typeof ann, Extract<Effect, { kind: 'changed' }>])[]): FleetState {
  return fold([...start, ...spawn(ann), ...spawn(bob), ...changes.flatMap(([agentId, one], index) => ended(agentId, index, [one]))]);
}

describe('what agents changed', () => {
  it('is told from the first change of the scope on, with who else changed it', () => {
    const state = after(
      [ann, change('a.ts', 'h0', 'h1')],
      [bob, change('a.ts', 'h1', 'h2')],
      [bob, change('b.ts', 'k0', 'k1')],
      [ann, change('a.ts', 'h2', 'h3')],
    );
    const edited = { base: { kind: 'kept', before: 'h0', beforeAs: undefined }, change: 'edited' };
    for (const scope of [agentScope(ann), agentScope(bob), runScope]) {
      for (const file of changesOf(state, scope)) {
        assert.deepEqual(changesOf(state, scope, file), [file]);
      }
      assert.deepEqual(changesOf(state, scope, { path: 'c.ts' }), []);
    }
    assert.deepEqual(changesOf(state, agentScope(ann)), [{ path: 'a.ts', ...edited, agents: [ann], others: [bob] }]);
    assert.deepEqual(
      changesOf(state, agentScope(bob)).map(({ path, base, others }) => [path, baseKey(base), others]),
      [
        ['a.ts', 'h1', [ann]],
        ['b.ts', 'k0', []],
      ],
    );
    assert.deepEqual(
      changesOf(state, runScope).map(({ path, base, agents, others }) => [path, baseKey(base), agents, others]),
      [
        ['a.ts', 'h0', [bob, ann], []],
        ['b.ts', 'k0', [bob], []],
      ],
    );
  });

  it('keeps apart the same path in folders of agents, and what is decided about it', () => {
    const own = (agentId: typeof ann, id: string): FleetEvent => ({
      type: 'workplaceMade',
      agentId,
      workplace: { id, root: `/w/${id}`, folder: `/w/${id}`, start: 'c0', madeFor: agentId, notes: [] },
    });
    const [cat, dan] = [toId('agent', 'cat'), toId('agent', 'dan')];
    const made = [...spawn(ann), ...spawn(bob), ...spawn(cat), ...spawn(dan), own(ann, 'one'), own(bob, 'two'), own(dan, 'one')];
    const edits = [ann, bob, cat].flatMap((id, index) => ended(id, index, [change('a.ts', 'h0', `h-${id}`)]));
    const state = fold([...start, ...made, ...edits, ...ended(dan, 9, [change('a.ts', 'h-ann', 'h-dan')])]);
    const files = changesOf(state, runScope);
    assert.deepEqual(
      files.map((file) => [file.place, file.agents, file.others, fileKey(file), decisionKey(file), placeText(state, file)]),
      [
        [undefined, [cat], [], 'a.ts', 'h0', ''],
        ['one', [ann, dan], [], 'one:a.ts', 'h0 in one', ' in the worktree of label of ann, label of dan'],
        ['two', [bob], [], 'two:a.ts', 'h0 in two', ' in the worktree of label of bob'],
      ],
    );
    files.forEach((file) => assert.deepEqual(changesOf(state, runScope, file), [file]));
    const reviewed = files.map((file) => ({ file }));
    assert.deepEqual(
      ['two:a.ts', 'a.ts', 'b.ts'].map((name) => findFile(reviewed, name)?.file),
      [files[2], files[0], undefined],
    );
    assert.deepEqual(
      changesOf(state, agentScope(dan)).map(({ place, base }) => [place, baseKey(base)]),
      [['one', 'h-ann']],
    );
  });

  it('tells created from edited and deleted by the first and the last change', () => {
    const state = after(
      [ann, change('new.ts', undefined, 'n1', 'created')],
      [ann, change('new.ts', 'n1', 'n2')],
      [ann, change('old.ts', 'o0', undefined, 'deleted')],
      [ann, { ...change('big.ts', undefined, 'g1'), change: 'edited' }],
    );
    assert.deepEqual(
      changesOf(state, runScope).map(({ path, base, change: what }) => [path, base.kind, what]),
      [
        ['big.ts', 'unknown', 'edited'],
        ['new.ts', 'nothing', 'created'],
        ['old.ts', 'kept', 'deleted'],
      ],
    );
  });

  it('puts changes of one moment in the order in which one continues the other', () => {
    const events = [
      ...start,
      ...spawn(ann),
      ...spawn(bob),
      ...ended(ann, 1, [change('a.ts', 'h1', 'h2')]),
      ...ended(bob, 2, [change('a.ts', 'h0', 'h1')]),
    ];
    const state = reduceEntries(
      emptyFleet,
      events.map((event: FleetEvent, index) => ({ seq: index + 1, at: 1000, event })),
    );
    assert.deepEqual(
      changesOf(state, runScope).map(({ base, agents }) => [baseKey(base), agents]),
      [['h0', [bob, ann]]],
    );
  });

  it('is nothing for who changed nothing or is gone', () => {
    const state = after([ann, change('a.ts', 'h0', 'h1')]);
    assert.deepEqual(changesOf(state, agentScope(bob)), []);
    assert.equal(hasChanges(state, agentScope(bob)), false);
    assert.equal(hasChanges(state, runScope), true);
    assert.deepEqual(changesOf(state, agentScope(toId('agent', 'nobody'))), []);
  });
});

describe('decisions about changes', () => {
  const review = (hunks: readonly string[], verdict: 'accepted' | 'rejected', base = 'h0'): FleetEvent => ({
    type: 'changesReviewed',
    runId: run,
    path: 'a.ts',
    base,
    hunks: [...hunks],
    verdict,
    by: { kind: 'person' },
  });

  it('are found again for the same file and the same past, and for no other', () => {
    const state = fold([...start, review(['x', 'y'], 'accepted'), review(['z'], 'rejected'), review(['w'], 'accepted', 'h9')]);
    const plan = state.plans[run];
    assert.deepEqual([...acceptedHunks(plan, 'a.ts', 'h0')], ['x', 'y']);
    assert.deepEqual([...acceptedHunks(plan, 'a.ts', 'h9')], ['w']);
    assert.deepEqual([...acceptedHunks(plan, 'b.ts', 'h0')], []);
    assert.deepEqual([...acceptedHunks(undefined, 'a.ts', 'h0')], []);
  });
});
