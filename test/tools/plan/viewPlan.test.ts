import * as assert from 'node:assert/strict';
import { createViewPlanTool } from '../../../src/tools/plan/viewPlan.ts';
import { fakeArtefact, fakePlan, fakeProposal, fakeTask, withWorker } from '../fakePlan.ts';
import { call, FakeCoordination, fakeAgent } from '../fakes.ts';

const view = createViewPlanTool();

describe('view_plan', () => {
  it('shows every task with what it waits for, and what is proposed and published', async () => {
    const api = withWorker(fakeTask('api', [], { title: 'The API' }), 'me');
    const review = fakeTask('review', ['docs'], { agentType: 'person', gate: { kind: 'person', rounds: 3 }, priority: 'high' });
    const coordination = new FakeCoordination([fakeAgent('me', { taskId: api.id }), fakeAgent('a7', { label: 'scribe' })]);
    coordination.currentPlan = fakePlan(
      [
        { ...withWorker(fakeTask('scan'), 'a7'), status: 'done', verdict: 'approve', round: 2 },
        api,
        fakeTask('docs', ['scan', 'api'], { title: 'Docs | more\nlines', needs: ['contract', 'map'] }),
        review,
        fakeTask('lint', ['scan']),
        fakeTask('old', [], { status: 'skipped', reason: 'scan failed' }),
      ],
      {
        held: 'paused',
        proposals: [fakeProposal('p1', 'a7', [{ kind: 'cancel', taskId: review.id }])],
        artefacts: [fakeArtefact('map', 2, 'a7')],
      },
    );
    assert.equal(
      (await call(view, {}, { coordination })).text,
      [
        '6 tasks, 1 done. Held (paused): no further task starts until the person lets it go on.',
        'id | title | type | status | waits for | assignee | priority',
        'scan | scan | builder | done (approve, round 2) | - | scribe (a7) | medium',
        'api | The API (yours) | builder | running | - | me (me) | medium',
        'docs | Docs more | builder | waiting | api, artefact contract | - | medium',
        'review | review | person | waiting | docs | - | high',
        'lint | lint | builder | waiting | a slot | - | medium',
        'old | old | builder | skipped (scan failed) | - | - | medium',
        '',
        'Open proposals:',
        '- p1 by scribe: cancel review. It is missing.',
        '',
        'Artefacts:',
        '- map, version 2, by scribe, 120 bytes',
        '',
        'Side by side, one group after the other:',
        '- A: api, lint',
        '- B: docs',
        '- C: review',
      ].join('\n'),
    );
  });

  it('is short for a short plan, and says when a gate waits for the person alone', async () => {
    const coordination = new FakeCoordination([fakeAgent('me')]);
    coordination.currentPlan = fakePlan([fakeTask('ok', [], { agentType: 'person', gate: { kind: 'person', rounds: 3 } })]);
    assert.deepEqual((await call(view, {}, { coordination })).text.split('\n').slice(2), [
      'ok | ok | person | waiting | the person | - | medium',
    ]);
  });

  it('says when there is no plan', async () => {
    const result = await call(view, {}, { coordination: new FakeCoordination([fakeAgent('me')]) });
    assert.equal(result.isError, true);
    assert.match(result.text, /This run has no plan/);
  });
});
