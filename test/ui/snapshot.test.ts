import assert from 'node:assert/strict';
import { toId } from '../../src/core/ids.ts';
import { emptyFleet, type FleetState } from '../../src/core/state.ts';
import { toSnapshot } from '../../src/ui/snapshot.ts';
import { attemptOf, decisionOf, planOf, taskIn } from '../support/plans.ts';

const runId = toId('run', 'run');
const state: FleetState = {
  ...emptyFleet,
  runs: { [runId]: { id: runId, label: 'Tidy', task: 'Tidy up', workflow: 'feature', startedAt: 7, by: { kind: 'person' } } },
  plans: {
    [runId]: planOf(
      [
        taskIn('a', { status: 'done', history: [attemptOf('x')], verdict: 'approve', round: 2 }),
        taskIn('b', { dependencies: [toId('task', 'c')] }),
        taskIn('c'),
      ],
      { decisions: [decisionOf('q')] },
    ),
  },
};

describe('a snapshot', () => {
  const snapshot = toSnapshot(state, undefined, 0);

  it('has the tasks of a run with what they wait for', () => {
    const [run] = snapshot.runs;
    assert.equal(run?.workflow, 'feature');
    assert.deepEqual(
      run?.tasks.map(({ id, status, reason, agentId, verdict, round }) => [id, status, reason, agentId, verdict, round]),
      [
        ['a', 'done', null, 'x', 'approve', 2],
        ['b', 'waiting', 'waits for c', null, null, 1],
        ['c', 'waiting', 'ready, waits for your approval', null, null, 1],
      ],
    );
  });

  it('has decisions among the approvals, with their choices', () => {
    assert.deepEqual(snapshot.approvals, [
      {
        id: 'q',
        runId: 'run',
        agentId: null,
        kind: 'decision',
        title: 'Start 12 agents?',
        plan: 'Expected in all: about 1M tokens.',
        options: [
          { choice: 'approve', label: 'Start 12 agents' },
          { choice: 'decline', label: 'Do not start them' },
        ],
      },
    ]);
  });

  it('is plain JSON', () => {
    assert.deepEqual(JSON.parse(JSON.stringify(snapshot)), snapshot);
  });
});
