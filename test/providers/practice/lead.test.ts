import * as assert from 'node:assert/strict';
import { renderReport } from '../../../src/core/brief/reportText.ts';
import { field } from '../../../src/providers/practice/story.ts';
import { mergeFindings, mergeRecommendations, readReport } from '../../../src/providers/practice/synthesis.ts';
import { DrivenAgent, leadTools, message, runLead } from './drive.ts';
import { largeFiles, sampleFiles } from './sampleWorkspace.ts';
import { linesOf, SimulatedTools } from './simulatedTools.ts';

const ids = ['ag-1', 'ag-2', 'ag-3', 'ag-4', 'ag-5'];

/** A lead that has looked around and just spawned its agents. */
function spawned(task: string, files = sampleFiles): { lead: DrivenAgent; spawns: readonly Record<string, unknown>[] } {
  const lead = new DrivenAgent(task, leadTools);
  const tools = new SimulatedTools(files);
  for (let turn = 0; turn < 6; turn++) {
    const calls = lead.reply();
    const spawns = calls.filter((entry) => entry.name === 'spawn_agent');
    if (spawns.length > 0) {
      lead.answer(calls.map((entry, index) => ({ text: `Spawned ${ids[index]} (${field(entry.input, 'label')})`, isError: false })));
      return { lead, spawns: spawns.map((entry) => ({ ...entry.input })) };
    }
    lead.answer(calls.map((entry) => tools.run(entry.name, entry.input)));
  }
  throw new Error('The lead spawned nobody');
}

const names = (lead: DrivenAgent) => lead.reply().map((entry) => entry.name);
const waitBroken = [{ text: 'A message is waiting.', isError: false }];

describe('practice lead', () => {
  it('looks first, then spawns three to five agents at once with paths that exist, a focus and a test for being done', () => {
    for (const task of [
      'Review this repository',
      'Find bugs and check the tests, docs and security',
      'Refactor src/auth',
      'Improve everything but do not change docs',
    ]) {
      for (const files of [sampleFiles, largeFiles()]) {
        const { lead, spawns } = spawned(task, files);
        assert.ok(lead.replies[0]?.some((block) => block.kind === 'call' && block.name === 'list_files'));
        assert.ok(spawns.length >= 3 && spawns.length <= 5, `${task}: ${spawns.length}`);
        for (const spawn of spawns) {
          const paths = Array.isArray(spawn['paths']) ? spawn['paths'].map(String) : [];
          const missing = paths.filter(
            (path) => files[path] === undefined && !Object.keys(files).some((file) => file.startsWith(`${path}/`)),
          );
          assert.deepEqual(missing, []);
          assert.ok(spawn['focus'] && spawn['done_criteria']);
        }
        assert.equal(new Set(spawns.map((spawn) => spawn['label'])).size, spawns.length);
      }
    }
  });

  it('takes its topics from the words of the task', () => {
    const labels = (task: string, files = sampleFiles) => spawned(task, files).spawns.map((spawn) => spawn['label']);
    assert.equal(labels('Check the security of this code')[0], 'security');
    assert.equal(labels('Improve the docs and the README')[0], 'docs');
    assert.deepEqual(labels('Find bugs in everything', largeFiles()).slice(0, 2), ['risks-packages', 'risks-services']);
    assert.ok(!labels('Review the code, read-only please').includes('improvement'));
    assert.ok(labels('Review the code').includes('improvement'));
  });

  it('restricts everyone to the paths a task names', () => {
    for (const spawn of spawned('Review only src/auth').spawns) {
      assert.deepEqual(spawn['paths'], ['src/auth']);
    }
  });

  it('sends one scout for a simple question', () => {
    const { spawns } = spawned('Where is apiKey used?');
    assert.deepEqual(
      spawns.map((spawn) => [spawn['label'], spawn['objective']]),
      [['scout', 'Where is apiKey used?']],
    );
  });

  it('asks one question with options when the task says too little, and uses the answer', () => {
    const lead = new DrivenAgent('stuff', leadTools);
    const tools = new SimulatedTools(sampleFiles);
    lead.answer(lead.reply().map((entry) => tools.run(entry.name, entry.input)));
    const [ask] = lead.reply();
    assert.equal(ask?.name, 'ask_person');
    assert.ok(Array.isArray(ask?.input['options']) && ask.input['options'].length > 1);
    lead.answer([{ text: 'Check the tests', isError: false }]);
    lead.answer(lead.reply().map((entry) => tools.run(entry.name, entry.input)));
    assert.equal(lead.reply()[0]?.input['label'], 'tests');
  });

  it('waits until everyone has reported, naming who reported and who is missing', () => {
    const { lead, spawns } = spawned('Review this repository');
    assert.deepEqual(names(lead), ['wait_for_agents']);
    for (const [index, id] of ids.slice(0, spawns.length).entries()) {
      lead.answer(waitBroken);
      lead.hear(message(index === 0 ? 'quality was killed by the person and has no report.' : 'All fine.', 'report', `agent x (${id})`));
      assert.deepEqual(names(lead), index < spawns.length - 1 ? ['wait_for_agents'] : ['report']);
      if (index === 0) {
        assert.match(lead.said, /ended without a report; I go on without it/);
      }
    }
    const report = lead.replies.at(-1)?.find((block) => block.kind === 'call');
    assert.match(JSON.stringify(report), /Without a report: .*was killed by the person/);
  });

  it('does not wait for ever for an agent nobody hears of', () => {
    const { lead } = spawned('Review this repository');
    const seen: string[] = [];
    for (let turn = 0; turn < 8 && seen.at(-1) !== 'report'; turn++) {
      seen.push(...names(lead));
      lead.answer([{ text: 'None of your agents is at work.', isError: false }]);
    }
    assert.deepEqual(seen, ['wait_for_agents', 'wait_for_agents', 'report']);
  });

  it('answers steering and passes a restriction on to those at work', () => {
    const { lead, spawns } = spawned('Review this repository');
    names(lead);
    lead.answer(waitBroken);
    lead.hear(message('Only look in src/auth, please'));
    const calls = lead.reply();
    assert.match(lead.said, /You asked: “Only look in src\/auth, please”\. I will restrict the work to src\/auth/);
    assert.deepEqual(
      calls.map((entry) => [entry.name, entry.input['agent_id']]),
      ids.slice(0, spawns.length).map((id) => ['steer_agent', id]),
    );
    lead.answer([]);
    assert.deepEqual(names(lead), ['wait_for_agents']);
  });

  it('adds an agent when asked for more, asks all to wrap up when told to finish, and kills whom it is told to kill', () => {
    const steer = (text: string, kind: 'steer' | 'wrapUp' = 'steer') => {
      const { lead } = spawned('Find bugs and check the tests');
      names(lead);
      lead.answer(waitBroken);
      lead.hear(message(text, kind));
      return lead.reply();
    };
    const [added, ...rest] = steer('also check the docs folder');
    assert.equal(added?.name, 'spawn_agent');
    assert.equal(added?.input['label'], 'docs-added');
    assert.deepEqual(added?.input['paths'], ['docs']);
    assert.deepEqual(rest, []);
    assert.deepEqual([...new Set(steer('Please finish.', 'wrapUp').map((entry) => entry.name))], ['wrap_up_agent']);
    assert.deepEqual(
      steer('kill the tests agent').map((entry) => [entry.name, entry.input['agent_id']]),
      [['kill_agent', 'ag-1']],
    );
  });

  it('goes on with those it could spawn, and works alone when it can spawn nobody', async () => {
    const refused = (limit: number) => {
      let count = 0;
      return runLead('Review this repository', new SimulatedTools(sampleFiles), (entry) =>
        entry.name === 'spawn_agent' && ++count > limit
          ? { text: 'This run has spawned as many agents as allowed.', isError: true }
          : undefined,
      );
    };
    assert.equal((await refused(2)).children.size, 2);
    const alone = await refused(0);
    assert.equal(alone.children.size, 0);
    assert.ok(alone.report.findings.some((finding) => finding.path === 'src/load.ts' && finding.severity === 'high'));
  });

  it('ends a whole run with findings whose lines exist and say what is quoted', async () => {
    for (const files of [sampleFiles, largeFiles()]) {
      const tools = new SimulatedTools(files);
      const { report, lead, children } = await runLead('Find bugs, check tests and security', tools);
      assert.ok(report.findings.length >= 8);
      for (const { path, line, text } of report.findings) {
        const now = linesOf(tools.files.get(path ?? '') ?? '')[(line ?? 1) - 1];
        const quote = /: `(.*)`$/s.exec(text)?.[1];
        assert.ok(now !== undefined, `${path}:${line} does not exist`);
        assert.ok(quote === undefined || now.replace(/\s+/g, ' ').includes(quote.replace('…', '')), `${path}:${line} does not say ${text}`);
      }
      const places = report.findings.filter((finding) => finding.line !== undefined).map((finding) => `${finding.path}:${finding.line}`);
      assert.equal(new Set(places).size, places.length);
      assert.ok(
        report.findings.every((finding) => !finding.text.includes('abcdefghijklmnop1234')),
        'a secret was repeated',
      );
      assert.ok(lead.replies.length >= 6 && lead.replies.length <= 12);
      for (const child of children.values()) {
        assert.ok(child.replies.length >= 4 && child.replies.length <= 9, `${child.replies.length} turns`);
      }
    }
  });

  it('treats a follow-up as a new task', async () => {
    const tools = new SimulatedTools(sampleFiles);
    const { lead } = await runLead('Review this repository', tools);
    lead.answer([]);
    lead.hear(message('Where is apiKey used?', 'followUp'));
    for (let turn = 0; turn < 4; turn++) {
      const calls = lead.reply();
      const spawn = calls.find((entry) => entry.name === 'spawn_agent');
      if (spawn !== undefined) {
        assert.equal(spawn.input['objective'], 'Where is apiKey used?');
        return;
      }
      lead.answer(calls.map((entry) => tools.run(entry.name, entry.input)));
    }
    assert.fail('no scout for the follow-up');
  });
});

describe('practice synthesis', () => {
  const rendered = renderReport({
    summary: 'Two lines\nof summary.',
    findings: [
      { text: 'Bad: `a: b`', path: 'src/a.ts', line: 3, severity: 'high' },
      { text: 'No place: really', severity: 'low' },
      { text: 'A whole file', path: 'README' },
    ],
    filesRead: ['src/a.ts'],
    filesChanged: ['b.md'],
    recommendations: [{ text: 'Do it', priority: 'medium' }],
    openQuestions: ['Why?'],
    notes: ['A note'],
  });

  it('reads a rendered report back', () => {
    const report = readReport(rendered);
    assert.equal(report.summary, 'Two lines\nof summary.');
    assert.deepEqual(report.findings[0], { text: 'Bad: `a: b`', path: 'src/a.ts', line: 3, severity: 'high' });
    assert.equal(report.findings[1]?.severity, 'low');
    assert.equal(report.findings[1]?.path, undefined);
    assert.deepEqual(report.recommendations, [{ text: 'Do it', priority: 'medium' }]);
    assert.deepEqual([report.filesRead, report.filesChanged, report.openQuestions], [['src/a.ts'], ['b.md'], ['Why?']]);
  });

  it('keeps each place once with its gravest words, and orders recommendations by priority and number', () => {
    const low = readReport(rendered.replace('[high]', '[low]').replace('Bad', 'Mild'));
    const high = readReport(rendered);
    const merged = mergeFindings([low, high]);
    assert.deepEqual(
      merged.filter((finding) => finding.path === 'src/a.ts').map((finding) => finding.text),
      ['Bad: `a: b`'],
    );
    const other = {
      ...high,
      recommendations: [
        { text: 'First', priority: 'high' as const },
        { text: 'Alone', priority: 'medium' as const },
      ],
    };
    assert.deepEqual(
      mergeRecommendations([other, low, high]).map((entry) => entry.text),
      ['First', 'Do it', 'Alone'],
    );
  });
});
