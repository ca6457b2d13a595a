import assert from 'node:assert/strict';
import { toId } from '../../../src/core/ids.ts';
import { reducePlan } from '../../../src/core/plan/reducePlan.ts';
import type { Plan } from '../../../src/core/state.ts';
import { settleClashes, textToChanges } from '../../../src/workflows/planText/textToChanges.ts';
import { planToText } from '../../../src/workflows/planText/writePlan.ts';
import { planLimits } from '../../support/randomPlans.ts';
import { samplePlan, sampleTask } from '../../support/samplePlan.ts';

const facts = { label: 'Add a command', agentLabel: (id: string) => id.replace('agent-', '') };
const context = { limits: planLimits, nameOf: () => 'the lead' };
const text = () => planToText(samplePlan(), facts);
const read = (edited: string, plan: Plan = samplePlan()) => textToChanges(edited, plan, plan.revisions.length, context);

/** The problems of the sample's text after a replacement, each as "line: what is marked: message". */
function problemsAfter(from: string | RegExp, to: string, plan?: Plan): readonly string[] {
  const before = text();
  const edited = before.replace(from, to);
  assert.notEqual(edited, before, `nothing was replaced by ${to}`);
  return told(edited, plan);
}

function told(edited: string, plan?: Plan): readonly string[] {
  const lines = edited.split('\n');
  return read(edited, plan).problems.map(({ range, message }) => {
    const end = range.endLine === range.line ? range.endColumn : undefined;
    return `${lines[range.line]?.slice(range.column, end)}: ${message}`;
  });
}

describe('the text of a plan', () => {
  it('reads well', () => {
    assert.equal(
      text(),
      `# Plan of the run "Add a command".
# Edit and save. Every save is recorded as one change of the plan, with the reason you give below.
# Add, edit and reorder tasks that have not started. Remove a task to cancel it.
# A task that has started can only be cancelled; one that is over stays as it is.

revision: 2 # what this text was made from
reason: # why you change the plan, if you want to say

tasks:
  - id: scout # done, scout
    title: Look around
    agent: scout
    objective: Do scout.
    doneCriteria:
      - it is done

  - id: build # running, build
    title: Do build
    agent: builder
    priority: high
    dependsOn: [scout]
    objective: |-
      Add the command.
      Keep the old one:
      - in the menu
      - on the key
    paths: [src/commands, src/menu.ts]
    doneCriteria:
      - the tests pass
      - no file is left over

  - id: test # waiting for build
    title: Do test
    agent: reviewer
    dependsOn: [build]
    objective: Do test.
    doneCriteria:
      - it is done
    gate:
      kind: verdict
      backTo: build

  - id: docs # waiting to start
    title: Do docs
    agent: builder
    objective: Do docs.
    doneCriteria:
      - it is done

# Cancelled: old
`,
    );
  });

  it('asks for what a person wrote: an edit, a new task in its place, a cancellation, a move, and why', () => {
    const edited = text()
      .replace('reason: #', 'reason: The docs come first #')
      .replace('Do docs.', 'Write the page about it.')
      .replace(/ {2}- id: test[^]*?(?= {2}- id: docs)/, '')
      .replace(
        '# Cancelled',
        '  - id: 7\n    title: 2026\n    agent: scout\n    dependsOn: docs\n    objective: Look\n    doneCriteria: [seen]\n# Cancelled',
      );
    const docs = sampleTask('docs');
    assert.deepEqual(read(edited), {
      changes: [
        { kind: 'cancel', taskId: 'test' },
        { kind: 'edit', task: { ...docs, brief: { ...docs.brief, objective: 'Write the page about it.' } } },
        {
          kind: 'add',
          task: sampleTask('7', {
            title: '2026',
            agentType: 'scout',
            dependencies: [toId('task', 'docs')],
            brief: { objective: 'Look', constraints: { doneCriteria: ['seen'] } },
          }),
        },
      ],
      problems: [],
      reason: 'The docs come first',
    });
  });

  it('moves what stands elsewhere, and nothing else', () => {
    const parts = text().split(/(?= {2}- id: )/);
    const [head = '', scout = '', build = '', test = '', docs = ''] = parts;
    const moved = [head, docs.replace('# Cancelled: old\n', ''), scout, build, test].join('');
    assert.deepEqual(read(moved).changes, [{ kind: 'move', taskId: 'docs', before: 'scout' }]);
  });

  it('lets a person take out a task that runs, and says of others that they will not wait for it', () => {
    const edited = text()
      .replace(/ {2}- id: build[^]*?(?= {2}- id: test)/, '')
      .replace('    gate:\n      kind: verdict\n      backTo: build\n', '');
    assert.deepEqual(read(edited).changes[0], { kind: 'cancel', taskId: 'build' });
    assert.deepEqual(told(edited), ['build: "test" depends on "build", which you took out. It will start without waiting for it.']);
  });
});

describe('a text that cannot be a plan', () => {
  const cases: readonly (readonly [string, string | RegExp, string, RegExp])[] = [
    ['is not YAML', '  - id: docs', '  - id: "docs', /This is not YAML/],
    ['has an unknown key', '    title: Do docs', '    titel: Do docs', /^titel: A task has no key "titel"\. There are: id, title/],
    [
      'has a key of another tool',
      '    agent: builder\n    objective: Do docs',
      '    agent_type: builder\n    objective: Do docs',
      /^agent_type: .*Did you mean "agent"\?/,
    ],
    ['has a status', '    title: Do docs', '    status: done\n    title: Do docs', /^status: "status" is shown in the comment/],
    ['has a key twice', '    title: Do docs', '    title: Do docs\n    title: Do more', /^title: "title" is there twice/],
    ['has an id twice', 'id: docs', 'id: test', /^test: Two tasks have the id "test"; the other one is on line 32/],
    ['has no id', '- id: docs', '- phase: docs', /^p: The task has no "id"/],
    ['has an id with blanks', 'id: docs', 'id: my docs', /^my docs: "id" wants up to 64 letters/],
    ['has no objective', '    objective: Do docs.\n', '', /^docs: The task has no "objective"/],
    [
      'has a priority that does not exist',
      'title: Do docs',
      'title: Do docs\n    priority: urgent',
      /^urgent: "priority" wants high, medium or low/,
    ],
    [
      'has a number that is none',
      'title: Do docs',
      'title: Do docs\n    attempts: many',
      /^many: "attempts" wants a whole number from 1 to 5/,
    ],
    [
      'has a bad item',
      'title: Do docs',
      'title: Do docs\n    dependsOn: [test, { a: 1 }]',
      /^{ a: 1 }: "dependsOn" wants a list of task ids/,
    ],
    ['has a bad part of a gate', 'kind: verdict', 'kind: vote', /^vote: "kind" of "gate" wants verdict or person/],
    ['has an unknown part', 'kind: verdict', 'kind: verdict\n      votes: 3', /^votes: "gate" has no key "votes"/],
    [
      'has an unknown agent type',
      'title: Do docs\n    agent: builder',
      'title: Do docs\n    agent: wizard',
      /^wizard: .*"wizard", which does not exist\. Use one of: builder, scout, reviewer/,
    ],
    [
      'names a task that is not there',
      'title: Do docs',
      'title: Do docs\n    dependsOn: [test, tset]',
      /^tset: Task "docs" names "tset", which is not in the plan/,
    ],
    ['names itself', 'title: Do docs', 'title: Do docs\n    dependsOn: [docs]', /^docs: Task "docs" depends on itself/],
    ['needs what nobody publishes', 'title: Do docs', 'title: Do docs\n    needs: [api]', /^api: Task "docs" needs "api"/],
    ['changes what runs', 'Keep the old one', 'Drop the old one', /^build: "build" has started, so its objective cannot be changed/],
    ['changes what is over', 'Do scout.', 'Do more.', /^scout: "scout" is over, so its objective cannot be changed/],
    ['takes out what is over', / {2}- id: scout[^]*?(?= {2}- id: build)/, '', /^tasks: "scout" is over and stays in the plan/],
    ['uses the id of a cancelled task', 'id: docs', 'id: old', /^old: "old" is the id of a cancelled task/],
    ['is from the future', 'revision: 2', 'revision: 9', /^9: "revision" says 9, but the plan has been changed only 2 times/],
    ['has an alias', 'title: Do docs', 'title: *docs', /Aliases|not YAML/],
  ];
  for (const [name, from, to, expected] of cases) {
    it(name, () => {
      const problems = problemsAfter(from, to);
      assert.ok(
        problems.some((problem) => expected.test(problem)),
        problems.join('\n'),
      );
      assert.deepEqual(read(text().replace(from, to)).changes, []);
    });
  }

  it('has one wrong indentation, which is told once', () => {
    const problems = problemsAfter('    title: Do docs', '        title: Do docs\n          agent: x');
    assert.equal(problems.filter((problem) => problem.includes('This is not YAML')).length, 1, problems.join('\n'));
  });

  it('has a circle, which is told with its tasks where it begins', () => {
    const edited = text()
      .replace('title: Do docs', 'title: Do docs\n    dependsOn: [more]')
      .replace('# Cancelled', '  - id: more\n    title: More\n    agent: scout\n    dependsOn: [docs]\n    objective: More\n# Cancelled');
    const [problem = ''] = told(edited);
    assert.match(problem, /^(more|docs): These tasks wait for each other in a circle: (docs → more → docs|more → docs → more)/);
  });

  it('has tasks that write the same files at once, and no criteria: warnings, and the changes are made', () => {
    const edited = text().replace(/title: Do docs[^]*$/, 'title: Do docs\n    agent: builder\n    objective: Do docs.\n    paths: [src]\n');
    assert.deepEqual(told(edited), [
      '[src/commands, src/menu.ts]: Tasks "build" and "docs" may change src/commands at the same time. Give them scopes of their own, or let one depend on the other.',
      'docs: "docs" has no "doneCriteria": its agent must guess when it is done.',
    ]);
    assert.equal(read(edited).changes.length, 1);
  });
});

describe('a text of a plan that others change meanwhile', () => {
  const docs = toId('task', 'docs');
  const theirs = (): Plan => {
    const plan = samplePlan();
    const edit = { kind: 'edit', task: sampleTask('docs', { title: 'Their title', priority: 'low' }) } as const;
    const add = { kind: 'add', task: sampleTask('late'), before: docs } as const;
    return reducePlan(
      plan,
      { type: 'planChanged', runId: plan.runId, by: { kind: 'engine' }, reason: 'A surprise', changes: [edit, add] },
      6000,
    );
  };

  it('takes in what does not touch the same task, and keeps its order', () => {
    const edited = text().replace('# Cancelled', '  - id: mine\n    title: Mine\n    agent: scout\n    objective: Mine\n# Cancelled');
    const { changes } = read(edited, theirs());
    assert.deepEqual(
      changes.map((change) => (change.kind === 'add' ? [change.task.id, change.before] : change)),
      [['mine', undefined]],
    );
  });

  it('says who changed the same task, what and why, and offers each version', () => {
    const edited = text().replace('Do docs.', 'My objective.');
    const [problem] = read(edited, theirs()).problems;
    assert.equal(
      problem?.message,
      'The lead changed "docs" after this text was made: title, priority (A surprise). Choose whose version to keep with a quick fix.',
    );
    const mine = settleClashes(edited, theirs(), 2, facts, 'mine') ?? '';
    assert.deepEqual(
      read(mine, theirs()).changes.map((change) =>
        change.kind === 'edit' ? [change.task.title, change.task.brief.objective] : change.kind,
      ),
      [['Do docs', 'My objective.']],
    );
    const taken = settleClashes(edited, theirs(), 2, facts, 'theirs') ?? '';
    assert.deepEqual(read(taken, theirs()), { changes: [], problems: [], reason: undefined });
    assert.match(taken, /Their title/);
  });

  it('tells a person who takes out what others changed, and lets them do it all the same', () => {
    const edited = text().replace(/ {2}- id: docs[^]*?(?=# Cancelled)/, '');
    assert.match(read(edited, theirs()).problems[0]?.message ?? '', /^The lead changed "docs", which you took out/);
    const mine = settleClashes(edited, theirs(), 2, facts, 'mine') ?? '';
    assert.deepEqual(read(mine, theirs()).changes, [{ kind: 'cancel', taskId: docs }]);
  });

  it('says when a task has started meanwhile, and cannot win against that', () => {
    const plan = samplePlan();
    const started: Plan = { ...plan, tasks: plan.tasks.map((task) => (task.id === docs ? { ...task, status: 'running' } : task)) };
    const edited = text().replace('Do docs.', 'My objective.');
    assert.match(read(edited, started).problems[0]?.message ?? '', /^"docs" has started, so its objective cannot be changed/);
    assert.equal(settleClashes(edited, started, 2, facts, 'mine'), undefined);
    assert.match(settleClashes(edited, started, 2, facts, 'theirs') ?? '', /Do docs\./);
  });

  it('drops a task that nobody here touched and that was cancelled meanwhile', () => {
    const plan = samplePlan();
    const cancel = { kind: 'cancel', taskId: docs } as const;
    const now = reducePlan(plan, { type: 'planChanged', runId: plan.runId, by: { kind: 'engine' }, reason: '', changes: [cancel] }, 6000);
    assert.deepEqual(read(text(), now), { changes: [], problems: [], reason: undefined });
    assert.match(read(text().replace('Do docs.', 'Mine.'), now).problems[0]?.message ?? '', /^"docs" is the id of a cancelled task/);
  });
});
