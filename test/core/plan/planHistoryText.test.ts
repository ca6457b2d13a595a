import assert from 'node:assert/strict';
import { toId } from '../../../src/core/ids.ts';
import { planHistoryText } from '../../../src/core/plan/planHistoryText.ts';
import { reducePlan } from '../../../src/core/plan/reducePlan.ts';
import type { Plan } from '../../../src/core/state.ts';
import { samplePlan, sampleTask } from '../../support/samplePlan.ts';

const words = { label: 'Add a command', nameOf: ({ kind }: { kind: string }) => kind, timeOf: (at: number) => `t${at}` };
const worker = { kind: 'agent', agentId: toId('agent', 'w') } as const;
const person = { kind: 'person' } as const;
const proposalId = toId('proposal', 'p1');

describe('the history of a plan', () => {
  it('tells every change with its author and reason, newest first', () => {
    const plan = samplePlan();
    const task = sampleTask('docs', {
      priority: 'high',
      brief: { objective: 'First.\nSecond.\nThird.', constraints: { doneCriteria: ['it is done'] } },
    });
    const changes = [
      { kind: 'edit', task } as const,
      { kind: 'move', taskId: toId('task', 'docs'), before: toId('task', 'test') } as const,
      { kind: 'add', task: sampleTask('more', { dependencies: [toId('task', 'docs')] }) } as const,
    ];
    const changed = reducePlan(plan, { type: 'planChanged', runId: plan.runId, by: person, reason: 'Docs\nfirst', changes }, 6000);
    const again = { ...task, brief: { ...task.brief, objective: 'First.\n2nd.\nThird.' } };
    const last = reducePlan(
      changed,
      { type: 'planChanged', runId: plan.runId, by: worker, reason: '', changes: [{ kind: 'edit', task: again }] },
      7000,
    );
    const text = planHistoryText(last, words);
    assert.equal(
      text.slice(0, text.indexOf('@@ 1 ')),
      `Plan of the run "Add a command": 4 changes, newest first

@@ 4 · t7000 · agent @@
! docs: Do docs
    objective:
-     Second.
+     2nd.

@@ 3 · t6000 · person @@
Reason: Docs
! docs: Do docs
+   priority: high
-   objective: Do docs.
+   objective:
+     First.
+     Second.
+     Third.
! docs: moved before test
+ more: Do more
+   agent: builder
+   dependsOn: docs
+   objective: Do more.
+   doneCriteria: it is done

@@ 2 · t5000 · person @@
Reason: Not needed
- old: Do old (cancelled)

`,
    );
  });

  it('tells proposals with what became of them', () => {
    const plan = samplePlan();
    const changes = [{ kind: 'cancel', taskId: toId('task', 'docs') } as const];
    const proposed = reducePlan(
      plan,
      { type: 'changeProposed', runId: plan.runId, proposalId, by: worker, reason: 'Nobody reads it', changes },
      6000,
    );
    assert.match(
      planHistoryText(proposed, words),
      /: 2 changes, 1 open proposal, newest first\n\n@@ Proposal · t6000 · agent @@\nReason: Nobody reads it\nOpen: nobody has decided yet\n- docs: Do docs \(cancelled\)\n/,
    );
    const rejected = settled(proposed, false);
    assert.match(planHistoryText(rejected, words), /Rejected by person, t7000: Not now\n- docs/);
    const accepted = reducePlan(
      settled(proposed, true),
      { type: 'planChanged', runId: plan.runId, by: person, reason: 'Nobody reads it', changes, proposalId },
      7000,
    );
    assert.match(
      planHistoryText(accepted, words),
      /@@ 3 · t7000 · person @@\nReason: Nobody reads it\nProposed by agent\n- docs: Do docs \(cancelled\)\n\n@@ Proposal[^@]*@@\nReason: Nobody reads it\nAccepted by person, t7000: Not now\n\n/,
    );
  });
});

function settled(plan: Plan, accepted: boolean): Plan {
  return reducePlan(plan, { type: 'proposalSettled', runId: plan.runId, proposalId, accepted, reason: 'Not now', by: person }, 7000);
}
