import * as assert from 'node:assert/strict';
import { createReportTool } from '../../src/tools/report.ts';
import { call, fakeEvidence } from './fakes.ts';

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
      const tool = createReportTool(fakeEvidence());
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
      assert.equal((await call(createReportTool(fakeEvidence()), { summary })).report?.summary, summary);
    });
  }

  it('sends each agent back for itself, and again for a later report', async () => {
    const tool = createReportTool(fakeEvidence());
    assert.equal((await call(tool, { summary: 'done' })).isError, true);
    assert.equal((await call(tool, { summary: 'done' }, { self: 'other' })).isError, true);
    assert.equal((await call(tool, { summary: 'Two races found.' })).isError, false);
    assert.equal((await call(tool, { summary: 'done' })).isError, true);
  });

  it('carries every part over', async () => {
    const evidence = fakeEvidence({ lines: { 'src/lexer.ts': 7 }, changed: ['src/parser.ts'] });
    const outcome = await call(createReportTool(evidence), {
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
    const outcome = await call(createReportTool(fakeEvidence()), { summary: 'One bug found.', findings: [{ path: 'a', line: 0 }] });
    assert.equal(outcome.isError, true);
    assert.match(outcome.text, /findings\[0\]\.text: missing/);
    assert.match(outcome.text, /findings\[0\]\.line/);
  });

  it('is sent back once with everything that does not hold, and then taken with it as doubts', async () => {
    const tool = createReportTool(fakeEvidence({ lines: { 'src/a.ts': 3 } }));
    const input = {
      summary: 'done',
      findings: [
        { text: 'wrong', path: 'src/a.ts', line: 4 },
        { text: 'gone', path: 'src/b.ts' },
      ],
      files_changed: ['src/c.ts'],
    };
    const first = await call(tool, input);
    assert.deepEqual([first.isError, first.report], [true, undefined]);
    assert.match(
      first.text,
      /not what came out[^]*src\/a\.ts:4, and that file has 3 lines[^]*src\/b\.ts, and there is no such file[^]*src\/c\.ts/,
    );
    const second = await call(tool, { ...input, summary: 'Two mistakes found.' });
    assert.equal(second.isError, false);
    assert.equal(second.report?.doubts?.length, 3);
    assert.match(second.report?.doubts?.join() ?? '', /src\/a\.ts:4/);
  });

  it('has no doubts when it was put right', async () => {
    const tool = createReportTool(fakeEvidence({ lines: { 'src/a.ts': 3 } }));
    assert.equal((await call(tool, { summary: 'One race found.', findings: [{ text: 't', path: 'src/a.ts', line: 9 }] })).isError, true);
    const second = await call(tool, { summary: 'One race found.', findings: [{ text: 't', path: 'src/a.ts', line: 2 }] });
    assert.deepEqual([second.isError, second.report?.doubts], [false, undefined]);
  });

  it('gets the changes that were seen and not named', async () => {
    const tool = createReportTool(fakeEvidence({ changed: ['a.ts', 'b.ts'] }));
    const outcome = await call(tool, { summary: 'Renamed the lexer.', files_changed: ['./b.ts'] });
    assert.deepEqual(outcome.report?.filesChanged, ['b.ts', 'a.ts']);
  });

  it('of a gate approves only with the check proven, and counts as changes when it is not, whatever it says', async () => {
    const gate = { kind: 'verdict', rounds: 3, check: 'npm test' } as const;
    const approval = { summary: 'The change holds in every case.', verdict: 'approve' };
    const unproven = createReportTool(fakeEvidence({ gate }));
    assert.match((await call(unproven, approval)).text, /"npm test" was not run in this round/);
    const taken = await call(unproven, approval);
    assert.equal(taken.report?.verdict, 'changes');
    assert.match(taken.report?.doubts?.join() ?? '', /counts as a verdict for changes/);

    const proven = await call(createReportTool(fakeEvidence({ gate, ran: ['npm test'] })), approval);
    assert.deepEqual([proven.report?.verdict, proven.report?.doubts], ['approve', undefined]);

    const silent = createReportTool(fakeEvidence({ gate }));
    assert.match((await call(silent, { summary: 'The change holds in every case.' })).text, /has no verdict/);
    assert.equal((await call(silent, { summary: 'The change holds in every case.' })).report?.verdict, 'changes');
  });
});
