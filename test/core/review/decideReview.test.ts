import assert from 'node:assert/strict';
import { fleetCommandSchema } from '../../../src/core/commands.ts';
import type { Decision } from '../../../src/core/decision.ts';
import { toId } from '../../../src/core/ids.ts';
import { reviewChanges } from '../../../src/core/review/decideReview.ts';
import type { FleetState } from '../../../src/core/state.ts';
import { fold } from '../../support/fold.ts';
import { run, spawn, start } from './facts.ts';

const ann = toId('agent', 'ann');

function decided(state: FleetState, given: Readonly<Record<string, unknown>>): Decision {
  const command = fleetCommandSchema.parse({
    type: 'reviewChanges',
    runId: run,
    path: 'a.ts',
    base: 'h0',
    hunks: ['x'],
    verdict: 'accepted',
    ...given,
  });
  const plan = state.plans[run];
  assert.ok(command.type === 'reviewChanges' && plan !== undefined);
  return reviewChanges(state, plan, command);
}

describe('deciding about changes', () => {
  const state = fold([...start, ...spawn(ann)]);

  it('is one fact, by the person, with every hunk once', () => {
    const decision = decided(state, { agentId: ann, hunks: ['x', 'y', 'x'] });
    assert.ok(decision.ok);
    assert.deepEqual(decision.events, [
      {
        type: 'changesReviewed',
        runId: run,
        agentId: ann,
        path: 'a.ts',
        base: 'h0',
        hunks: ['x', 'y'],
        verdict: 'accepted',
        by: { kind: 'person' },
      },
    ]);
  });

  it('is no fact when it was accepted before, but each rejection is one', () => {
    const first = decided(state, {});
    assert.ok(first.ok);
    const after = fold([...start, ...spawn(ann), ...first.events]);
    const again = decided(after, {});
    assert.ok(again.ok && again.events.length === 0 && again.accepted.reached === 0);
    const other = decided(after, { base: 'h1' });
    assert.ok(other.ok && other.events.length === 1);
    const rejected = decided(after, { verdict: 'rejected' });
    assert.ok(rejected.ok && rejected.events.length === 1);
  });

  it('is refused for an agent of another run', () => {
    const decision = decided(state, { agentId: 'bob' });
    assert.ok(!decision.ok && decision.rejection.code === 'unknown');
  });
});
