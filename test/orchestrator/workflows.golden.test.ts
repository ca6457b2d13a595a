import assert from 'node:assert/strict';
import type { Json } from '../../src/core/json.ts';
import { builtInAgentTypes } from '../../src/workflows/agentTypes.ts';
import { builtInWorkflows } from '../../src/workflows/builtInWorkflows.ts';
import { createWorkflowCatalogue } from '../../src/workflows/workflowCatalogue.ts';
import { assertGolden } from '../support/golden.ts';
import { onlyRun, openDecisions, runWord, shortTask, standing } from '../support/planRun.ts';
import { call, fail, type Piece, report, type Step } from '../support/scriptedModel.ts';
import { TestFleet } from '../support/testFleet.ts';
import { testTool } from '../support/testTools.ts';

/*
 * Each built-in workflow as it runs: the real file becomes the plan, the real agent types do its tasks, and a script says what each agent answers.
 * The scripts are named by label, which is the title of the task.
 */

const { template } = createWorkflowCatalogue({ builtIn: builtInWorkflows, files: [], folders: () => ['app', 'lib'] });

interface Play {
  readonly scripts: Readonly<Record<string, readonly (Step | Piece)[]>>;
  /** The person's answers in the order of the questions, as `choice` or `choice: words`. */
  readonly answers?: readonly string[];
  readonly inputs?: Readonly<Record<string, string | string[]>>;
  readonly tools?: readonly ReturnType<typeof testTool>[];
}

/** Runs a workflow to its end, answering whatever is asked. Every agent looks around for ten seconds before it says anything final. */
async function play(workflow: string, { scripts, answers = [], inputs = {}, tools = [] }: Play): Promise<TestFleet> {
  const look = testTool('look', async (_, __, signal) => {
    await test.clock.sleep(10_000, signal);
    return { text: 'seen', isError: false };
  });
  const looking = Object.entries(scripts).map(([label, steps]) => [
    label,
    steps.flatMap((step) => (isFinal(step) ? [call('look'), step] : step)),
  ]);
  const test: TestFleet = new TestFleet(Object.fromEntries(looking), { template, agentTypes: builtInAgentTypes, tools: [look, ...tools] });
  test.do({ type: 'startRun', task: 'Rename load() to read() everywhere.', workflow, inputs });
  const left = [...answers];
  const isOver = () => !['running', 'paused'].includes(runWord(test));
  while (!isOver()) {
    await test.clock.advance(10_000);
    const [decision] = openDecisions(test);
    if (decision !== undefined) {
      const [choice = '', text] = left.shift()?.split(': ') ?? [];
      test.do({ type: 'decide', askId: decision.askId, choice, text });
    }
  }
  assert.deepEqual(left, [], 'every answer was asked for');
  assert.deepEqual([test.errors, test.model.violations], [[], []]);
  return test;
}

const isFinal = (step: Step | Piece): boolean => 'ends' in step || (step.piece === 'call' && step.name === 'report');
const found = (...paths: readonly string[]): { readonly [key: string]: Json } => ({
  findings: paths.map((path) => ({ text: `load() is used in ${path}`, path, line: 1 })),
});
const approve = { verdict: 'approve' };
const changes = { verdict: 'changes', findings: [{ text: 'src/a.ts still calls load()', path: 'src/a.ts', line: 7 }] };

/** What every agent does again and again, which would hide the rest. */
const small = / (?:agentStarted|requestStarted|replySettled|toolStarted|toolEnded|turnEnded|messageDelivered)\b/;

/** What the scripts of one run come to: its timeline, how its tasks stand, and how the run ended. */
function golden(name: string, test: TestFleet): void {
  const { tasks } = onlyRun(test).plan;
  const width = Math.max(...tasks.map((task) => task.id.length));
  const rows = tasks.map(
    ({ id, status, round, history, verdict, reason }) =>
      `${id.padEnd(width)}  ${status}${round > 1 ? `, round ${round}` : ''}${history.length > round ? `, ${history.length} attempts` : ''}${
        verdict === undefined ? '' : `, ${verdict}`
      }${reason === undefined ? '' : `: ${reason}`}\n`,
  );
  const lines = test
    .timeline()
    .split('\n')
    .filter((line) => !small.test(line));
  assertGolden(`timelines/workflow-${name}.txt`, `${lines.join('\n')}\nrun ${runWord(test)}\n${rows.join('')}`);
}

describe('the timeline of each built-in workflow', () => {
  it('orchestrate: a lead divides, waits and reports', async () => {
    const test = await play('orchestrate', {
      scripts: {
        lead: [
          call('spawn_agent', { label: 'callers' }),
          call('spawn_agent', { label: 'docs' }),
          call('wait_for_agents'),
          call('wait_for_agents'),
          report('load() is read() everywhere'),
        ],
        callers: [report('four callers')],
        docs: [report('two documents')],
      },
    });
    golden('orchestrate', test);
    assert.equal(runWord(test), 'done');
  });

  it('scout-build: one looks, the next builds', async () => {
    const test = await play('scout-build', {
      scripts: { Scout: [report('in src/a.ts', found('src/a.ts'))], Build: [report('renamed')] },
    });
    golden('scout-build', test);
    assert.equal(runWord(test), 'done');
  });

  it('scout-plan-build: the scout fails once and is told of it', async () => {
    const test = await play('scout-plan-build', {
      scripts: {
        Scout: [fail('refused', 'never', { message: 'The model refused.' })],
        'Scout-2': [report('in src/a.ts')],
        Plan: [report('rename, then the tests')],
        Build: [report('renamed')],
      },
    });
    golden('scout-plan-build', test);
    assert.equal(runWord(test), 'done');
  });

  it('research-plan-execute: the plan is sent back once, then carried out', async () => {
    const test = await play('research-plan-execute', {
      scripts: {
        'Research: the code': [report('where it is')],
        'Research: practice': [report('how it is done')],
        'Research: risks': [report('what can go wrong')],
        Plan: [call('add_tasks'), report('two tasks'), report('the same, in smaller steps')],
        rename: [report('renamed')],
        verify: [report('verified')],
        Synthesis: [report('all done')],
      },
      tools: [addTasks],
      answers: ['changes: smaller steps', 'approve'],
    });
    golden('research-plan-execute', test);
    assert.equal(runWord(test), 'done');
  });

  it('research-plan-execute with research that fails: the rest goes on with what there is', async () => {
    const broken = fail('refused', 'never', { message: 'The model refused.' });
    const test = await play('research-plan-execute', {
      scripts: {
        'Research: the code': [report('where it is')],
        'Research: practice': [broken],
        'Research: practice-2': [broken],
        'Research: risks': [report('what can go wrong')],
        Plan: [call('add_tasks'), report('two tasks')],
        rename: [report('renamed')],
        verify: [report('verified')],
        Synthesis: [report('all done')],
      },
      tools: [addTasks],
      answers: ['approve'],
    });
    golden('research-fails', test);
    assert.equal(runWord(test), 'partial');
  });

  it('plan-build-review-ship: the review asks for changes in round 1 and approves in round 2', async () => {
    const test = await play('plan-build-review-ship', {
      scripts: {
        Plan: [report('the plan')],
        Build: [report('built'), report('built again')],
        'Check the build': [report('it builds', approve), report('it still builds', approve)],
        Review: [report('not yet', changes), report('good', approve)],
        Ship: [report('notes are written')],
      },
      answers: ['approve', 'approve'],
    });
    golden('plan-build-review-ship', test);
    assert.equal(runWord(test), 'done');
  });

  it('feature: the tests fail once, the review then approves', async () => {
    const test = await play('feature', {
      scripts: {
        Plan: [report('the plan')],
        Implement: [report('built'), report('put right')],
        Test: [report('one fails', changes), report('all pass', approve)],
        Review: [report('good', approve)],
        Document: [report('documented')],
      },
    });
    golden('feature', test);
    assert.equal(runWord(test), 'done');
  });

  it('code-review: four reviewers and one list, one of the four missing', async () => {
    const broken = fail('refused', 'never', { message: 'The model refused.' });
    const test = await play('code-review', {
      scripts: {
        'Security review': [report('nothing', found('src/a.ts'))],
        'Quality review': [report('two things')],
        'Performance review': [broken],
        'Performance review-2': [broken],
        'Test review': [report('one gap')],
        'One list': [report('one list')],
      },
    });
    golden('code-review', test);
    assert.equal(runWord(test), 'partial');
  });

  it('refactor-files: one builder for each file that was found', async () => {
    const test = await play('refactor-files', {
      scripts: {
        'Find all uses': [report('two files', found('src/a.ts', 'src/b.ts'))],
        '*': [report('done', approve)],
      },
    });
    golden('refactor-files', test);
    assert.equal(runWord(test), 'done');
  });

  it('research-docs: a question each, and one document', async () => {
    const test = await play('research-docs', {
      scripts: { '*': [report('answered')] },
      inputs: { questions: ['What is it?', 'Who uses it?'] },
    });
    golden('research-docs', test);
    assert.equal(runWord(test), 'done');
  });

  it('batch: the same in every folder, and one report over all', async () => {
    const test = await play('batch', { scripts: { '*': [report('done here')] } });
    golden('batch', test);
    assert.equal(standing(test), 'work-app done, work-lib done, synthesis done');
  });
});

/** What a planner that knows its work adds: both wait for the person. */
const addTasks = testTool('add_tasks', (_, { coordination }) => {
  const result = coordination.changePlan(
    [
      { kind: 'add', task: shortTask({ id: 'rename', agentType: 'builder', after: ['approve-plan'] }) },
      { kind: 'add', task: shortTask({ id: 'verify', agentType: 'tester', after: ['approve-plan', 'rename'] }) },
    ],
    'from the research',
  );
  return { text: result.ok ? 'added' : result.rejection.message, isError: !result.ok };
});
