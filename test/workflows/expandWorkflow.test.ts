import * as assert from 'node:assert/strict';
import fc from 'fast-check';
import type { PlanTemplate } from '../../src/core/decideSpawn.ts';
import { taskSpecSchema } from '../../src/core/events.ts';
import { validatePlan } from '../../src/core/plan/validatePlan.ts';
import { expandWorkflow, type WorkflowUse } from '../../src/workflows/expandWorkflow.ts';
import type { ForEach, Workflow, WorkflowTask } from '../../src/workflows/workflow.ts';
import { planText } from '../support/planText.ts';

const plain: WorkflowTask = {
  id: 'one',
  title: 'One',
  agentType: 'scout',
  objective: 'Do {{task}}',
  paths: [],
  doneCriteria: [],
  priority: 'medium',
  attempts: 1,
  rollback: false,
  partial: false,
  publishes: [],
  needs: [],
};

const use: WorkflowUse = { task: 'the task', inputs: {}, folders: () => ['app', 'lib'], place: undefined };

function workflow(phases: readonly (readonly Partial<WorkflowTask>[])[], more: Partial<Workflow> = {}): Workflow {
  const whole = phases.map((tasks, index) => ({
    id: `p${index}`,
    title: `Phase ${index}`,
    tasks: tasks.map((task) => ({ ...plain, ...task })),
  }));
  return { name: 'own', description: '', inputs: [], phases: whole, context: '', ...more };
}

function expanded(given: Workflow, with_: Partial<WorkflowUse> = {}): PlanTemplate {
  const made = expandWorkflow(given, { ...use, ...with_ });
  return 'code' in made ? assert.fail(made.message) : made;
}

function refusal(given: Workflow, with_: Partial<WorkflowUse> = {}): readonly [string, string] {
  const made = expandWorkflow(given, { ...use, ...with_ });
  return 'code' in made ? [made.message, made.next] : assert.fail('it was not refused');
}

describe('expanding a workflow', () => {
  it('lets a phase wait for the whole phase before it, unless a task says otherwise', () => {
    const { tasks } = expanded(
      workflow([[{ id: 'a' }, { id: 'b' }], [{ id: 'c' }, { id: 'd', dependsOn: ['a'] }, { id: 'e', dependsOn: [] }], [{ id: 'f' }]]),
    );
    assert.equal(
      planText(tasks),
      `Phase 0: a (scout)
Phase 0: b (scout)
Phase 1: c (scout) after a, b
Phase 1: d (scout) after a
Phase 1: e (scout)
Phase 2: f (scout) after c, d, e
`,
    );
  });

  it('fills in the brief of a task with everything the workflow says', () => {
    const {
      tasks,
      budget,
      workflow: name,
    } = expanded(
      workflow(
        [
          [
            {
              title: 'Look at {{item}}',
              objective: 'Do {{task}} in {{item}} with {{input.how or care}} and {{input.what or nothing}}. {{other}}',
              forEach: { kind: 'items', items: ['src/ü b'] },
              paths: ['{{item}}', '{{input.what}}'],
              focus: 'on {{item}}',
              outputFormat: 'About {{item}}',
              doneCriteria: ['{{item}} is done', '{{input.what}}'],
              model: 'big',
              effort: 'high',
              priority: 'high',
              attempts: 3,
              fallback: { agentType: 'general' },
              rollback: true,
              partial: true,
              publishes: ['api'],
              gate: { kind: 'verdict', rounds: 2, check: 'make {{input.how}}' },
            },
          ],
        ],
        {
          context: 'For {{task}}.',
          budget: { minutes: 5 },
          inputs: [
            { name: 'how', description: '', required: true, list: false },
            { name: 'what', description: '', required: false, list: true },
          ],
        },
      ),
      { inputs: { how: ' speed ' }, task: ' {{item}} and $& ' },
    );
    assert.equal(name, 'own');
    assert.deepEqual(budget, { minutes: 5 });
    assert.deepEqual(tasks, [
      {
        id: 'one-src-u-b',
        title: 'Look at src/ü b',
        agentType: 'scout',
        phase: 'Phase 0',
        brief: {
          objective: 'Do {{item}} and $& in src/ü b with speed and nothing. {{other}}',
          scope: { paths: ['src/ü b'], focus: 'on src/ü b' },
          context: 'For {{item}} and $&.',
          outputFormat: 'About src/ü b',
          constraints: { doneCriteria: ['src/ü b is done'] },
        },
        dependencies: [],
        priority: 'high',
        model: 'big',
        effort: 'high',
        attempts: 3,
        fallback: { agentType: 'general' },
        rollback: true,
        partial: true,
        publishes: ['api'],
        gate: { kind: 'verdict', rounds: 2, check: 'make speed' },
      },
    ]);
  });

  it('repeats a task for folders, items and inputs, each once, with ids that say for what', () => {
    const ids = (forEach: ForEach, with_: Partial<WorkflowUse> = {}) => {
      const inputs = [{ name: 'parts', description: '', required: false, list: true }];
      return expanded(workflow([[{ id: 'a', forEach }], [{ id: 'z' }]], { inputs }), with_).tasks.map(({ id }) => id);
    };
    assert.deepEqual(ids({ kind: 'folders' }), ['a-app', 'a-lib', 'z']);
    assert.deepEqual(ids({ kind: 'items', items: ['x', 'X!', 'x', '日本', '語'] }), ['a-x', 'a-x-2', 'a-item', 'a-item-2', 'z']);
    assert.deepEqual(ids({ kind: 'input', name: 'parts', orFolders: true }), ['a-app', 'a-lib', 'z']);
    assert.deepEqual(ids({ kind: 'input', name: 'parts', orFolders: true }, { inputs: { parts: [] } }), ['a-app', 'a-lib', 'z']);
    assert.deepEqual(ids({ kind: 'input', name: 'parts', orFolders: true }, { inputs: { parts: 'u v\n\n w ' } }), ['a-u-v', 'a-w', 'z']);
    const long = 'What does it do for its users, and where are the entry points?';
    assert.deepEqual(ids({ kind: 'items', items: [long, `${'deep/'.repeat(9)}file.ts`] }), [
      'a-what-does-it-do-for-its-users',
      'a-deep-deep-deep-deep-file-ts',
      'z',
    ]);
  });

  it('lets everyone who waits for a repeated task wait for all of it', () => {
    const { tasks } = expanded(
      workflow([
        [{ id: 'a', forEach: { kind: 'folders' } }],
        [{ id: 'b', forEach: { kind: 'items', items: ['x', 'y'] } }],
        [{ id: 'c', dependsOn: ['b', 'a'] }],
      ]),
    );
    assert.equal(
      planText(tasks),
      `Phase 0: a-app (scout)
Phase 0: a-lib (scout)
Phase 1: b-x (scout) after a-app, a-lib
Phase 1: b-y (scout) after a-app, a-lib
Phase 2: c (scout) after b-x, b-y, a-app, a-lib
`,
    );
  });

  it('leaves a task for each finding to the engine, and lets it wait for the findings', () => {
    const { tasks } = expanded(
      workflow([
        [{ id: 'find' }, { id: 'other' }],
        [{ id: 'change', dependsOn: [], objective: 'Change {{item}} for {{task}}', forEach: { kind: 'findings', taskId: 'find' } }],
      ]),
    );
    const template = tasks[2];
    assert.deepEqual(template?.dependencies, ['find']);
    assert.equal(template.forEach, 'find');
    assert.equal(template.brief.objective, 'Change {{item}} for the task');
  });

  it('lets a collecting task wait for what is planned, but not past a gate', () => {
    const gate = { kind: 'person', rounds: 3 } as const;
    const of = (dependsOn: readonly string[]) =>
      expanded(
        workflow([
          [{ id: 'plan' }, { id: 'agree', dependsOn: ['plan'], agentType: 'person', gate }],
          [{ id: 'sum', collects: 'plan', dependsOn }],
        ]),
      ).tasks.map((task) => [...task.dependencies, task.collects]);
    assert.deepEqual(of(['agree'])[2], ['agree', 'plan']);
    assert.deepEqual(of([])[2], ['plan', 'plan']);
  });

  it('gives the place in the editor to every task that has no paths of its own', () => {
    const place = { path: 'src/a.ts', line: 3 };
    const { tasks } = expanded(workflow([[{ id: 'a' }, { id: 'b', focus: 'the loop' }, { id: 'c', paths: ['docs'], focus: 'style' }]]), {
      place,
    });
    assert.deepEqual(
      tasks.map(({ brief }) => brief.scope),
      [
        { paths: ['src/a.ts'], focus: 'line 3' },
        { paths: ['src/a.ts'], focus: 'line 3; the loop' },
        { paths: ['docs'], focus: 'style' },
      ],
    );
  });

  it('keeps a title on one line and short', () => {
    const { tasks } = expanded(workflow([[{ title: 'Do {{task}}' }]]), { task: `many\n${'words '.repeat(40)}` });
    assert.equal(tasks[0]?.title.length, 100);
    assert.match(tasks[0].title, /^Do many words .*…$/);
  });

  it('refuses without an input it needs, with one it does not know, and with too many values', () => {
    const inputs = [
      { name: 'check', description: 'the command to run', required: true, list: false },
      { name: 'parts', description: 'what to look at', required: false, list: true },
    ];
    assert.deepEqual(refusal(workflow([[{}]], { inputs }), { inputs: { chek: 'a', other: 'b', check: ' ' } }), [
      'The workflow own has no input "chek". Did you mean "check"? The workflow own has no input "other". Its inputs are: check, parts. ' +
        'The workflow own needs the input "check": the command to run',
      'Start the run again with these inputs put right.',
    ]);
    assert.match(refusal(workflow([[{}]], { inputs }), { inputs: { check: ['a', 'b'] } })[0], /takes one value, not 2/);
    assert.match(refusal(workflow([[{}]]), { inputs: { constructor: 'a' } })[0], /has no input "constructor"\. It has no inputs\./);
  });

  it('refuses when there is nothing to repeat a task for, or nothing to do', () => {
    assert.deepEqual(refusal(workflow([[{ forEach: { kind: 'folders' } }]]), { folders: () => [] }), [
      'The workflow own repeats "One" for each folder, and there is none.',
      'Open a workspace with folders in it.',
    ]);
    const inputs = [{ name: 'folders', description: '', required: false, list: true }];
    const forEach = { kind: 'input', name: 'folders', orFolders: true } as const;
    assert.match(refusal(workflow([[{ forEach }]], { inputs }), { folders: () => [] })[1], /^Give the input "folders"/);
    assert.match(refusal(workflow([[{ objective: '{{task}}' }]]), { task: ' ' })[0], /"one" of the workflow own would have no objective/);
  });
});

/** Workflows as their files allow them: dependencies on earlier tasks, some tasks repeated. */
const workflows = fc
  .array(
    fc.array(fc.record({ forEach: fc.nat(5), depends: fc.option(fc.array(fc.nat(20), { maxLength: 3 })), special: fc.nat(9) }), {
      minLength: 1,
      maxLength: 4,
    }),
    {
      minLength: 1,
      maxLength: 4,
    },
  )
  .map((phases): Workflow => {
    const earlier: WorkflowTask[] = [];
    const names = ['a', 'a-app', 'b', 'a-lib', 'a-app-2', 'b-x', 'c', 'long'.repeat(16), 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k'];
    return workflow(
      phases.map((tasks) => {
        const before = [...earlier];
        const single = before.filter((task) => task.forEach === undefined).map((task) => task.id);
        return tasks.map(({ forEach, depends, special }, index): WorkflowTask => {
          const id = names[earlier.length] ?? `t${earlier.length}`;
          const named = (depends ?? []).flatMap((at) => before[at % Math.max(1, before.length)]?.id ?? []);
          const one = single[index % Math.max(1, single.length)];
          const kinds: readonly (ForEach | undefined)[] = [
            { kind: 'folders' },
            { kind: 'items', items: ['x', 'y', 'app', 'x-y', 'X y'] },
            one === undefined ? undefined : { kind: 'findings', taskId: one },
          ];
          const task: WorkflowTask = {
            ...plain,
            id,
            forEach: kinds[forEach],
            dependsOn: depends === null ? undefined : named,
            collects: special === 0 ? one : undefined,
            gate: special === 1 && depends === null && one !== undefined ? { kind: 'verdict', rounds: 3 } : undefined,
          };
          earlier.push(task);
          return task;
        });
      }),
    );
  });

describe('any expanded workflow', () => {
  it('has ids of its own for all tasks, only dependencies that exist, no circle, and nothing the journal would not take', () => {
    fc.assert(
      fc.property(workflows, fc.array(fc.string({ minLength: 1, maxLength: 90 }), { minLength: 1, maxLength: 5 }), (given, folders) => {
        const { tasks } = expanded(given, { folders: () => folders });
        const { errors } = validatePlan(tasks, { agentTypes: ['scout'], changesFiles: () => false, maxTasks: 1000 });
        assert.deepEqual(errors, []);
        assert.deepEqual(
          tasks.map((task) => taskSpecSchema.parse(task)),
          tasks,
        );
      }),
    );
  });

  it('waits for every instance of what its task waits for, and for nothing else', () => {
    fc.assert(
      fc.property(workflows, (given) => {
        const { tasks } = expanded(given);
        const all = given.phases.flatMap((phase) => phase.tasks);
        const counts = all.map((task) => (task.forEach?.kind === 'folders' ? 2 : task.forEach?.kind === 'items' ? 5 : 1));
        assert.equal(
          tasks.length,
          counts.reduce((sum, one) => sum + one, 0),
        );
        let at = 0;
        const instances = new Map(all.map((task, index) => [task.id, tasks.slice(at, (at += counts[index] ?? 0))]));
        for (const task of all.filter(
          (one) => one.dependsOn !== undefined && one.collects === undefined && one.forEach?.kind !== 'findings',
        )) {
          const expected = new Set((task.dependsOn ?? []).flatMap((id) => instances.get(id)?.map((spec) => spec.id) ?? []));
          for (const spec of instances.get(task.id) ?? []) {
            assert.deepEqual(new Set<string>(spec.dependencies), expected);
          }
        }
      }),
    );
  });
});
