import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isSettled } from '../../src/core/plan/planGraph.ts';
import { resultOf } from '../../src/core/result/runResult.ts';
import { isLive, reportOf } from '../../src/core/selectors.ts';
import type { FleetState, Plan } from '../../src/core/state.ts';
import type { RunId } from '../../src/core/ids.ts';
import { createClock } from '../../src/platform/clock.ts';
import { createPracticeModel, noPace } from '../../src/providers/practice/practiceModel.ts';
import { deepRun } from '../support/examples.ts';
import { openRealFleet, type RealFleet } from '../support/realFleet.ts';

const owners = 'Fix the TODO and FIXME comments that have no owner';

interface Practised {
  readonly workflow: string;
  /** One that the practice model has rules for. */
  readonly task: string;
  /** It ends with changed files. */
  readonly edits: boolean;
  /** Left to the deep run: the others here and the practice run beside this go through its phases too. */
  readonly deep?: true;
}

/** Each built-in workflow. */
const workflows: readonly Practised[] = [
  { workflow: 'orchestrate', task: 'Review this repository and fix one small thing', edits: true, deep: true },
  { workflow: 'research-plan-execute', task: owners, edits: true },
  { workflow: 'scout-plan-build', task: owners, edits: true, deep: true },
  { workflow: 'scout-build', task: owners, edits: true, deep: true },
  { workflow: 'plan-build-review-ship', task: owners, edits: true },
  { workflow: 'code-review', task: 'All of the code', edits: false },
  { workflow: 'feature', task: owners, edits: true, deep: true },
  { workflow: 'refactor-files', task: 'Rename `addMonths` to `plusMonths`', edits: true },
  { workflow: 'research-docs', task: 'How this project works', edits: true, deep: true },
  { workflow: 'batch', task: owners, edits: true },
];

/** Says yes to whatever is asked. */
function agreeing(real: RealFleet): void {
  const open = new Set<string>();
  real.fleet.subscribe(() => {
    for (const ask of Object.values(real.fleet.state.asks)) {
      const answer = ask.ask.kind === 'question' ? { kind: 'reply' as const, text: 'the whole repository' } : { kind: 'allow' as const };
      queueMicrotask(() => real.fleet.execute({ type: 'answer', askId: ask.askId, answer }));
    }
    for (const decision of Object.values(real.fleet.state.plans).flatMap((plan) => plan.decisions)) {
      if (decision.answer === undefined && !open.has(decision.askId)) {
        open.add(decision.askId);
        const [choice] = decision.ask.options;
        queueMicrotask(() => real.fleet.execute({ type: 'decide', askId: decision.askId, choice: choice?.choice ?? '' }));
      }
    }
  });
}

const isOver = (state: FleetState, runId: RunId): boolean =>
  (state.plans[runId]?.tasks ?? []).every(isSettled) && Object.values(state.agents).every((agent) => !isLive(agent));

async function checkPlaces(real: RealFleet): Promise<void> {
  for (const agent of Object.values(real.fleet.state.agents)) {
    const report = reportOf(agent);
    assert.ok(report !== undefined, `${agent.label} reported`);
    assert.deepEqual(report.doubts ?? [], [], `${agent.label}: ${report.summary}`);
    for (const { path, line } of report.findings.filter((finding) => finding.path !== undefined)) {
      assert.ok(existsSync(join(real.workspace, path ?? '')), `${agent.label}: ${path} exists`);
      const lines = (await readFile(join(real.workspace, path ?? ''), 'utf8')).split('\n').length;
      assert.ok((line ?? 1) <= lines, `${agent.label}: ${path}:${line} exists`);
    }
  }
}

/** The result of the run is whole: nothing failed, somebody sums it up, and every place and every changed file in it is there. */
async function checkResult(real: RealFleet, runId: RunId, edits: boolean): Promise<void> {
  const result = resultOf(real.fleet.state, runId) ?? assert.fail('no result');
  assert.equal(result.phase, 'done');
  assert.deepEqual([result.failures, result.undone, result.doubts], [[], [], []]);
  assert.ok(result.summaries.length > 0, 'a summary');
  assert.ok(result.findings.length > 0 || isHampered(real.fleet.state), 'findings');
  for (const { path, line } of result.findings.filter((finding) => finding.path !== undefined)) {
    const lines = (await readFile(join(real.workspace, path ?? ''), 'utf8')).split('\n').length;
    assert.ok((line ?? 1) <= lines, `${path}:${line} exists`);
  }
  const missing = result.filesChanged.filter(({ path }) => !existsSync(join(real.workspace, path)));
  assert.deepEqual(missing, []);
  assert.ok(edits || result.filesChanged.length === 0, 'who only looks changes nothing');
}

/** Whether the machine was so busy that searches were given up, so that nothing may have been found to change. */
const isHampered = (state: FleetState): boolean =>
  Object.values(state.transcripts).some((transcript) =>
    transcript.turns.some((turn) => turn.calls.some((call) => call.output?.text.includes('takes too long') === true)),
  );

/** What a run came to, task by task. */
const told = (plan: Plan | undefined) =>
  plan?.tasks.map((task) => `${task.id} ${task.status} round ${task.round}: ${task.reason ?? ''}`).join('\n');

describe('the practice model in every workflow', function () {
  this.timeout(60_000);

  for (const { workflow, task, edits } of workflows.filter(({ deep }) => deepRun || deep !== true)) {
    it(`comes to the end of ${workflow} with reports that hold`, async () => {
      const real = await openRealFleet({
        source: 'test/fixtures/sample',
        provider: createPracticeModel({ clock: createClock(), pace: noPace }),
      });
      try {
        agreeing(real);
        const started = real.fleet.execute({ type: 'startRun', task, workflow });
        const { runId } = started.ok ? started.accepted : assert.fail(JSON.stringify(started));
        assert.ok(runId !== undefined);
        await real.until((state) => isOver(state, runId));
        const plan = real.fleet.state.plans[runId];
        assert.ok(
          plan?.tasks.every((one) => one.status === 'done'),
          told(plan),
        );
        await checkPlaces(real);
        await checkResult(real, runId, edits);
        const changed = Object.values(real.fleet.state.agents).flatMap((agent) => agent.filesChanged);
        assert.ok(changed.length > 0 === edits || isHampered(real.fleet.state), changed.join());
        assert.deepEqual(real.errors, []);
      } finally {
        await real.close();
      }
    });
  }
});
