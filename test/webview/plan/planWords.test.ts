import * as assert from 'node:assert/strict';
import { toId } from '../../../src/core/ids.ts';
import { changesText, proposalSign } from '../../../webview/plan/planWords.ts';
import { shortTask } from '../../support/planRun.ts';

describe('words about plans', () => {
  it('tell what a change would do, kind by kind', () => {
    const add = (id: string) => ({ kind: 'add' as const, task: shortTask({ id }) });
    assert.equal(changesText([{ kind: 'cancel', taskId: toId('task', 'c') }, add('a'), add('b')]), 'adds 2 tasks, cancels 1 task');
  });

  it('tell how a proposal stands', () => {
    const by = { kind: 'person' } as const;
    const signs = [undefined, { accepted: true, by, at: 1 }, { accepted: false, by, at: 1 }].map(
      (settled) => proposalSign({ settled }).words,
    );
    assert.deepEqual(signs, ['Open', 'Accepted', 'Rejected']);
  });
});
