import * as assert from 'node:assert/strict';
import type { Json } from '../../../src/core/json.ts';
import { agentOf, callsOf, type DrivenAgent, handed, message, runWorker } from './drive.ts';
import { largeFiles, sampleFiles } from './sampleWorkspace.ts';
import { SimulatedTools } from './simulatedTools.ts';

type Input = Readonly<Record<string, Json>>;
const isInput = (value: Json): value is Input => typeof value === 'object' && value !== null && !Array.isArray(value);
const listIn = (input: Input | undefined, name: string): readonly Json[] => {
  const value = input?.[name];
  return value !== undefined && Array.isArray(value) ? value : [];
};
const added = (agent: DrivenAgent, turn = -1): readonly Input[] => listIn(callsOf(agent, 'change_plan').at(turn), 'add').filter(isInput);
const pathsOf = (task: Input): readonly string[] => listIn(task, 'paths').map(String);

describe('practice planner', () => {
  it('adds two to five tasks with paths that exist, no file in two of them, and a last one that waits for all', async () => {
    for (const task of ['Improve the code', 'Fix the typos', 'Find the bugs, read-only', 'Clean up src']) {
      for (const files of [sampleFiles, largeFiles()]) {
        const tools = new SimulatedTools(files);
        const agent = agentOf('planner', { objective: task });
        const report = await runWorker(agent, tools);
        const tasks = added(agent);
        assert.ok(tasks.length >= 2 && tasks.length <= 5, `${task}: ${tasks.length}`);
        assert.equal(tools.plan.size, tasks.length);
        const parts = tasks.slice(0, -1);
        const written = parts.flatMap(pathsOf);
        assert.deepEqual(
          written.filter((path) => files[path] === undefined && !Object.keys(files).some((file) => file.startsWith(`${path}/`))),
          [],
        );
        assert.equal(new Set(written).size, written.length);
        assert.deepEqual(
          listIn(tasks.at(-1), 'depends_on'),
          parts.map((part) => part['id']),
        );
        assert.ok(tasks.every((part) => part['priority'] !== undefined && listIn(part, 'done_criteria').length > 0));
        assert.deepEqual(
          report.findings.map((finding) => finding.text.split(':')[0]),
          tasks.map((part) => part['id']),
        );
      }
    }
  });

  it('makes tasks of the files that earlier reports name, with what they say about them', async () => {
    const agent = agentOf(
      'planner',
      { objective: 'Do it.\n\nThe task:\nImprove the login' },
      {
        reports: [
          handed('map', {
            summary: 'Looked.',
            findings: [
              { text: 'The check is missing', path: 'src/auth/login.ts', line: 2, severity: 'high' },
              { text: 'Gone', path: 'src/gone.ts', line: 2, severity: 'high' },
            ],
          }),
        ],
      },
    );
    await runWorker(agent, new SimulatedTools(sampleFiles));
    const [first] = added(agent);
    assert.ok(first !== undefined && pathsOf(first).includes('src/auth/login.ts'));
    assert.match(`${first['context']}`, /src\/auth\/login\.ts:2: The check is missing/);
    assert.doesNotMatch(JSON.stringify(added(agent)), /gone\.ts/);
  });

  it('takes no id that the plan has, and lets its tasks wait for what the brief says', async () => {
    const tools = new SimulatedTools(sampleFiles);
    tools.plan.set('check-changes', { title: 'Old' });
    tools.plan.set('approve-plan', { title: 'Approve' });
    const agent = agentOf('planner', {
      objective: 'Plan it.\n\nThe task:\nFix the typos\n\nFor every task you add:\n- depends_on contains "approve-plan".',
    });
    await runWorker(agent, tools);
    assert.ok(added(agent).length >= 2);
    assert.ok(added(agent).every((task) => listIn(task, 'depends_on').includes('approve-plan') && task['id'] !== 'check-changes'));
  });

  it('corrects a refused plan once by the reasons, and reports honestly when it is refused again', async () => {
    const refusing = async (times: number, text: (agent: DrivenAgent) => string) => {
      const tools = new SimulatedTools(sampleFiles);
      const agent = agentOf('planner', { objective: 'Improve the code' });
      let count = 0;
      const report = await runWorker(agent, tools, (entry) =>
        entry.name === 'change_plan' && count++ < times ? { text: text(agent), isError: true } : undefined,
      );
      return { agent, report, tools };
    };
    const path = (agent: DrivenAgent) => pathsOf(added(agent, 0)[0] ?? {})[0] ?? '';
    const once = await refusing(1, (agent) => `The brief names ${path(agent)}, which does not exist.`);
    assert.equal(callsOf(once.agent, 'change_plan').length, 2);
    assert.ok(!added(once.agent).flatMap(pathsOf).includes(path(once.agent)));
    assert.ok(once.tools.plan.size >= 2);
    assert.match(once.report.summary, /tasks are in the plan/);
    const twice = await refusing(9, () => 'There are too many tasks.');
    assert.equal(callsOf(twice.agent, 'change_plan').length, 2);
    assert.equal(twice.tools.plan.size, 0);
    assert.match(twice.report.openQuestions.join(), /not taken: There are too many tasks/);
  });

  it('adds nothing when the plan belongs into the report, and plans around what the person leaves out', async () => {
    const agent = agentOf('planner', { objective: 'Plan it; add no tasks to the run’s plan.\n\nThe task:\nFix the typos and TODOs' });
    const tools = new SimulatedTools({ ...sampleFiles, 'docs/more.md': 'Also teh end.\n' });
    const report = await runWorker(agent, tools);
    assert.deepEqual(callsOf(agent, 'change_plan'), []);
    assert.ok(report.findings.some((finding) => finding.path?.startsWith('docs/')));
    agent.hear(message('Round 2 of 5. The person asks for changes: leave out docs', 'followUp', 'engine'));
    const second = await runWorker(agent, tools);
    assert.ok(second.findings.length > 0);
    assert.ok(second.findings.every((finding) => !finding.path?.startsWith('docs/')));
  });

  it('changes the tasks it has added when the plan is sent back, instead of adding them again', async () => {
    const tools = new SimulatedTools({ ...sampleFiles, 'docs/more.md': 'Also teh end.\n' });
    const agent = agentOf('planner', { objective: 'Fix the typos' });
    await runWorker(agent, tools);
    const before = [...tools.plan.keys()];
    const docs = before.filter((id) => id.includes('docs'));
    assert.ok(docs.length === 1 && before.length > 2);
    agent.hear(message('Round 2 of 5. The person asks for changes: Leave out docs', 'followUp', 'engine'));
    const report = await runWorker(agent, tools);
    assert.deepEqual(added(agent), []);
    assert.deepEqual(
      [...tools.plan.keys()],
      before.filter((id) => !docs.includes(id)),
    );
    assert.ok([...tools.plan.values()].every((task) => `${task['context']}`.includes('Leave out docs')));
    assert.match(report.summary, /plan was changed accordingly/);
  });

  it('says so when there is nothing to make tasks of', async () => {
    const agent = agentOf('planner', { objective: 'Improve the code' });
    const report = await runWorker(agent, new SimulatedTools({}));
    assert.deepEqual(callsOf(agent, 'change_plan'), []);
    assert.match(report.summary, /nothing in the workspace to make tasks of/);
  });
});
