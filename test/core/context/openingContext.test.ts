import * as assert from 'node:assert/strict';
import { toId } from '../../../src/core/ids.ts';
import { openingContextOf, readableTasks } from '../../../src/core/context/openingContext.ts';
import type { Artefact } from '../../../src/core/state.ts';
import { endedAgent, fakeAttempt, fakeReport, fakeRunId, fakeState, fakeTask } from '../../support/fakePlan.ts';
import { fakeAgent } from '../../tools/fakes.ts';

const task = (id: string) => toId('task', id);
const done = (id: string, by: string) => fakeTask(id, { status: 'done', history: [fakeAttempt(by, { outcome: 'done' })] });
const doneAgent = (id: string, summary = `${id} says so.`) => endedAgent(id, { kind: 'done', report: fakeReport(summary) });
const artefact = (name: string): Artefact => ({ name, version: 1, agentId: toId('agent', 'a'), hash: 'h', bytes: 3, at: 0 });
const failedAgent = (id: string, message: string, filesChanged: readonly string[] = []) =>
  endedAgent(id, { kind: 'failed', failure: { kind: 'contextWindow', message, next: '' } }, { filesChanged });

describe('what the next agent of a task is given', () => {
  it('is the reports of the tasks it depends on, in their order, and no other', () => {
    const build = fakeTask('build', { dependencies: [task('scout'), task('plan')], brief: { objective: 'Build.', withheld: 'The bill.' } });
    const state = fakeState(
      [done('plan', 'a'), done('scout', 'b'), done('other', 'c'), build],
      [doneAgent('a'), doneAgent('b'), doneAgent('c')],
    );
    const given = openingContextOf(state, fakeRunId, build);
    assert.deepEqual(
      given.reports.map(({ task: { id }, agentLabel, report }) => [id, agentLabel, report.summary]),
      [
        ['scout', 'b', 'b says so.'],
        ['plan', 'a', 'a says so.'],
      ],
    );
    assert.deepEqual(given.withheld, [
      { name: 'The bill.', why: 'left out by the author of the brief' },
      { name: 'Report of other (other)', why: 'its task is not a dependency' },
    ]);
    assert.equal(given.earlier, undefined);
    assert.equal(given.handoff, undefined);
  });

  it('says which dependencies have no report, and why', () => {
    const sum = fakeTask('sum', { partial: true, dependencies: [task('a'), task('b'), task('gate'), task('gone')] });
    const tasks = [
      fakeTask('a', { status: 'failed', reason: 'no tests' }),
      fakeTask('b', { status: 'skipped' }),
      fakeTask('gate', { status: 'done', agentType: 'person' }),
      done('gone', 'deleted'),
      sum,
    ];
    assert.deepEqual(
      openingContextOf(fakeState(tasks, []), fakeRunId, sum).missing?.map(({ task: { id }, why }) => [id, why]),
      [
        ['a', 'failed: no tests'],
        ['b', 'skipped'],
        ['gate', 'the person approved it; there was no agent'],
        ['gone', 'its agent was deleted'],
      ],
    );
  });

  it('takes the dependencies that were worked out while the run went', () => {
    const sum = fakeTask('sum', { collects: task('lead') });
    const state = fakeState([done('part', 'a'), sum], [doneAgent('a')]);
    assert.equal(openingContextOf(state, fakeRunId, sum, [task('part')]).reports.length, 1);
  });

  it('names the artefacts the task needs, and keeps count of the others', () => {
    const build = fakeTask('build', { needs: ['api'] });
    const given = openingContextOf(fakeState([build], [], { artefacts: [artefact('api'), artefact('schema')] }), fakeRunId, build);
    assert.deepEqual(
      given.artefacts.map(({ name }) => name),
      ['api'],
    );
    assert.deepEqual(given.withheld, [{ name: 'Artefact schema', why: 'its task does not need it' }]);
  });

  it('tells of the attempt that failed, and of what all failed ones changed', () => {
    const build = fakeTask('build', {
      history: [fakeAttempt('a', { outcome: 'failed', failure: 'tests fail' }), fakeAttempt('b', { outcome: 'failed' })],
    });
    const notes = [{ kind: 'noted' as const, name: 'map', hash: 'h', bytes: 1 }];
    const b = { ...failedAgent('b', 'The context window is full.', ['y.ts']), filesRead: ['r.ts'], notes };
    const { earlier } = openingContextOf(fakeState([build], [failedAgent('a', 'x', ['x.ts']), b]), fakeRunId, build);
    assert.deepEqual(earlier, {
      failure: 'The context window is full.',
      filesChanged: ['x.ts', 'y.ts'],
      filesRead: ['r.ts'],
      notes: ['map'],
    });
  });

  it('hands over what an agent left, and the agents it had at work', () => {
    const report = fakeReport('Half done.', { handoff: { done: 'the lexer', left: 'the parser' } });
    const lead = endedAgent('lead', { kind: 'done', report }, { filesChanged: ['lexer.ts'] });
    const own = fakeTask('lead', { history: [fakeAttempt('lead', { outcome: 'done' })] });
    const child = fakeAgent('child', { parentId: lead.id });
    const open = fakeTask('later', { owner: lead.id, dependencies: [task('child')] });
    const { handoff, earlier } = openingContextOf(fakeState([own, open], [lead, child]), fakeRunId, own);
    assert.equal(earlier, undefined);
    assert.equal(handoff?.report.handoff?.left, 'the parser');
    assert.deepEqual(handoff?.filesChanged, ['lexer.ts']);
    assert.equal(
      handoff?.roster,
      'Your agents:\n- child (child), general, thinking: test\n\nTasks you asked for that are not done:\n- later, waiting, after child: later',
    );
  });

  it('keeps a handoff through an attempt that failed after it, and forgets it once an agent was done', () => {
    const handed = endedAgent('a', { kind: 'done', report: fakeReport('x', { handoff: { done: 'd', left: 'l' } }) });
    const history = [fakeAttempt('a', { outcome: 'done' }), fakeAttempt('b', { outcome: 'failed', failure: 'broke' })];
    const build = fakeTask('build', { history });
    const given = openingContextOf(fakeState([build], [handed, failedAgent('b', 'broke')]), fakeRunId, build);
    assert.equal(given.handoff?.report.handoff?.left, 'l');
    assert.equal(given.earlier?.failure, 'broke');
    const again = fakeTask('build', { history: [...history, fakeAttempt('c', { outcome: 'done' })] });
    const later = openingContextOf(fakeState([again], [handed, failedAgent('b', 'broke'), doneAgent('c')]), fakeRunId, again);
    assert.equal(later.handoff, undefined);
    assert.equal(later.earlier, undefined);
  });

  it('stays small in a large run', () => {
    const tasks = Array.from({ length: 200 }, (_, index) => done(`t${index}`, 'a'));
    const own = fakeTask('own');
    const { withheld } = openingContextOf(fakeState([...tasks, own], [doneAgent('a')]), fakeRunId, own);
    assert.equal(withheld.length, 21);
    assert.equal(withheld.at(-1)?.name, '180 more reports and artefacts');
  });
});

describe('the reports an agent may read in full', () => {
  it('are those of its dependencies, of what it collects, and of what it asked for', () => {
    const lead = fakeAgent('lead', { taskId: task('plan') });
    const me = fakeAgent('me', { taskId: task('sum') });
    const by = { kind: 'agent', agentId: lead.id } as const;
    const tasks = [
      fakeTask('first'),
      fakeTask('plan'),
      fakeTask('part', { addedBy: by }),
      fakeTask('mine', { owner: me.id }),
      fakeTask('other'),
      fakeTask('sum', { dependencies: [task('first')], collects: task('plan') }),
    ];
    assert.deepEqual(
      readableTasks(fakeState(tasks, [lead, me]), me).map(({ id }) => id),
      ['first', 'part', 'mine'],
    );
    assert.deepEqual(readableTasks(fakeState(tasks, [lead]), fakeAgent('stranger')), []);
  });
});
