import * as assert from 'node:assert/strict';
import { taskSpecSchema } from '../../src/core/events.ts';
import { personType, validatePlan } from '../../src/core/plan/validatePlan.ts';
import { builtInAgentTypes } from '../../src/workflows/agentTypes.ts';
import { builtInWorkflows } from '../../src/workflows/builtInWorkflows.ts';
import { createWorkflowCatalogue } from '../../src/workflows/workflowCatalogue.ts';
import { assertGolden } from '../support/golden.ts';
import { planText } from '../support/planText.ts';

const agentTypes = builtInAgentTypes.map(({ name }) => name);
const catalogue = createWorkflowCatalogue({ builtIn: builtInWorkflows, files: [], folders: () => ['app', 'lib'], agentTypes });
const names = [
  'orchestrate',
  'scout-build',
  'scout-plan-build',
  'research-plan-execute',
  'plan-build-review-ship',
  'feature',
  'code-review',
  'refactor-files',
  'research-docs',
  'batch',
];
const task = 'Rename load() to read() everywhere.';

function planOf(workflow: string, inputs: Readonly<Record<string, string | readonly string[]>> = {}) {
  const made = catalogue.template({ task, workflow, inputs, place: undefined });
  return 'code' in made ? assert.fail(`${made.message} ${made.next}`) : made;
}

function toolsOf(agentType: string): readonly string[] {
  return builtInAgentTypes.find(({ name }) => name === agentType)?.tools ?? assert.fail(`no agent type ${agentType}`);
}

describe('built-in workflows', () => {
  it('are the ten, in the order in which they are offered, without a problem', () => {
    assert.deepEqual(
      catalogue.all().map(({ name }) => name),
      names,
    );
    for (const { name, description, path, source, problems } of catalogue.all()) {
      assert.deepEqual(problems, [], name);
      assert.ok(description.length > 40, name);
      assert.equal(path, `${name}.md`);
      assert.equal(source, 'built-in');
    }
  });

  for (const name of names) {
    it(`${name} becomes the plan it describes`, () => {
      assertGolden(`workflows/${name}.txt`, planText(planOf(name).tasks));
    });
  }

  it('become plans that the engine accepts, with and without inputs', () => {
    const inputs: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>> = {
      batch: { folders: ['a', 'b/c'] },
      feature: { check: 'npm test' },
      'plan-build-review-ship': { check: 'npm test' },
      'refactor-files': { check: 'npm test' },
      'research-docs': { questions: 'What is it?\nWhy is it?' },
    };
    for (const name of names) {
      for (const given of [{}, inputs[name] ?? {}]) {
        const { tasks } = planOf(name, given);
        const { errors, warnings } = validatePlan(tasks, {
          agentTypes,
          changesFiles: (type) => type !== personType && toolsOf(type).includes('edit_file'),
          maxTasks: 100,
        });
        assert.deepEqual([...errors, ...warnings], [], name);
        assert.deepEqual(
          tasks.map((one) => taskSpecSchema.parse(one)),
          tasks,
          name,
        );
      }
    }
  });

  it('tell every agent the task, leave no placeholder, and brief everyone but the lead whole', () => {
    for (const name of names) {
      for (const { id, agentType, brief, forEach } of planOf(name).tasks) {
        const texts = JSON.stringify(brief).replaceAll(forEach === undefined ? '' : '{{item}}', '');
        assert.doesNotMatch(texts, /\{\{/, `${name} ${id}`);
        if (agentType === personType) {
          continue;
        }
        assert.ok(brief.objective.includes(task), `${name} ${id}`);
        if (agentType !== 'lead') {
          assert.ok((brief.outputFormat ?? '').length > 80, `${name} ${id}`);
          assert.ok((brief.constraints?.doneCriteria ?? []).length >= 2, `${name} ${id}`);
          assert.ok((brief.context ?? '').length > 40, `${name} ${id}`);
        }
      }
    }
  });

  it('tell every judge what its verdict means', () => {
    const judges = names.flatMap((name) => planOf(name).tasks.filter(({ gate }) => gate?.kind === 'verdict'));
    assert.equal(judges.length, 5);
    for (const { id, brief } of judges) {
      assert.match(brief.objective, /[Vv]erdict "approve" when/, id);
      assert.match(brief.objective, /[Vv]erdict\s+"changes"/, id);
    }
  });

  it('ask nobody to run a command that cannot', () => {
    for (const name of names) {
      for (const { id, agentType, brief, gate } of planOf(name).tasks.filter((one) => one.agentType !== personType)) {
        const runs = gate?.kind === 'verdict' || brief.objective.includes('Run this');
        assert.ok(!runs || toolsOf(agentType).includes('run_command'), `${name} ${id} runs commands`);
      }
    }
  });

  it('have the lead do exactly what the person asks for', () => {
    const place = { path: 'src/a.ts', line: 3, endLine: 9 };
    const made = catalogue.template({ task: ' Fix it. ', workflow: undefined, inputs: {}, place });
    assert.deepEqual('code' in made ? made : made.tasks.map(({ id, brief }) => ({ id, brief })), [
      { id: 'lead', brief: { objective: 'Fix it.', scope: { paths: ['src/a.ts'], focus: 'lines 3 to 9' } } },
    ]);
  });

  it('hold the judges to the check they are given, and to none without one', () => {
    for (const name of ['feature', 'plan-build-review-ship', 'refactor-files']) {
      const checks = (check: string | undefined) =>
        planOf(name, check === undefined ? {} : { check }).tasks.flatMap(({ gate }) => gate?.check ?? []);
      assert.deepEqual(checks('npm run verify'), ['npm run verify'], name);
      assert.deepEqual(checks(undefined), [], name);
      const { tasks } = planOf(name, { check: 'npm run verify' });
      const told = tasks.filter(({ gate }) => gate?.check !== undefined).map(({ brief }) => brief.objective);
      assert.ok(
        told.every((objective) => objective.includes('Run this, whole and unchanged:\nnpm run verify\n')),
        name,
      );
    }
  });
});
