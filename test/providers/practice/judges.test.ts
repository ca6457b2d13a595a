import * as assert from 'node:assert/strict';
import { renderReport } from '../../../src/core/brief/reportText.ts';
import { roundOpening } from '../../../src/core/context/openingHeadings.ts';
import type { Report } from '../../../src/core/events.ts';
import { fakeReport, fakeTask } from '../../support/fakePlan.ts';
import { agentOf, callsOf, type DrivenAgent, handed, message, runWorker } from './drive.ts';
import { sampleFiles } from './sampleWorkspace.ts';
import { SimulatedTools } from './simulatedTools.ts';

const gate = (check?: string) => fakeTask('gate', { gate: { kind: 'verdict', rounds: 3, ...(check === undefined ? {} : { check }) } });
const built = (...files: readonly string[]) => handed('build', { summary: 'Built.', filesChanged: [...files] });
const places = (report: Report) => report.findings.map((finding) => `${finding.path}:${finding.line}`);

/** What the engine tells a judge of the next round. */
function nextRound(agent: DrivenAgent, round: number, files: readonly string[]): void {
  const news = renderReport(fakeReport('Corrected.', { filesChanged: [...files] }));
  agent.hear(
    message(
      `${roundOpening(round, 3)} "Review" (reviewer) asks for changes:\n\nSee there.\n\nThe new result of "Task build" (build), by build-agent:\n${news}\n\nJudge again, and give your verdict in the report.`,
      'followUp',
      'engine',
    ),
  );
}

describe('practice reviewer as a gate', () => {
  it('asks for changes with file, line and what to do, reads only what was changed, and approves when it is settled', async () => {
    const tools = new SimulatedTools(sampleFiles);
    const agent = agentOf('reviewer', { objective: 'Judge the change.' }, { task: gate(), reports: [built('README.md')] });
    const first = await runWorker(agent, tools);
    assert.equal(first.verdict, 'changes');
    assert.deepEqual(places(first), ['README.md:3']);
    assert.match(first.findings[0]?.text ?? '', /written “the”.*Write `This is the sample project\.`/);
    assert.deepEqual(first.filesRead, ['README.md']);
    tools.files.set('README.md', '# Sample\n\nThis is the sample project.\n');
    nextRound(agent, 2, ['README.md']);
    const second = await runWorker(agent, tools);
    assert.equal(second.verdict, 'approve');
    assert.deepEqual(second.findings, []);
  });

  it('approves at once when no rule shows anything', async () => {
    const agent = agentOf('reviewer', { objective: 'Judge.' }, { task: gate(), reports: [built('src/long.ts')] });
    assert.equal((await runWorker(agent, new SimulatedTools(sampleFiles))).verdict, 'approve');
  });

  it('lets small things pass in the second round, but not what is grave', async () => {
    for (const [file, verdict] of [
      ['README.md', 'approve'],
      ['src/auth/login.ts', 'changes'],
    ] as const) {
      const tools = new SimulatedTools(sampleFiles);
      const agent = agentOf('reviewer', { objective: 'Judge.' }, { task: gate(), reports: [built(file)] });
      assert.equal((await runWorker(agent, tools)).verdict, 'changes');
      nextRound(agent, 2, [file]);
      assert.equal((await runWorker(agent, tools)).verdict, verdict);
    }
  });

  it('looks in a further round at what was changed then', async () => {
    const tools = new SimulatedTools(sampleFiles);
    const agent = agentOf('reviewer', { objective: 'Judge.' }, { task: gate(), reports: [built('README.md')] });
    await runWorker(agent, tools);
    nextRound(agent, 2, ['src/long.ts']);
    assert.deepEqual((await runWorker(agent, tools)).filesRead, ['src/long.ts']);
  });

  it('finds a place that a report cites and that is not there', async () => {
    const plan = handed('plan', { summary: 'A plan.', findings: [{ text: 'Begin here', path: 'src/gone.ts', line: 4 }] });
    const agent = agentOf('reviewer', { objective: 'Judge the plan.' }, { task: gate(), reports: [plan] });
    const report = await runWorker(agent, new SimulatedTools(sampleFiles));
    assert.equal(report.verdict, 'changes');
    assert.match(report.findings[0]?.text ?? '', /cites src\/gone\.ts:4, which is not there/);
  });

  it('approves only after the check has passed', async () => {
    const judged = async (text: string, isError: boolean) => {
      const tools = new SimulatedTools(sampleFiles);
      tools.commandAnswer = { text, isError };
      const agent = agentOf('reviewer', { objective: 'Judge.' }, { task: gate('make check'), reports: [built('src/long.ts')] });
      const report = await runWorker(agent, tools);
      assert.deepEqual(tools.commands, ['make check']);
      return report;
    };
    assert.equal((await judged('exit code 0\nok', false)).verdict, 'approve');
    const failing = await judged('exit code 2\nError: no rule', true);
    assert.equal(failing.verdict, 'changes');
    assert.match(failing.findings[0]?.text ?? '', /make check` fails: Error: no rule/);
    assert.equal((await judged('The person denied this.', true)).verdict, 'changes');
  });

  it('turns an approval that is not taken into a verdict for changes, which says why', async () => {
    const agent = agentOf('reviewer', { objective: 'Judge.' }, { task: gate(), reports: [built('src/long.ts')] });
    let refused = false;
    const report = await runWorker(agent, new SimulatedTools(sampleFiles), (entry) => {
      const first = entry.name === 'report' && !refused;
      refused ||= first;
      return first ? { text: 'The verdict is approve, and the check was not run.', isError: true } : undefined;
    });
    assert.equal(report.verdict, 'changes');
    assert.match(report.summary, /approval was not taken: The verdict is approve/);
  });

  it('keeps what was not doubted when a report is sent back', async () => {
    const agent = agentOf('reviewer', { objective: 'Judge.' }, { task: gate(), reports: [built('README.md', 'src/load.ts')] });
    let refused = false;
    const report = await runWorker(agent, new SimulatedTools(sampleFiles), (entry) => {
      const first = entry.name === 'report' && !refused;
      refused ||= first;
      return first ? { text: 'A finding names README.md:3, and that file has 2 lines.', isError: true } : undefined;
    });
    assert.deepEqual([...new Set(report.findings.map((finding) => finding.path))], ['src/load.ts']);
    assert.equal(report.verdict, 'changes');
  });

  it('judges by the subject of its brief where there is nothing that was changed, and gives no verdict that nobody asked for', async () => {
    const focus = 'Untrusted input from its entry to its use, injection into commands, secrets in code and logs';
    const agent = agentOf('reviewer', {
      objective: 'Find what an attacker could do.\n\nWhat to review:\nall docs',
      scope: { paths: ['src'], focus },
    });
    const report = await runWorker(agent, new SimulatedTools(sampleFiles));
    assert.ok(places(report).includes('src/auth/login.ts:1'));
    assert.equal(report.verdict, undefined);
  });
});

describe('practice tester', () => {
  it('finds the command in the project, runs it, and judges by its exit code', async () => {
    const judged = async (text: string, isError: boolean) => {
      const tools = new SimulatedTools(sampleFiles);
      tools.commandAnswer = { text, isError };
      const agent = agentOf('tester', { objective: 'Does it work?' }, { task: gate(), reports: [built('src/load.ts')] });
      const report = await runWorker(agent, tools);
      assert.deepEqual(tools.commands, ['npm test --silent']);
      return report;
    };
    const passed = await judged('exit code 0\nall well', false);
    assert.equal(passed.verdict, 'approve');
    assert.match(passed.summary, /`npm test --silent` \(package\.json\) ended with exit code 0/);
    const failed = await judged('exit code 1\nnot ok 1 - loads\nError at test/load.test.ts:2', true);
    assert.equal(failed.verdict, 'changes');
    assert.deepEqual(places(failed), ['test/load.test.ts:2']);
    const absent = await judged('exit code 127\nsh: npm: not found', true);
    assert.equal(absent.verdict, 'approve');
    assert.match(absent.openQuestions[0] ?? '', /^Not checked: .*could not be run here/);
  });

  it('runs the command it was given, and does not approve when that could not run', async () => {
    const tools = new SimulatedTools(sampleFiles);
    tools.commandAnswer = { text: 'The person denied this.', isError: true };
    const agent = agentOf('tester', { objective: 'Does it work?' }, { task: gate('make check'), reports: [built('src/load.ts')] });
    const report = await runWorker(agent, tools);
    assert.deepEqual(tools.commands, ['make check']);
    assert.equal(report.verdict, 'changes');
    assert.match(report.openQuestions[0] ?? '', /Not checked: .*denied/);
  });

  it('runs what its brief says, whole and unchanged', async () => {
    const tools = new SimulatedTools(sampleFiles);
    await runWorker(
      agentOf('tester', { objective: 'Run this, whole and unchanged:\nnpm run ci -- --all\n\nThe feature:\nA new page' }),
      tools,
    );
    assert.deepEqual(tools.commands, ['npm run ci -- --all']);
  });

  it('approves with an open question when nothing can be run, and says so', async () => {
    const tools = new SimulatedTools({ 'a.txt': 'text\n' });
    const report = await runWorker(agentOf('tester', { objective: 'Check.' }, { task: gate() }), tools);
    assert.deepEqual(tools.commands, []);
    assert.equal(report.verdict, 'approve');
    assert.match(report.openQuestions[0] ?? '', /^Not checked: Nothing was run/);
  });

  it('runs the command again in each round', async () => {
    const tools = new SimulatedTools(sampleFiles);
    tools.commandAnswer = { text: 'exit code 1\nError', isError: true };
    const agent = agentOf('tester', { objective: 'Check.' }, { task: gate('make check') });
    assert.equal((await runWorker(agent, tools)).verdict, 'changes');
    tools.commandAnswer = { text: 'exit code 0\nok', isError: false };
    nextRound(agent, 2, ['src/load.ts']);
    assert.equal((await runWorker(agent, tools)).verdict, 'approve');
    assert.equal(callsOf(agent, 'run_command').length, 2);
  });

  it('finds what a renaming has left over', async () => {
    const agent = agentOf('tester', { objective: 'Check.\n\nThe refactoring:\nRename `load` to `parse`' }, { task: gate() });
    const report = await runWorker(agent, new SimulatedTools(sampleFiles));
    assert.equal(report.verdict, 'changes');
    assert.ok(places(report).includes('src/load.ts:1'));
  });
});
