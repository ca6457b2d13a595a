import assert from 'node:assert/strict';
import type { FleetEvent } from '../../../src/core/events.ts';
import { toId } from '../../../src/core/ids.ts';
import { badgeOf, openRequests, requestOf } from '../../../src/core/openRequests.ts';
import { trainRequestRow } from '../../../src/core/plan/planRows.ts';
import { openTrainRequests, trainCommand, trainRowText } from '../../../src/core/train/trainRequest.ts';
import { trainOf } from '../../../src/core/train/trainCandidates.ts';
import { fold, foldStart } from '../../support/fold.ts';

const runId = toId('run', 'r');
const trainId = toId('train', 'train-1');
const agentId = toId('agent', 'ann');
const commit = (digit: string) => digit.repeat(40);
const by = { kind: 'person' } as const;

const started: readonly FleetEvent[] = [
  { type: 'runStarted', runId, label: 'Fix it', task: 't', by },
  {
    type: 'trainStarted',
    trainId,
    runId,
    by,
    folder: 'work',
    branch: 'refs/heads/main',
    base: commit('a'),
    check: 'make test',
    landing: 'ask',
    cars: [{ agentId, label: 'ann', taskIds: [], ref: 'refs/x', after: [] }],
  },
];
const red: readonly FleetEvent[] = [
  ...started,
  { type: 'carMerged', trainId, agentId, head: commit('b'), commit: commit('c'), files: 2, byHand: false },
  { type: 'checkFailed', trainId, agentId, commit: commit('c'), exitCode: 2, output: 'it is broken' },
  { type: 'checkPassed', trainId, commit: commit('a') },
];

describe('what a merge train asks', () => {
  it('asks nothing while it goes on by itself, and says in the row of the run where it is', () => {
    const state = fold(started);
    assert.deepEqual(openRequests(state), []);
    assert.equal(badgeOf(state), undefined);
    assert.equal(trainRowText(trainOf(state, runId)), 'Merging ann');
  });

  it('asks about a red check with its output, once under its own id, and waits since it stopped', () => {
    const state = fold(red);
    const [request, ...more] = openTrainRequests(state);
    assert.ok(request);
    assert.deepEqual(more, []);
    assert.match(request.title, /failed with exit code 2 with ann/);
    assert.match(request.detail, /it is broken/);
    assert.equal(request.at, foldStart + 4000);
    assert.equal(requestOf(state, request.askId)?.kind, 'train');
    assert.equal(badgeOf(state)?.value, 1);
    assert.equal(trainRequestRow(request, state.runs[runId], request.at + 60_000).description, 'Fix it · merge into main · 1 min');
  });

  it('asks about a conflict with both sides of it', () => {
    const hunk = { line: 3, ours: 'Good day.', theirs: 'Hi there.' };
    const files = [{ path: 'a.md', kind: 'content' as const, hunks: [hunk], moreHunks: 0 }];
    const [request] = openTrainRequests(
      fold([...started, { type: 'carConflicted', trainId, agentId, head: commit('b'), files, counterparts: [] }]),
    );
    assert.match(request?.detail ?? '', /a\.md: .*line 3[^]*so far has:\n {2}> Good day\.\n {2}and ann has:\n {2}> Hi there\./);
  });

  it('takes only the answers that it offers', () => {
    const [request] = openTrainRequests(fold(red));
    assert.ok(request);
    assert.deepEqual(trainCommand(request, 'accept'), { type: 'accept', agentId });
    assert.deepEqual(trainCommand(request, 'sendBack', 'why'), { type: 'sendBack', agentId, note: 'why' });
    assert.deepEqual(trainCommand(request, 'skip', ' '), { type: 'skip', agentId, reason: 'left out by you' });
    assert.equal(trainCommand(request, 'land'), undefined);
    assert.equal(trainCommand(request, 'finishByHand'), undefined);
  });

  it('asks anew about the next stop, and about an agent that is gone while its work was sent back', () => {
    const [first] = openTrainRequests(fold(red));
    const [second] = openTrainRequests(fold([...red, { type: 'carSentBack', trainId, agentId, note: 'n', by }]));
    assert.notEqual(second?.askId, first?.askId);
    assert.deepEqual(
      second?.options.map((option) => option.choice),
      ['retry', 'skip', 'abort'],
    );
    assert.ok(second);
    assert.deepEqual(trainCommand(second, 'retry'), { type: 'retry', agentId });
  });

  it('asks before the branch is moved, and nothing once it has ended', () => {
    const ready: readonly FleetEvent[] = [...red, { type: 'carAccepted', trainId, agentId, by }];
    const [request] = openTrainRequests(fold(ready));
    assert.equal(request?.title, 'Ready: 1 agent for main');
    const ended: readonly FleetEvent[] = [...ready, { type: 'trainEnded', trainId, outcome: 'landed', commit: commit('c'), by }];
    assert.deepEqual(openRequests(fold(ended)), []);
  });
});
