import * as assert from 'node:assert/strict';
import { createAskPersonTool } from '../../src/tools/askPerson.ts';
import { call, prepare } from './fakes.ts';

describe('ask_person', () => {
  it('passes question and options on and gives the answer', async () => {
    const asked: unknown[] = [];
    const answer = (question: string, options: readonly string[]) => {
      asked.push([question, options]);
      return 'Blue.';
    };
    const outcome = await call(createAskPersonTool(), { question: ' Which? ', options: ['red', 'blue'] }, { answer });
    assert.deepEqual(asked, [['Which?', ['red', 'blue']]]);
    assert.deepEqual(outcome, { text: 'The person answered: Blue.', isError: false });
  });

  it('says how to go on when there is no answer', async () => {
    assert.match((await call(createAskPersonTool(), { question: 'Which?' })).text, /no answer\. Go on with a stated assumption/);
  });

  it('is a wait for an answer, and no question is no call', async () => {
    const prepared = await prepare(createAskPersonTool(), { question: 'Which one?\nmore' });
    assert.ok(prepared.kind === 'ready');
    assert.equal(prepared.waitsFor, 'answer');
    assert.equal(prepared.title, 'Ask: Which one?');
    assert.equal((await prepare(createAskPersonTool(), { question: '  ' })).kind, 'refused');
  });
});
