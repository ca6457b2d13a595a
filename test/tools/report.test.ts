import * as assert from 'node:assert/strict';
import { createReportTool } from '../../src/tools/report.ts';
import { call } from './fakes.ts';

const hollow: readonly (readonly [summary: string, what: RegExp])[] = [
  ['', /empty/],
  ['  \n', /empty/],
  ['...', /empty/],
  ['Done.', /not what came out/],
  ['Task completed successfully!', /not what came out/],
  ['The work is finished', /not what came out/],
  ['See above.', /points to text/],
  ['Please see my previous message.', /points to text/],
  ['As described above', /points to text/],
  ['Done, see the notes.', /points to text/],
  ['The findings are in note auth-findings.', /points to text/],
  ['I have reported everything above.', /points to text/],
];

const sound = [
  'No bugs found.',
  'Tests pass.',
  'I read the parser before the lexer and found no races.',
  'Login fails as the token is compared with == in src/auth.ts:12; details in note auth.',
  '没有发现问题',
];

describe('report', () => {
  for (const [summary, what] of hollow) {
    it(`is sent back once when its summary is ${JSON.stringify(summary)}`, async () => {
      const tool = createReportTool();
      const first = await call(tool, { summary });
      assert.equal(first.isError, true);
      assert.equal(first.report, undefined);
      assert.match(first.text, what);
      const second = await call(tool, { summary });
      assert.equal(second.isError, false);
      assert.ok((second.report?.summary ?? '').length > 0);
    });
  }

  for (const summary of sound) {
    it(`is taken when its summary is ${JSON.stringify(summary)}`, async () => {
      assert.equal((await call(createReportTool(), { summary })).report?.summary, summary);
    });
  }

  it('sends each agent back for itself, and again for a later report', async () => {
    const tool = createReportTool();
    assert.equal((await call(tool, { summary: 'done' })).isError, true);
    assert.equal((await call(tool, { summary: 'done' }, { self: 'other' })).isError, true);
    assert.equal((await call(tool, { summary: 'Two races found.' })).isError, false);
    assert.equal((await call(tool, { summary: 'done' })).isError, true);
  });

  it('carries every part over', async () => {
    const outcome = await call(createReportTool(), {
      summary: 'One bug in the lexer.',
      findings: [{ text: 'off by one', path: 'src/lexer.ts', line: 7, severity: 'high' }],
      files_read: ['src/lexer.ts'],
      files_changed: ['src/parser.ts'],
      recommendations: [{ text: 'add a test', priority: 'medium' }],
      open_questions: ['why 7?'],
      notes: ['lexer'],
    });
    assert.deepEqual(outcome.report, {
      summary: 'One bug in the lexer.',
      findings: [{ text: 'off by one', path: 'src/lexer.ts', line: 7, severity: 'high' }],
      filesRead: ['src/lexer.ts'],
      filesChanged: ['src/parser.ts'],
      recommendations: [{ text: 'add a test', priority: 'medium' }],
      openQuestions: ['why 7?'],
      notes: ['lexer'],
    });
  });

  it('refuses findings that are not in the form', async () => {
    const outcome = await call(createReportTool(), { summary: 'One bug found.', findings: [{ path: 'a', line: 0 }] });
    assert.equal(outcome.isError, true);
    assert.match(outcome.text, /findings\[0\]\.text: missing/);
    assert.match(outcome.text, /findings\[0\]\.line/);
  });
});
