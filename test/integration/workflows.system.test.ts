import assert from 'node:assert/strict';
import { assigneeOf } from '../../src/core/planQueue.ts';
import { runPhase } from '../../src/core/selectors.ts';
import type { Decision, FleetState, Plan, Run } from '../../src/core/state.ts';
import { createClock } from '../../src/platform/clock.ts';
import { createPracticeModel, noPace } from '../../src/providers/practice/practiceModel.ts';
import { builtInWorkflows } from '../../src/workflows/builtInWorkflows.ts';
import { openRealFleet, type RealFleet } from '../support/realFleet.ts';

/** Says yes to whatever is asked, as soon as it is asked. */
function sayYes(real: RealFleet): void {
  const answered = new Set<string>();
  const look = () => {
    const { state } = real.fleet;
    for (const ask of Object.values(state.asks)) {
      const answer =
        ask.ask.kind === 'question' ? ({ kind: 'reply', text: 'the whole repository' } as const) : ({ kind: 'allow' } as const);
      once(answered, ask.askId, () => real.fleet.execute({ type: 'answer', askId: ask.askId, answer }));
    }
    for (const decision of openDecisions(state)) {
      const [first] = decision.ask.options;
      once(answered, decision.askId, () => real.fleet.execute({ type: 'decide', askId: decision.askId, choice: first?.choice ?? '' }));
    }
  };
  real.fleet.subscribe(look);
}

function once(done: Set<string>, id: string, act: () => void): void {
  if (!done.has(id)) {
    done.add(id);
    queueMicrotask(act);
  }
}

function openDecisions(state: FleetState): readonly Decision[] {
  return Object.values<Plan>(state.plans).flatMap((plan) => plan.decisions.filter((decision) => decision.answer === undefined));
}

function onlyRun(state: FleetState): Run {
  const [run] = Object.values<Run>(state.runs);
  return run ?? assert.fail('no run');
}

const ended = (state: FleetState) => !['running', 'paused'].includes(runPhase(state, onlyRun(state)));

const tasks: Readonly<Record<string, { task: string; inputs?: Record<string, string | string[]> }>> = {};

describe('every built-in workflow with the practice model over a real folder', function () {
  this.timeout(120_000);

  for (const { path } of builtInWorkflows) {
    const workflow = path.replace(/^.*\/|\.md$/g, '');
    it(workflow, async () => {
      const real = await openRealFleet({
        source: 'test/fixtures/sample',
        provider: createPracticeModel({ clock: createClock(), pace: noPace }),
      });
      try {
        sayYes(real);
        const started = real.fleet.execute({ type: 'startRun', task: 'Improve how errors are handled', workflow, ...tasks[workflow] });
        assert.ok(started.ok, started.ok ? '' : `${started.rejection.message} ${started.rejection.next}`);
        await real.until(ended);
        const run = onlyRun(real.fleet.state);
        const plan = real.fleet.state.plans[run.id];
        console.log(workflow, runPhase(real.fleet.state, run));
        for (const task of plan?.tasks ?? []) {
          const agent = assigneeOf(real.fleet.state, task);
          const outcome = agent?.phase.kind === 'ended' ? agent.phase.outcome : undefined;
          console.log(
            `  ${task.id} [${task.agentType}] ${task.status} r${task.round} ${task.verdict ?? ''} ${task.reason ?? ''}`,
            outcome?.kind === 'done' ? outcome.report.summary.slice(0, 220) : outcome?.kind === 'failed' ? outcome.failure : '',
            outcome?.kind === 'done' ? (outcome.report.doubts ?? '') : '',
          );
        }
        for (const d of plan?.decisions ?? []) console.log('  decision', d.purpose, d.taskId, d.answer?.choice, d.ask.title);
        assert.deepEqual(real.errors, []);
      } finally {
        await real.close();
      }
    });
  }
});
