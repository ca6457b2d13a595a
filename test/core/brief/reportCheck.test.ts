import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Report, reportSchema } from '../../../src/core/events.ts';
import { checkReport, citedPaths, type ReportFacts, withDoubts } from '../../../src/core/brief/reportCheck.ts';
import { renderReport } from '../../../src/core/brief/reportText.ts';

const facts: ReportFacts = {
  changed: [],
  changedByOthers: new Set(),
  ranCommands: false,
  lines: new Map([
    ['src/a.ts', 10],
    ['empty', 0],
    ['src', Number.POSITIVE_INFINITY],
  ]),
  checkPassed: false,
};

const report = (changes: Partial<Report>): Report => reportSchema.parse({ summary: 'One race found.', ...changes });
const problems = (changes: Partial<Report>, more: Partial<ReportFacts> = {}) =>
  checkReport(report(changes), { ...facts, ...more }).problems;
const at = (path: string, line?: number): Partial<Report> => ({ findings: [{ text: 't', path, line }] });

describe('places in a report', () => {
  it('must exist', () => {
    assert.deepEqual(problems(at('src/a.ts', 10)), []);
    assert.deepEqual(problems(at('src/a.ts')), []);
    assert.deepEqual(problems(at('src', 500)), []);
    assert.deepEqual(problems(at('empty', 1)), []);
    assert.match(problems(at('src/a.ts', 11)).join(), /src\/a\.ts:11, and that file has 10 lines/);
    assert.match(problems(at('src/b.ts')).join(), /src\/b\.ts, and there is no such file/);
  });

  it('may be gone when they were seen to change', () => {
    assert.deepEqual(problems(at('old.ts', 3), { changed: ['old.ts'] }), []);
    assert.deepEqual(problems(at('old.ts', 3), { changedByOthers: new Set(['old.ts']) }), []);
  });

  it('are written plainly, with the line where it belongs', () => {
    const given = report({ findings: [{ text: 'a', path: './src/a.ts:7' }, { text: 'b', path: 'src\\a.ts:3-5', line: 4 }, { text: 'c' }] });
    assert.deepEqual(citedPaths(given), ['src/a.ts']);
    assert.deepEqual(checkReport(given, facts).report.findings, [
      { text: 'a', path: 'src/a.ts', line: 7 },
      { text: 'b', path: 'src/a.ts', line: 4 },
      { text: 'c' },
    ]);
  });
});

describe('the changed files of a report', () => {
  it('are completed by what was seen, without asking', () => {
    const check = checkReport(report({ filesChanged: ['b'] }), { ...facts, changed: ['a', 'b'] });
    assert.deepEqual([check.report.filesChanged, check.problems], [['b', 'a'], []]);
  });

  it('must have been seen to change, by the agent or by those whose results it has', () => {
    assert.match(problems({ filesChanged: ['x'] }).join(), /files_changed names x/);
    assert.deepEqual(problems({ filesChanged: ['x'] }, { changedByOthers: new Set(['x']) }), []);
  });

  it('may be unseen where a command was run, which can change anything', () => {
    assert.deepEqual(problems({ filesChanged: ['x'] }, { ranCommands: true }), []);
  });
});

describe('the verdict of a gate', () => {
  const gate = { kind: 'verdict', rounds: 3 } as const;
  const checked = { ...gate, check: 'npm test' };
  const verdict = (changes: Partial<Report>, more: Partial<ReportFacts>) =>
    checkReport(report(changes), { ...facts, ...more }).verdictProblem;

  it('must be there, and only there', () => {
    assert.match(verdict({}, { gate }) ?? '', /no verdict/);
    assert.equal(verdict({}, {}), undefined);
    assert.equal(verdict({}, { gate: { ...gate, kind: 'person' } }), undefined);
    assert.equal(verdict({ verdict: 'approve' }, { gate }), undefined);
  });

  it('needs its check to approve, not to ask for changes', () => {
    assert.match(verdict({ verdict: 'approve' }, { gate: checked }) ?? '', /"npm test"/);
    assert.equal(verdict({ verdict: 'approve' }, { gate: checked, checkPassed: true }), undefined);
    assert.equal(verdict({ verdict: 'changes' }, { gate: checked }), undefined);
  });

  it('for changes says what is to be changed', () => {
    assert.match(problems({ verdict: 'changes' }, { gate }).join(), /no finding says/);
    assert.deepEqual(problems({ verdict: 'changes', ...at('src/a.ts', 1) }, { gate }), []);
  });

  it('is never an approval when it is taken unproven', () => {
    const taken = withDoubts(checkReport(report({ verdict: 'approve' }), { ...facts, gate: checked }));
    assert.equal(taken.verdict, 'changes');
    assert.match(renderReport(taken), /^One race found\.\n\nVerdict: changes\n\nNot confirmed: The verdict is approve, and "npm test"/);
  });
});

describe('a report that was checked', () => {
  it('holds every change that was seen, and is marked exactly when something did not hold', () => {
    const path = fc.constantFrom('src/a.ts', './src/a.ts:3', 'x', 'y', 'src/a.ts:99', '');
    const input = fc.record({ findings: fc.array(path), changed: fc.array(path), seen: fc.array(fc.constantFrom('x', 'y')) });
    fc.assert(
      fc.property(input, fc.boolean(), ({ findings, changed, seen }, ranCommands) => {
        const given = report({ findings: findings.map((one) => ({ text: 't', path: one })), filesChanged: changed });
        const check = checkReport(given, { ...facts, changed: seen, ranCommands });
        const taken = withDoubts(check);
        assert.ok(seen.every((one) => taken.filesChanged.includes(one)));
        assert.equal(taken.doubts !== undefined, check.problems.length > 0);
        const again = checkReport(check.report, { ...facts, changed: seen, ranCommands });
        assert.deepEqual(again, check, 'checking changes nothing more');
      }),
    );
  });
});
