import * as assert from 'node:assert/strict';
import { renderReport } from '../../../src/core/brief/reportText.ts';
import type { Report } from '../../../src/core/events.ts';
import { fakeReport, fakeTask } from '../../support/fakePlan.ts';
import { agentOf, callsOf, handed, message, runWorker } from './drive.ts';
import { sampleFiles } from './sampleWorkspace.ts';
import { SimulatedTools } from './simulatedTools.ts';

const round = (findings: Report['findings']) =>
  message(
    `Round 2 of 3. "Review" (reviewer) asks for changes:\n\n${renderReport(fakeReport('Not yet.', { findings, verdict: 'changes' }))}`,
    'followUp',
    'engine',
  );

describe('practice builder of a plan', () => {
  it('corrects what it is sent back for, says of the rest why not, and changes nothing else', async () => {
    const tools = new SimulatedTools({ ...sampleFiles, 'docs/other.md': 'It is teh end.\n\nSeperate words.\n' });
    const agent = agentOf('builder', { objective: 'Improve `src/long.ts`', scope: { paths: ['src/long.ts'] } });
    await runWorker(agent, tools);
    const { files } = new SimulatedTools({ ...sampleFiles, 'docs/other.md': 'It is teh end.\n\nSeperate words.\n' });
    assert.deepEqual(tools.files, files);
    agent.hear(
      round([
        { text: '“teh” is misspelt', path: 'docs/other.md', line: 1, severity: 'low' },
        { text: 'eval is used', path: 'src/load.ts', line: 5, severity: 'high' },
        { text: 'Too little is tested', severity: 'medium' },
      ]),
    );
    const report = await runWorker(agent, tools);
    assert.equal(tools.files.get('docs/other.md'), 'It is the end.\n\nSeperate words.\n');
    assert.deepEqual(report.filesChanged, ['docs/other.md']);
    assert.match(report.summary, /^Round 2 of 3: 3 findings to deal with, 1 corrected, 2 left/);
    assert.deepEqual(
      report.findings.map((finding) => finding.text.split(/[:,.]/)[0]),
      ['Corrected', 'Left as it is', 'Left as it is'],
    );
    assert.equal(tools.files.get('src/load.ts'), sampleFiles['src/load.ts']);
  });

  it('accepts a denial in a further round and names it', async () => {
    const tools = new SimulatedTools(sampleFiles);
    const agent = agentOf('builder', { objective: 'Improve `src/long.ts`', scope: { paths: ['src/long.ts'] } });
    await runWorker(agent, tools);
    agent.hear(round([{ text: '“teh” is misspelt', path: 'README.md', line: 3, severity: 'low' }]));
    const report = await runWorker(agent, tools, (entry) =>
      entry.name === 'edit_file' ? { text: 'The person denied this.', isError: true } : undefined,
    );
    assert.equal(callsOf(agent, 'edit_file').length, 1);
    assert.match(report.findings[0]?.text ?? '', /the edit was denied/);
  });

  it('does what a fresh agent is asked beside its brief', async () => {
    const tools = new SimulatedTools(sampleFiles);
    const task = fakeTask('build', { note: 'Round 2 of 3. The person asks for changes: README.md:3 is misspelt' });
    const report = await runWorker(agentOf('builder', { objective: 'Improve it.' }, { task }), tools);
    assert.deepEqual(report.filesChanged, ['README.md']);
  });

  it('renames in its one file where the name stands by itself, and leaves longer names', async () => {
    const files = {
      'src/a.ts': 'import { load } from "./b";\nload();\n',
      'src/b.ts': 'export const load = 1;\nexport const loader = load;\n',
    };
    for (const [path, after] of [
      ['src/a.ts', 'import { parse } from "./b";\nparse();\n'],
      ['src/b.ts', 'export const parse = 1;\nexport const loader = parse;\n'],
    ] as const) {
      const tools = new SimulatedTools(files);
      const brief = {
        objective: `Other builders change the other files.\n\nThe refactoring:\nRename \`load\` to \`parse\``,
        scope: { paths: [path] },
      };
      const report = await runWorker(agentOf('builder', brief), tools);
      assert.equal(tools.files.get(path), after);
      assert.deepEqual(report.filesChanged, [path]);
      assert.deepEqual(tools.commands, []);
    }
  });

  it('renames in several files by itself only when they are few', async () => {
    const many = Object.fromEntries(Array.from({ length: 8 }, (_, index) => [`src/f${index}.ts`, 'load();\n']));
    const changed = async (files: Readonly<Record<string, string>>) =>
      (await runWorker(agentOf('builder', { objective: 'Rename `load` to `parse`' }), new SimulatedTools(files))).filesChanged.length;
    assert.equal(await changed({ 'a.ts': 'load();\n', 'b.ts': 'load();\n' }), 2);
    assert.equal(await changed(many), 0);
  });

  it('corrects only what its task names, and says so when a task is beyond its rules', async () => {
    const files = { 'a.md': 'Go to to the end.\n', 'b.ts': '// TODO: do it\n' };
    const done = async (objective: string) => runWorker(agentOf('builder', { objective }), new SimulatedTools(files));
    assert.deepEqual((await done('Give every TODO an owner')).filesChanged, ['b.ts']);
    assert.deepEqual((await done('Fix the typos')).filesChanged, ['a.md']);
    assert.doesNotMatch((await done('Fix the typos')).summary, /beyond/);
    const more = { 'a.ts': '// TODO: one\n// TODO: two\n', 'b.ts': '// TODO: three\n' };
    const tools = new SimulatedTools(more);
    await runWorker(agentOf('builder', { objective: 'Give every TODO an owner' }), tools);
    assert.equal([...tools.files.values()].join('').split('owner unknown').length - 1, 3);
    assert.match((await done('Add a dark mode')).summary, /beyond what rules can do/);
  });

  it('changes nothing when the command it was told to run passes', async () => {
    const tools = new SimulatedTools(sampleFiles);
    const report = await runWorker(
      agentOf('builder', { objective: 'Make it fit. Run this:\nmake all\n\nThe refactoring:\nTidy up' }),
      tools,
    );
    assert.deepEqual(tools.commands, ['make all']);
    assert.deepEqual(report.filesChanged, []);
    assert.equal(report.verdict, undefined);
  });
});

describe('practice scout of a refactoring', () => {
  it('names every file that uses the name once, and no other', async () => {
    const uses = Object.fromEntries(Array.from({ length: 15 }, (_, index) => [`lib/use${index}.ts`, '\nloadAll();\nloadAll();\n']));
    const objective = 'Find every file that must change for the refactoring below.\n\nThe refactoring:\nRename `loadAll` to `readAll`';
    const report = await runWorker(
      agentOf('scout', { objective, outputFormat: 'Findings: exactly one for each file that must change' }),
      new SimulatedTools({ ...sampleFiles, ...uses, 'lib/not.ts': 'loadAllOfIt();\n' }),
    );
    assert.deepEqual(
      report.findings.map((finding) => `${finding.path}:${finding.line}`).toSorted(),
      Object.keys(uses)
        .map((path) => `${path}:2`)
        .toSorted(),
    );
    assert.match(report.findings[0]?.text ?? '', /2 lines \(2, 3\): `loadAll` becomes `readAll`/);
  });

  it('names the files it can say a certain change of, when the task names nothing exactly', async () => {
    const objective = 'Find every file that must change.\n\nThe refactoring:\nCorrect the spelling of all documents';
    const report = await runWorker(agentOf('scout', { objective }), new SimulatedTools(sampleFiles));
    assert.deepEqual([...new Set(report.findings.map((finding) => finding.path))].includes('README.md'), true);
    assert.equal(new Set(report.findings.map((finding) => finding.path)).size, report.findings.length);
  });
});

describe('practice worker whose brief names what is not there', () => {
  it('proposes once that somebody finds it, and goes on', async () => {
    const agent = agentOf('scout', { objective: 'Find risks', scope: { paths: ['lib/load.ts'] } });
    const report = await runWorker(agent, new SimulatedTools(sampleFiles));
    const [proposal, ...more] = callsOf(agent, 'propose_change');
    assert.deepEqual(more, []);
    assert.match(`${proposal?.['reason']}`, /names lib\/load\.ts, which does not exist\. There is src\/load\.ts/);
    assert.ok(report.findings.some((finding) => finding.path === 'src/load.ts'));
  });

  it('proposes nothing when everything is there, or when the file is to be made', async () => {
    for (const brief of [
      { objective: 'Find risks', scope: { paths: ['src/load.ts'] } },
      { objective: 'Create the file', scope: { paths: ['src/new.ts'] } },
    ]) {
      const agent = agentOf('builder', brief);
      await runWorker(agent, new SimulatedTools(sampleFiles));
      assert.deepEqual(callsOf(agent, 'propose_change'), []);
    }
  });
});

describe('practice analyst', () => {
  const finding = { text: 'eval: `return eval(text);`', path: 'src/load.ts', line: 5, severity: 'high' as const };

  it('puts reports together: each place once with who found it, the gravest looked at, what is gone dropped', async () => {
    const agent = agentOf(
      'analyst',
      { objective: 'Make one list.\n\nWhat was reviewed:\nThe code' },
      {
        reports: [
          handed('security', {
            summary: 'One.',
            findings: [finding, { text: 'Was here: `nothing of the kind`', path: 'src/load.ts', line: 2, severity: 'high' }],
            recommendations: [{ text: 'Do without eval', priority: 'high' }],
          }),
          handed('quality', {
            summary: 'Two.',
            findings: [{ text: 'A typo', path: 'README.md', line: 3, severity: 'low' }, finding],
            recommendations: [{ text: 'Do without eval', priority: 'high' }],
            openQuestions: ['Who owns it?'],
          }),
        ],
        missing: [{ task: fakeTask('tests', { title: 'Test review' }), why: 'failed: no network' }],
      },
    );
    const report = await runWorker(agent, new SimulatedTools(sampleFiles));
    assert.deepEqual(
      report.findings.map(({ path, line, severity }) => `${path}:${line} ${severity}`),
      ['src/load.ts:5 high', 'README.md:3 low'],
    );
    assert.match(report.findings[0]?.text ?? '', /found by Task security and Task quality/);
    assert.deepEqual(report.recommendations, [{ text: 'Do without eval', priority: 'high' }]);
    assert.deepEqual(report.openQuestions, ['Who owns it?']);
    assert.deepEqual(report.filesRead, ['src/load.ts']);
    assert.match(report.summary, /Dropped, .*src\/load\.ts:2[\s\S]*Without a report: Test review/);
  });

  it('looks for itself when it is given no report', async () => {
    const report = await runWorker(agentOf('analyst', { objective: 'Find risks' }), new SimulatedTools(sampleFiles));
    assert.ok(report.findings.some((entry) => entry.path === 'src/load.ts'));
  });
});

describe('practice writer', () => {
  const reports = [handed('look', { summary: 'It loads text.', findings: [{ text: 'Loads', path: 'src/load.ts', line: 1 }] })];

  it('writes one new document where the project keeps them, from the reports alone', async () => {
    const tools = new SimulatedTools(sampleFiles);
    const objective = 'Write the document below, as Markdown.\n\nThe document:\nHow loading works';
    const report = await runWorker(agentOf('writer', { objective }, { reports }), tools);
    assert.deepEqual(report.filesChanged, ['docs/how-loading-works.md']);
    assert.equal(
      tools.files.get('docs/how-loading-works.md'),
      '# How loading works\n\n**Task look.** It loads text.\n\nPlaces:\n\n- `src/load.ts:1`: Loads\n',
    );
  });

  it('adds to the document its brief names, at the end, and leaves the rest', async () => {
    const tools = new SimulatedTools(sampleFiles);
    await runWorker(agentOf('writer', { objective: 'Extend it: loading', scope: { paths: ['docs/guide.md'] } }, { reports }), tools);
    const text = tools.files.get('docs/guide.md') ?? '';
    assert.ok(text.startsWith((sampleFiles['docs/guide.md'] ?? '').trimEnd()));
    assert.match(text, /\n\n## Extend it: loading\n\n\*\*Task look\.\*\* It loads text\./);
  });

  it('adds an entry to the change log where the project keeps what is not released', async () => {
    for (const [before, after] of [
      ['# Changelog\n\n## 1.0\n', '# Changelog\n\n## Unreleased\n\n- Load faster (src/load.ts).\n\n## 1.0\n'],
      ['# Changelog\n\n## Unreleased\n\n- Old\n', '# Changelog\n\n## Unreleased\n\n- Load faster (src/load.ts).\n\n- Old\n'],
    ] as const) {
      const tools = new SimulatedTools({ ...sampleFiles, 'CHANGELOG.md': before });
      const objective = 'Document it. Where the project keeps a change log, add an entry.\n\nThe feature:\nLoad faster';
      await runWorker(
        agentOf('writer', { objective }, { reports: [handed('build', { summary: 'Built.', filesChanged: ['src/load.ts'] })] }),
        tools,
      );
      assert.equal(tools.files.get('CHANGELOG.md'), after);
    }
  });

  it('gives the text in its report when its brief names no file', async () => {
    const tools = new SimulatedTools(sampleFiles);
    const report = await runWorker(agentOf('writer', { objective: 'Describe how loading works' }, { reports }), tools);
    assert.deepEqual(report.filesChanged, []);
    assert.deepEqual(Object.fromEntries(tools.files), { ...sampleFiles });
    assert.match(report.summary, /names no file[\s\S]*It loads text\./);
  });
});
