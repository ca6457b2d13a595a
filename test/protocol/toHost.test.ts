import * as assert from 'node:assert/strict';
import { toHostSchema } from '../../src/protocol/toHost.ts';

const accepts = (message: unknown): boolean => toHostSchema.safeParse(message).success;

describe('what the timeline may ask about plans', () => {
  it('is a document of a run, or that a task be cancelled', () => {
    assert.ok(accepts({ type: 'openDocument', runId: 'run-1', document: 'Plan' }));
    assert.ok(accepts({ type: 'openDocument', runId: 'run-1', document: 'Result' }));
    assert.ok(accepts({ type: 'cancelTask', runId: 'run-1', taskId: 'check.types' }));
  });

  it('is no other command, and names no run or task that cannot be', () => {
    assert.ok(!accepts({ type: 'openDocument', runId: 'run-1', document: 'Timeline' }));
    assert.ok(!accepts({ type: 'openDocument', runId: 'a run', document: 'Plan' }));
    assert.ok(!accepts({ type: 'cancelTask', runId: 'run-1', taskId: '../other' }));
    assert.ok(!accepts({ type: 'cancelTask', runId: 'run-1' }));
  });
});
