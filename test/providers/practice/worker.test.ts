import * as assert from 'node:assert/strict';
import { DrivenAgent, message, openingOf, runWorker, scoutTools, workTools } from './drive.ts';
import { sampleFiles } from './sampleWorkspace.ts';
import { SimulatedTools } from './simulatedTools.ts';
import { topics } from '../../../src/providers/practice/topics.ts';

const opening = (focus: keyof typeof topics, paths: readonly string[] = []) =>
  openingOf({ objective: topics[focus].objective, focus: topics[focus].focus, paths });
const builder = (objective = topics.improvement.objective) =>
  new DrivenAgent(openingOf({ objective, focus: topics.improvement.focus }), workTools);
const callsOf = (agent: DrivenAgent, name: string) =>
  agent.replies.flatMap((reply) => reply.flatMap((block) => (block.kind === 'call' && block.name === name ? [block.input] : [])));

/** Moves an agent some turns on. */
function turns(agent: DrivenAgent, tools: SimulatedTools, count: number): void {
  for (let turn = 0; turn < count; turn++) {
    agent.answer(agent.reply().map((entry) => tools.run(entry.name, entry.input)));
  }
}

describe('practice scout', () => {
  it('finds what its focus names, with places, and reads before it reports', async () => {
    const expected = {
      risks: 'src/load.ts:5',
      security: 'src/auth/login.ts:1',
      tests: 'test/load.test.ts:3',
      docs: 'docs/guide.md:3',
      quality: 'src/load.ts:1',
    };
    for (const [focus, place] of Object.entries(expected)) {
      const agent = new DrivenAgent(opening(focus as keyof typeof expected), scoutTools);
      const report = await runWorker(agent, new SimulatedTools(sampleFiles));
      const places = report.findings.map((finding) => `${finding.path}:${finding.line}`);
      assert.ok(places.includes(place), `${focus}: ${places.join()}`);
      assert.ok(report.filesRead.length > 0);
      assert.ok(report.recommendations.length > 0);
    }
  });

  it('tells nothing of what a machine made but what is grave, and quotes a template whole', async () => {
    const agent = new DrivenAgent(opening('risks'), scoutTools);
    const report = await runWorker(
      agent,
      new SimulatedTools({
        'dist/all.js': 'try { go(); } catch (e) {}\neval(text);\n',
        'src/go.ts': 'export const go = () => say(`TODO`);\n',
      }),
    );
    assert.deepEqual(
      report.findings.map(({ path, line }) => `${path}:${line}`),
      ['dist/all.js:2', 'src/go.ts:1'],
    );
    assert.match(report.findings[1]?.text ?? '', /: ``export const go = \(\) => say\(`TODO`\);``$/);
  });

  it('finds what was asked for by name also where a machine wrote it', async () => {
    const agent = new DrivenAgent(openingOf({ objective: 'Where is `parseLimit` used?', focus: '' }), scoutTools);
    const report = await runWorker(agent, new SimulatedTools({ 'dist/all.js': 'parseLimit(1);\n' }));
    assert.deepEqual(
      report.findings.map(({ path, line }) => `${path}:${line}`),
      ['dist/all.js:1'],
    );
  });

  it('stays within its paths', async () => {
    const agent = new DrivenAgent(opening('risks', ['src/auth']), scoutTools);
    const report = await runWorker(agent, new SimulatedTools(sampleFiles));
    assert.deepEqual(
      report.findings.map((finding) => finding.path),
      ['src/auth/login.ts'],
    );
    assert.ok(callsOf(agent, 'search_text').every((input) => input['path'] === 'src/auth'));
  });

  it('answers steering in its next words and honours it', async () => {
    const tools = new SimulatedTools(sampleFiles);
    const agent = new DrivenAgent(opening('risks'), scoutTools);
    turns(agent, tools, 2);
    agent.hear(message('only look in src/auth'));
    agent.reply();
    assert.match(agent.said, /^You asked: “only look in src\/auth”\. I will look only at src\/auth/);
    agent.answer([]);
    const report = await runWorker(agent, tools);
    assert.ok(report.findings.length > 0);
    assert.ok(report.findings.every((finding) => finding.path?.startsWith('src/auth/')));
  });

  it('takes on more when asked, leaves out what it is told to, and reads a place it is pointed at', async () => {
    const steered = async (text: string, place?: { path: string; line: number }) => {
      const tools = new SimulatedTools(sampleFiles);
      const agent = new DrivenAgent(opening('risks', ['src']), scoutTools);
      turns(agent, tools, 3);
      agent.hear(message(text, 'steer', 'person', place));
      return { agent, report: await runWorker(agent, tools) };
    };
    const also = await steered('also check docs');
    assert.ok(also.report.findings.some((finding) => finding.path === 'docs/guide.md'));
    const without = await steered('please skip src/load.ts');
    assert.ok(without.report.findings.every((finding) => finding.path !== 'src/load.ts'));
    assert.ok(without.report.findings.length > 0);
    const pointed = await steered('what about this', { path: 'test/load.test.ts', line: 2 });
    assert.ok(callsOf(pointed.agent, 'read_file').some((input) => input['path'] === 'test/load.test.ts'));
  });

  it('passes on in its report what no rule can act on', async () => {
    const tools = new SimulatedTools(sampleFiles);
    const agent = new DrivenAgent(opening('risks'), scoutTools);
    turns(agent, tools, 1);
    agent.hear(message('be kind'));
    const report = await runWorker(agent, tools);
    assert.ok(report.notes.some((note) => note.includes('be kind')));
  });

  it('reports at once when asked to wrap up or to stop', () => {
    for (const text of [message('Finish soon.', 'wrapUp', 'engine'), message('stop after this')]) {
      const tools = new SimulatedTools(sampleFiles);
      const agent = new DrivenAgent(opening('risks'), scoutTools);
      turns(agent, tools, 2);
      agent.hear(text);
      const calls = agent.reply();
      assert.deepEqual(
        calls.map((entry) => entry.name),
        ['report'],
      );
      assert.match(agent.said, /I will stop here and report/);
      assert.match(JSON.stringify(calls[0]?.input), /asked to stop early/);
    }
  });

  it('looks for the names and quoted words of a free question', async () => {
    const agent = new DrivenAgent('Where is `apiKey` used?', scoutTools);
    const report = await runWorker(agent, new SimulatedTools(sampleFiles));
    assert.ok(report.findings.some((finding) => finding.path === 'src/auth/login.ts' && finding.line === 1));
  });

  it('looks for capitals and stems when a question names nothing exactly', async () => {
    const agent = new DrivenAgent('Where is the JSON parsed?', scoutTools);
    const report = await runWorker(agent, new SimulatedTools(sampleFiles));
    assert.deepEqual(
      callsOf(agent, 'search_text')
        .map((input) => input['pattern'])
        .slice(0, 2),
      ['JSON', 'pars'],
    );
    assert.ok(report.findings.some((finding) => finding.path === 'src/load.ts' && finding.line === 3));
  });

  it('goes back to the whole workspace when its path does not exist', async () => {
    const report = await runWorker(new DrivenAgent(opening('risks', ['nowhere']), scoutTools), new SimulatedTools(sampleFiles));
    assert.ok(report.findings.some((finding) => finding.path === 'src/load.ts'));
    assert.ok(report.notes.some((note) => note.includes('nowhere')));
  });

  it('leaves out a line that reads otherwise now', async () => {
    const tools = new SimulatedTools(sampleFiles);
    const agent = new DrivenAgent(opening('risks'), scoutTools);
    const report = await runWorker(agent, tools, (entry) => {
      if (entry.name === 'read_file' && entry.input['path'] === 'src/load.ts') {
        tools.files.set('src/load.ts', 'export const gone = true;\n\n\n\n\n\n');
      }
      return undefined;
    });
    assert.ok(callsOf(agent, 'read_file').some((input) => input['path'] === 'src/load.ts'));
    assert.ok(report.findings.every((finding) => finding.path !== 'src/load.ts'));
  });

  it('goes on when every tool fails, and ends with words when its report is refused', async () => {
    const agent = new DrivenAgent(opening('risks'), workTools);
    const report = await runWorker(agent, new SimulatedTools(sampleFiles), () => ({ text: 'Broken.', isError: true }));
    assert.match(report.summary, /Risks/);
    assert.equal(callsOf(agent, 'report').length, 2);
    assert.ok(agent.replies.length <= 16);
  });
});

describe('practice builder', () => {
  it('proposes one edit of one line and one command, and reports the line as it is now', async () => {
    const tools = new SimulatedTools(sampleFiles);
    const agent = builder();
    const report = await runWorker(agent, tools);
    assert.deepEqual(callsOf(agent, 'edit_file'), [
      { path: 'README.md', old_text: 'This is teh sample project.', new_text: 'This is the sample project.' },
    ]);
    assert.equal(tools.files.get('README.md'), '# Sample\n\nThis is the sample project.\n\n## Use\n\nRun it.\n');
    // The sample's own tests need nothing installed.
    assert.deepEqual(tools.commands, ['npm test --silent']);
    assert.deepEqual(report.filesChanged, ['README.md']);
    assert.ok(
      report.findings.some((finding) => finding.path === 'README.md' && finding.line === 3 && finding.text.includes('the sample project')),
    );
  });

  it('accepts a denial of the edit and of the command, and says so', async () => {
    const denied = { text: 'The person denied this. Do not try it again in another way; go on without it or ask.', isError: true };
    const tools = new SimulatedTools(sampleFiles);
    const agent = builder();
    const report = await runWorker(agent, tools, (entry) =>
      entry.name === 'edit_file' || entry.name === 'run_command' ? denied : undefined,
    );
    assert.equal(callsOf(agent, 'edit_file').length, 1);
    assert.equal(callsOf(agent, 'run_command').length, 1);
    assert.match(report.summary, /edit of README\.md was denied.*command .* was denied/);
    assert.deepEqual(report.filesChanged, []);
    assert.ok(agent.replies.some((reply) => reply.some((block) => block.kind === 'text' && block.text.includes('The edit was denied'))));
  });

  it('reads again and tries once more when the file has changed', async () => {
    const tools = new SimulatedTools(sampleFiles);
    const agent = builder();
    let refusals = 0;
    await runWorker(agent, tools, (entry) => {
      if (entry.name === 'edit_file' && refusals++ === 0) {
        tools.files.set('README.md', `# Sample\n\nNew line.\n\nThis is teh sample project, changed.\n`);
        return { text: 'README.md has changed since you read it; nothing was changed. It reads now:', isError: true };
      }
      return undefined;
    });
    assert.equal(callsOf(agent, 'edit_file').length, 2);
    assert.match(tools.files.get('README.md') ?? '', /This is the sample project, changed/);
  });

  it('takes a neighbouring line along when the line is not unique', async () => {
    const tools = new SimulatedTools({ 'notes.md': 'One:\nteh end\nTwo:\nteh end\n' });
    await runWorker(builder(), tools);
    assert.equal(tools.files.get('notes.md'), 'One:\nthe end\nTwo:\nteh end\n');
  });

  it('leaves code, fences and addresses alone, and changes nothing when nothing is certainly safe', async () => {
    const files = { 'a.md': '```\nteh output\n```\n\nSee `recieve` and https://x.example/teh end\n', 'b.ts': "const teh = 'recieve';\n" };
    const tools = new SimulatedTools(files);
    const agent = builder();
    const report = await runWorker(agent, tools);
    assert.deepEqual(Object.fromEntries(tools.files), files);
    assert.deepEqual(callsOf(agent, 'edit_file'), []);
    assert.equal(tools.commands.length, 1);
    assert.deepEqual(report.filesChanged, []);
  });

  it('names the missing owner of a TODO, secures a link, trims a comment', async () => {
    const cases = [
      ['a.ts', '// TODO: do it\n', '// TODO(owner unknown): do it\n'],
      ['a.ts', '/*\n * TODO - do it\n */\n', '/*\n * TODO(owner unknown): do it\n */\n'],
      ['a.md', 'See [x](http://github.com/x/y).\n', 'See [x](https://github.com/x/y).\n'],
      ['a.py', '# trailing  \nx = 1\n', '# trailing\nx = 1\n'],
      ['a.md', 'Go to to the end.\n', 'Go to the end.\n'],
    ] as const;
    for (const [path, before, after] of cases) {
      const tools = new SimulatedTools({ [path]: before });
      await runWorker(builder(), tools);
      assert.equal(tools.files.get(path), after);
    }
  });

  it('writes a new file only when the task asks for it', async () => {
    const tools = new SimulatedTools({ 'a.ts': 'export {};\n' });
    await runWorker(new DrivenAgent('Add a contributing guide', workTools), tools);
    assert.match(tools.files.get('CONTRIBUTING.md') ?? '', /^# Contributing\n/);
  });

  it('does not build when the task forbids changes', async () => {
    const agent = builder('Improve nothing: read-only look for slips');
    await runWorker(agent, new SimulatedTools(sampleFiles));
    assert.deepEqual([...callsOf(agent, 'edit_file'), ...callsOf(agent, 'run_command')], []);
  });
});
