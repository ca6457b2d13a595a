import * as assert from 'node:assert/strict';
import { toId } from '../../../src/core/ids.ts';
import { gateQuestion } from '../../../src/core/plan/planQuestions.ts';
import { emptyFleet, type Task } from '../../../src/core/state.ts';
import { planOf, taskIn } from '../../support/plans.ts';

describe('the question of a gate', () => {
  const gate = taskIn('gate', {
    agentType: 'person',
    dependencies: [toId('task', 'plan')],
    gate: { kind: 'person', backTo: toId('task', 'plan'), rounds: 3 },
  });
  const after = (id: string) => taskIn(id, { title: `Title of ${id}`, dependencies: [gate.id] });
  const choices = (next: readonly Task[]) => {
    const plan = planOf([taskIn('plan', { title: 'Plan' }), gate, ...next]);
    const event = gateQuestion({ ...emptyFleet, plans: { [plan.runId]: plan } }, plan, gate, (kind) => toId(kind, 'new'));
    assert.ok(event.type === 'decisionAsked');
    return event.ask.options.map(({ choice, detail }) => `${choice}: ${detail ?? ''}`);
  };

  it('says what each choice leads to, by the names of the tasks', () => {
    const reject = 'reject: What waits for it is skipped; the rest of the run goes on.';
    const changes = 'changes: Plan is done again with what you write.';
    assert.deepEqual(choices([after('a')]), ['approve: Next: Title of a.', changes, reject]);
    assert.equal(choices([after('a'), after('b'), after('c')])[0], 'approve: Next: Title of a and 2 other tasks.');
    assert.equal(choices([])[0], 'approve: Nothing else waits for it.');
  });
});
