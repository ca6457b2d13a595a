import { useMemo } from 'preact/hooks';
import type { AgentId } from '../../src/core/ids.ts';
import { workMs } from '../../src/core/plan/estimate.ts';
import { emptyPlan } from '../../src/core/plan/reducePlan.ts';
import { metricsOf } from '../../src/core/result/runMetrics.ts';
import type { Lane, Plan, Run, Task } from '../../src/core/state.ts';
import { Icon } from '../parts/icon.tsx';
import { useTick } from '../parts/useTick.ts';
import type { Store } from '../store.ts';
import { toVisibleLine } from '../text/visible.ts';
import { ArtefactList } from './artefactList.tsx';
import { MetricsView } from './metricsView.tsx';
import { pathOf } from './planPath.ts';
import { ProposalList } from './proposalList.tsx';
import { RequestList } from './requestList.tsx';
import { lineGroups } from './taskLines.ts';
import { TaskTable } from './taskTable.tsx';

/** The plan of the shown run: how it goes in numbers, what waits for the person, and every task. */
export function PlanView({ store }: { readonly store: Store }) {
  const run = store.run.value;
  const plan: Plan | undefined = run === undefined ? undefined : store.mirror.value.state.plans[run.id];
  return (
    <section class="plan" aria-label={run === undefined ? 'Plan' : `Plan of ${toVisibleLine(run.label)}`}>
      {run === undefined ? <ManyRuns store={store} /> : <RunPlan store={store} run={run} plan={plan ?? emptyPlan(run.id)} />}
    </section>
  );
}

function ManyRuns({ store }: { readonly store: Store }) {
  const runId = store.selected.value?.runId ?? store.runs.value[0]?.id;
  const run = store.runs.value.find((each) => each.id === runId);
  return (
    <div class="hint">
      <Icon name="checklist" />
      <p>A plan belongs to one run. Choose a run above.</p>
      {run === undefined ? null : (
        <button type="button" class="button" onClick={() => store.change({ run: run.id })}>
          Show the plan of {toVisibleLine(run.label).slice(0, 60)}
        </button>
      )}
    </div>
  );
}

/** Runs from before there were plans have agents that no task asked for. */
function NoPlan({ store }: { readonly store: Store }) {
  const { readOnly } = store.mirror.value;
  return (
    <div class="hint">
      <Icon name="checklist" />
      <p>This run was made before runs had plans. Its agents are in the lanes; the next run has a plan.</p>
      <div class="plan-buttons">
        <button type="button" class="button" onClick={() => store.change({ main: 'lanes' })}>
          Show the lanes
        </button>
        <button
          type="button"
          class="button primary"
          disabled={readOnly !== undefined}
          title={readOnly}
          onClick={() => store.post({ type: 'startRun' })}
        >
          Start a run
        </button>
      </div>
    </div>
  );
}

function RunPlan({ store, run, plan }: { readonly store: Store; readonly run: Run; readonly plan: Plan }) {
  useTick(store.live.value || plan.decisions.some((decision) => decision.answer === undefined), 1_000);
  const { state } = store.mirror.value;
  const now = store.now();
  // Work is added up over all spans of a run, so once a second is often enough.
  const second = Math.floor(now / 1_000);
  const metrics = useMemo(() => metricsOf(state, run, now), [run, plan, second]);
  const path = useMemo(() => pathOf(plan, (task) => measuredMs(state.lanes, task, now)), [plan, second]);
  const { grouped } = store.view.value;
  const groups = lineGroups({ plan, agents: state.agents, critical: path.taskIds, now }, grouped);
  return (
    <>
      {plan.tasks.length === 0 ? null : <PlanBar store={store} run={run} plan={plan} />}
      <MetricsView metrics={metrics} path={path} />
      <RequestList store={store} run={run} now={now} />
      {plan.tasks.length === 0 && metrics.agents > 0 ? (
        <NoPlan store={store} />
      ) : plan.tasks.length === 0 ? (
        <p class="dim plan-nothing">No task yet. The first one appears as soon as the run has planned it.</p>
      ) : (
        <TaskTable store={store} run={run} groups={groups} />
      )}
      <ArtefactList store={store} plan={plan} />
      <ProposalList store={store} plan={plan} />
    </>
  );
}

/** The time in which models and tools ran for a task, all its agents together, in ms. */
function measuredMs(lanes: Readonly<Record<AgentId, Lane>>, task: Task, now: number): number {
  const agents = new Set(task.history.map((attempt) => attempt.agentId));
  return [...agents].reduce((sum, agentId) => {
    const lane: Lane | undefined = lanes[agentId];
    const spans = (lane?.spans ?? []).map((span) => (span.to === undefined ? { ...span, to: Math.max(now, span.from) } : span));
    return sum + workMs({ spans, open: [], points: [], marks: [] });
  }, 0);
}

const statuses = ['running', 'waiting', 'failed', 'skipped', 'cancelled'] as const satisfies readonly Task['status'][];

function PlanBar({ store, run, plan }: { readonly store: Store; readonly run: Run; readonly plan: Plan }) {
  const { grouped } = store.view.value;
  const wanted = plan.tasks.filter((task) => task.status !== 'cancelled').length;
  const done = plan.tasks.filter((task) => task.status === 'done').length;
  const counts = statuses
    .map((status) => ({ status, count: plan.tasks.filter((task) => task.status === status).length }))
    .filter(({ count }) => count > 0)
    .map(({ status, count }) => `${count} ${status}`);
  return (
    <header class="plan-bar">
      <span class="plan-progress">{[`${done} of ${wanted} tasks done`, ...counts].join(' · ')}</span>
      {plan.held === undefined ? null : (
        <span class="badge">
          <Icon name="debug-pause" /> {plan.held === 'paused' ? 'Paused' : 'Interrupted'}: no further task starts
        </span>
      )}
      <div class="plan-order" role="radiogroup" aria-label="Order of the tasks">
        {[false, true].map((each) => (
          <button
            key={String(each)}
            type="button"
            role="radio"
            class="choice"
            aria-checked={grouped === each}
            title={each ? 'Tasks that can be worked on at the same time stand together' : 'The order in which the plan names them'}
            onClick={() => store.change({ grouped: each })}
          >
            {each ? 'Groups' : 'Plan order'}
          </button>
        ))}
      </div>
      <div class="plan-buttons">
        <button type="button" class="button" onClick={() => store.post({ type: 'openDocument', runId: run.id, document: 'Plan' })}>
          <Icon name="edit" /> Open plan
        </button>
        <button type="button" class="button" onClick={() => store.post({ type: 'openDocument', runId: run.id, document: 'Result' })}>
          <Icon name="output" /> Open result
        </button>
      </div>
    </header>
  );
}
