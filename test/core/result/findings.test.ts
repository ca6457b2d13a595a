import * as assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { likeness, wordsOf } from '../../../src/core/result/alike.ts';
import type { Report } from '../../../src/core/events.ts';
import { mergeFindings, mergeQuestions, mergeRecommendations, type SourcedReport } from '../../../src/core/result/findings.ts';
import { toId } from '../../../src/core/ids.ts';

type Finding = Report['findings'][number];
const empty: Report = { summary: 'x', findings: [], filesRead: [], filesChanged: [], recommendations: [], openQuestions: [], notes: [] };
const by = (label: string, part: Partial<Report>): SourcedReport => ({
  source: { agentId: toId('agent', label), label },
  report: { ...empty, ...part },
});
const found = (label: string, ...findings: Finding[]) => by(label, { findings });
const labels = (sources: readonly { readonly label: string }[]) => sources.map(({ label }) => label);

describe('merged findings', () => {
  it('say once what two agents said in other words at nearly the same line, as severe as the severest says', () => {
    const merged = mergeFindings([
      found('quality', { text: 'The amount is parsed without a check for NaN', path: 'src/csv.js', line: 14, severity: 'low' }),
      found('security', { text: 'Amount parsed without check for NaN values.', path: 'src/csv.js', line: 16, severity: 'high' }),
    ]);
    assert.equal(merged.length, 1);
    assert.deepEqual(labels(merged[0]?.sources ?? []), ['quality', 'security']);
    assert.equal(merged[0]?.severity, 'high');
    assert.equal(merged[0]?.text, 'Amount parsed without check for NaN values.');
    assert.equal(merged[0]?.line, 16);
  });

  it('name who only puts reports together for nothing but what nobody else said', () => {
    const lead: SourcedReport = {
      source: { agentId: toId('agent', 'lead'), label: 'lead', gathers: true },
      report: {
        ...empty,
        findings: [
          { text: 'The amount is not checked (found by scout)', path: 'src/a.js', line: 3, severity: 'low' },
          { text: 'Only the lead saw this', path: 'src/b.js', line: 1, severity: 'info' },
        ],
      },
    };
    const merged = mergeFindings([lead, found('scout', { text: 'The amount is not checked', path: 'src/a.js', line: 3, severity: 'low' })]);
    assert.deepEqual(
      merged.map(({ text, sources }) => [text, ...labels(sources)]),
      [
        ['The amount is not checked', 'scout'],
        ['Only the lead saw this', 'lead'],
      ],
    );
  });

  it('keep apart what is elsewhere, or about something else at the same place', () => {
    const text = 'The amount is parsed without a check';
    const merged = mergeFindings([
      found('a', { text, path: 'src/a.js', line: 1 }, { text, path: 'src/a.js', line: 40 }, { text, path: 'src/b.js', line: 1 }, { text }),
      found('b', { text: 'Dead code that nobody calls', path: 'src/a.js', line: 1 }),
    ]);
    assert.equal(merged.length, 5);
  });

  it('put the severest first, then what more agents found, then the order of the reports', () => {
    const merged = mergeFindings([
      found('a', { text: 'first note', severity: 'info' }, { text: 'unrated thing' }, { text: 'lonely bug', severity: 'medium' }),
      found('b', { text: 'shared bug here', severity: 'medium' }, { text: 'worst of all', severity: 'high' }),
      found('c', { text: 'shared bug here', severity: 'low' }),
    ]);
    assert.deepEqual(
      merged.map(({ text }) => text),
      ['worst of all', 'shared bug here', 'lonely bug', 'unrated thing', 'first note'],
    );
  });

  const finding: fc.Arbitrary<Finding> = fc.record(
    {
      text: fc
        .array(fc.constantFrom('amount', 'parse', 'check', 'null', 'loop', 'slow', 'the'), { minLength: 1, maxLength: 5 })
        .map((w) => w.join(' ')),
      path: fc.constantFrom('a.ts', 'b.ts'),
      line: fc.integer({ min: 1, max: 12 }),
      severity: fc.constantFrom('high', 'medium', 'low', 'info'),
    },
    { requiredKeys: ['text'] },
  );
  const reports = fc
    .array(fc.array(finding, { maxLength: 6 }), { maxLength: 6 })
    .map((all) => all.map((findings, index) => found(`agent${index}`, ...findings)));

  it('hold every finding of every report exactly once, with its source', () => {
    fc.assert(
      fc.property(reports, (all) => {
        const given = all.flatMap(({ source, report }) => report.findings.map((one) => ({ ...one, source })));
        const merged = mergeFindings(all);
        const kept = merged.flatMap(({ mentions }) => mentions);
        assert.equal(kept.length, given.length);
        for (const one of given) {
          assert.equal(kept.filter((mention) => mention.source === one.source).length, given.filter((o) => o.source === one.source).length);
          assert.ok(kept.some((mention) => mention.source === one.source && mention.text === one.text && mention.line === one.line));
        }
        for (const { mentions, sources, severity } of merged) {
          assert.deepEqual(new Set(sources), new Set(mentions.map(({ source }) => source)));
          assert.ok(mentions.some((mention) => mention.severity === severity));
        }
      }),
    );
  });

  it('are never divided or reordered by a report that comes later', () => {
    fc.assert(
      fc.property(reports, fc.array(finding, { maxLength: 6 }), (all, more) => {
        const before = mergeFindings(all);
        const after = mergeFindings([...all, found('late', ...more)]);
        const untouched = after.filter(({ sources }) => sources.every(({ label }) => label !== 'late'));
        const same = before.filter(({ mentions }) =>
          untouched.some((one) => one.mentions[0] !== undefined && sameMention(one.mentions[0], mentions[0])),
        );
        assert.deepEqual(untouched, same);
      }),
    );
  });

  function sameMention(a: Finding & { source: unknown }, b: (Finding & { source: unknown }) | undefined): boolean {
    return (
      b !== undefined && a.source === b.source && a.text === b.text && a.path === b.path && a.line === b.line && a.severity === b.severity
    );
  }
});

describe('merged recommendations and questions', () => {
  it('are each said once, the most urgent first, with everybody who said it', () => {
    const merged = mergeRecommendations([
      by('a', {
        recommendations: [
          { text: 'Rename the helper', priority: 'low' },
          { text: 'Add a test for empty files', priority: 'medium' },
        ],
      }),
      by('b', { recommendations: [{ text: 'Add tests for empty files.', priority: 'high' }] }),
    ]);
    assert.deepEqual(
      merged.map(({ text, priority, sources }) => [text, priority, labels(sources)]),
      [
        ['Add tests for empty files.', 'high', ['a', 'b']],
        ['Rename the helper', 'low', ['a']],
      ],
    );
    const questions = mergeQuestions([
      by('a', { openQuestions: ['Which dialect is meant?'] }),
      by('b', { openQuestions: ['Which dialect is meant'] }),
    ]);
    assert.deepEqual(
      questions.map(({ text, sources }) => [text, labels(sources)]),
      [['Which dialect is meant?', ['a', 'b']]],
    );
  });
});

describe('likeness', () => {
  it('is the same both ways, between nothing and everything', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (a, b) => {
        const there = likeness(wordsOf(a), wordsOf(b));
        assert.equal(there, likeness(wordsOf(b), wordsOf(a)));
        assert.ok(there >= 0 && there <= 1);
        assert.equal(likeness(wordsOf(a), wordsOf(a)), 1);
      }),
    );
  });
});
