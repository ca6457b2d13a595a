import * as assert from 'node:assert/strict';
import { toId } from '../../../src/core/ids.ts';
import { entriesOfRun } from '../../../src/core/result/runEntries.ts';
import { sampleRun } from '../../support/sampleRun.ts';
import { toEntries } from '../../support/fold.ts';

describe('the facts of a run', () => {
  const other = toId('run', 'other');
  const stranger = toId('agent', 'stranger');
  const strange = toEntries([
    { type: 'runStarted', runId: other, label: 'Other', task: 'Other', by: { kind: 'person' } },
    { type: 'promptFixed', promptId: toId('prompt', 'foreign'), system: 'x', tools: [] },
    {
      type: 'agentSpawned',
      agentId: stranger,
      runId: other,
      label: 'stranger',
      agentType: 'scout',
      depth: 0,
      provider: 'practice',
      model: 'm',
      effort: 'low',
      promptId: toId('prompt', 'foreign'),
      brief: { objective: 'x' },
      opening: 'x',
      by: { kind: 'person' },
    },
    { type: 'agentStarted', agentId: stranger },
  ]);

  it('are all of its own, its agents and their prompts, and none of another run', () => {
    const own = toEntries(sampleRun()).filter(({ event }) => !('runId' in event) || event.runId === 'run-1');
    assert.deepEqual(entriesOfRun([...strange, ...own], toId('run', 'run-1')), own);
    assert.deepEqual(entriesOfRun([...own, ...strange], other), strange);
  });
});
