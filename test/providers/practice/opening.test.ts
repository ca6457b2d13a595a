import * as assert from 'node:assert/strict';
import { readBrief } from '../../../src/providers/practice/opening.ts';
import { toStory } from '../../../src/providers/practice/story.ts';
import { renderBrief } from '../../../src/workflows/renderBrief.ts';
import { message } from './drive.ts';

const story = (...parts: readonly string[]) =>
  toStory({ tools: [], messages: [{ role: 'user', parts: parts.map((text) => ({ kind: 'text', text })) }] });
const brief = {
  objective: 'Check it.\n# A heading of the task\nand this\n# Scope\nnot ours',
  scope: { paths: ['src/a b.ts', './docs/'], focus: 'Risks: all' },
  context: 'Some context',
  constraints: { doneCriteria: ['- done'] },
};

describe('practice model reading what it is told', () => {
  it('reads a rendered brief back', () => {
    const plain = { ...brief, objective: 'Check it.\n# A heading of the task\nand this' };
    const read = readBrief(story(renderBrief(plain, { label: 'scout', folders: ['x'] })));
    assert.deepEqual(read, { objective: plain.objective, paths: ['src/a b.ts', 'docs'], focus: 'Risks: all', context: 'Some context' });
  });

  it('takes an opening without sections as the objective, and a follow-up in its place', () => {
    assert.equal(readBrief(story('Just do it')).objective, 'Just do it');
    const followUp = readBrief(
      story(renderBrief(brief, { label: 'scout', folders: [] }), message('Now this', 'followUp', 'person', { path: 'a.ts', line: 3 })),
    );
    assert.deepEqual(followUp, { objective: 'Now this', paths: ['a.ts'], focus: '', context: '' });
  });

  it('reads messages with their sender, kind and place', () => {
    const { fresh } = story(
      'Task',
      message('Look\nhere', 'steer', 'agent "x" (ag-1)', { path: 'a b.ts', line: 7 }),
      'plain words of the engine',
    );
    assert.deepEqual(fresh, [
      { turn: 0, from: 'agent "x" (ag-1)', kind: 'steer', text: 'Look\nhere', place: { path: 'a b.ts', line: 7 } },
      { turn: 0, from: 'engine', kind: 'engine', text: 'plain words of the engine', place: undefined },
    ]);
  });
});
