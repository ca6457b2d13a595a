import assert from 'node:assert/strict';
import { toId } from '../../src/core/ids.ts';
import { emptyFleet, type FleetState, type Plan } from '../../src/core/state.ts';
import { FleetNodes } from '../../src/ui/fleetNodes.ts';
import { treeChanges } from '../../src/ui/treeChanges.ts';
import { attemptOf, decisionOf, planOf, taskIn } from '../support/plans.ts';

const runId = toId('run', 'run');
const withPlan = (plan: Plan): FleetState => ({
  ...emptyFleet,
  runs,
  plans: { [runId]: plan },
});
const runs = { [runId]: { id: runId, label: 'Tidy', task: 'Tidy', startedAt: 0, by: { kind: 'person' as const } } };

describe('what two states differ in', () => {
  const nodes = new FleetNodes();
  const keys = (set: ReadonlySet<{ readonly key: string }>) => [...set].map(({ key }) => key).sort();
  const before = withPlan(planOf([taskIn('a'), taskIn('b', { dependencies: [toId('task', 'a')] })]));

  it('is the rows of waiting tasks when one of them comes to its end', () => {
    const after = withPlan(planOf([taskIn('a', { status: 'cancelled' }), taskIn('b', { dependencies: [toId('task', 'a')] })]));
    const changes = treeChanges(before, after, nodes);
    assert.deepEqual(keys(changes.families), []);
    assert.deepEqual(keys(changes.rows), ['run:run', 'task:run/a', 'task:run/b']);
    assert.equal(changes.root, false);
  });

  it('is the family of the run when a task gets its agent', () => {
    const after = withPlan(planOf([taskIn('a', { status: 'running', history: [attemptOf('x')] }), taskIn('b')]));
    assert.deepEqual(keys(treeChanges(before, after, nodes).families), ['run:run']);
  });

  it('is the root when the first decision comes and when the last one goes', () => {
    const asked = withPlan(planOf([], { decisions: [decisionOf('q')] }));
    const answered = withPlan(planOf([], { decisions: [decisionOf('q', { answer: { choice: 'approve', at: 1 } })] }));
    assert.equal(treeChanges(withPlan(planOf([])), asked, nodes).root, true);
    const gone = treeChanges(asked, answered, nodes);
    assert.equal(gone.root, true);
    assert.ok(gone.families.has(nodes.needsYou));
  });
});
