import * as assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { validatePlan } from '../../src/core/plan/validatePlan.ts';
import { expandWorkflow } from '../../src/workflows/expandWorkflow.ts';
import type { Problem } from '../../src/workflows/problem.ts';
import { parseWorkflow } from '../../src/workflows/workflowFile.ts';
import { planText } from '../support/planText.ts';

const agentTypes = ['scout', 'builder', 'reviewer', 'tester'];

const use = { task: 'Add search', inputs: { check: 'npm test' }, folders: () => [], place: undefined };

/** A workflow file with these lines after the name and the description, which are lines 2 and 3. */
function file(...lines: readonly string[]): string {
  return ['---', 'name: own', 'description: Does what we often do.', ...lines, '---', 'Shared context.', ''].join('\n');
}

/** A file with these tasks in its one phase; the first line of a task is line 8. */
function withTasks(...lines: readonly string[]): string {
  return file('phases:', '  - id: only', '    title: Only', '    tasks:', ...lines.map((line) => `      ${line}`));
}

const scout = ['- id: find', '  agent: scout', '  objective: "Find {{task}}"'];

/** Problems as people see them: severity, line:column counted from 1, the words that are marked, and the message. */
function told(text: string): readonly string[] {
  return parseWorkflow(text, agentTypes).problems.map((problem) => tell(text, problem));
}

function tell(text: string, { severity, message, range }: Problem): string {
  const line = text.split('\n')[range.line] ?? assert.fail('a problem outside the file');
  assert.equal(range.line, range.endLine);
  return `${severity} ${range.line + 1}:${range.column + 1} [${line.slice(range.column, range.endColumn)}] ${message}`;
}

describe('a workflow file', () => {
  it('says where its agents work; one of the workspace cannot let them back to the files of the person', () => {
    const text = (wish: string) =>
      file(`isolation: ${wish}`, 'phases:', '  - id: only', '    title: Only', '    tasks:', ...scout.map((line) => `      ${line}`));
    const read = (wish: string, from: 'user' | 'workspace') => parseWorkflow(text(wish), agentTypes, from).workflow?.isolation;
    assert.deepEqual(
      (['user', 'workspace'] as const).flatMap((from) => [read('worktree', from), read('shared', from)]),
      ['worktree', 'shared', 'worktree', undefined],
    );
    const { workflow } = parseWorkflow(text('worktree'), agentTypes);
    const template = expandWorkflow(workflow ?? assert.fail(), { ...use, inputs: {} });
    assert.equal('code' in template ? template.message : template.isolation, 'worktree');
    assert.deepEqual(told(text('own')), ['error 4:12 [own] "isolation" cannot be "own". Write one of: shared, worktree.']);
    const loosened = text('shared');
    assert.deepEqual(
      parseWorkflow(loosened, agentTypes, 'workspace').problems.map((problem) => tell(loosened, problem)),
      ['warning 4:12 [shared] A workflow of the workspace can ask for "worktree" only; the setting counts instead. Take it out.'],
    );
  });

  it('is read whole, with its defaults filled in', () => {
    const text = file(
      'inputs:',
      '  - name: check',
      '    description: Command that must pass',
      '  - name: parts',
      '    description: What to look at',
      '    list: true',
      '    default: [a, b]',
      'budget: { tokens: 200000, minutes: 30, usd: 2.5 }',
      'phases:',
      '  - id: look',
      '    title: Look',
      '    tasks:',
      '      - id: contract',
      '        agent: scout',
      '        objective: "Read {{item}} for {{task}}"',
      '        forEach: input.parts',
      '        paths: src',
      '        publishes: [api]',
      '  - id: do',
      '    tasks:',
      '      - id: build',
      '        title: Build it',
      '        agent: builder',
      '        objective: Build it.',
      '        focus: the parser',
      '        outputFormat: A list.',
      '        doneCriteria: [it passes]',
      '        dependsOn: []',
      '        priority: high',
      '        model: big',
      '        effort: xhigh',
      '        retries: 2',
      '        fallback: { agent: scout, effort: low }',
      '        rollback: true',
      '        partial: true',
      '        needs: [api]',
      '      - id: judge',
      '        agent: tester',
      '        objective: Judge it.',
      '        dependsOn: [build]',
      '        gate: { backTo: build, rounds: 5, check: "{{input.check}}" }',
      '      - id: agree',
      '        objective: Agree to it.',
      '        gate: person',
    );
    const { workflow, problems } = parseWorkflow(text, agentTypes);
    assert.deepEqual(problems, []);
    const plain = {
      paths: [],
      focus: undefined,
      outputFormat: undefined,
      doneCriteria: [],
      dependsOn: undefined,
      priority: 'medium',
      model: undefined,
      effort: undefined,
      gate: undefined,
      attempts: 1,
      fallback: undefined,
      rollback: false,
      partial: false,
      publishes: [],
      needs: [],
      collects: undefined,
      forEach: undefined,
    };
    assert.deepEqual(workflow, {
      name: 'own',
      description: 'Does what we often do.',
      inputs: [
        { name: 'check', description: 'Command that must pass', required: false, list: false, fallback: undefined },
        { name: 'parts', description: 'What to look at', required: false, list: true, fallback: ['a', 'b'] },
      ],
      budget: { tokens: 200_000, minutes: 30, usd: 2.5 },
      phases: [
        {
          id: 'look',
          title: 'Look',
          tasks: [
            {
              ...plain,
              id: 'contract',
              title: 'contract',
              agentType: 'scout',
              objective: 'Read {{item}} for {{task}}',
              forEach: { kind: 'input', name: 'parts', orFolders: false },
              paths: ['src'],
              publishes: ['api'],
            },
          ],
        },
        {
          id: 'do',
          title: 'do',
          tasks: [
            {
              ...plain,
              id: 'build',
              title: 'Build it',
              agentType: 'builder',
              objective: 'Build it.',
              focus: 'the parser',
              outputFormat: 'A list.',
              doneCriteria: ['it passes'],
              dependsOn: [],
              priority: 'high',
              model: 'big',
              effort: 'xhigh',
              attempts: 3,
              fallback: { agentType: 'scout', model: undefined, effort: 'low' },
              rollback: true,
              partial: true,
              needs: ['api'],
            },
            {
              ...plain,
              id: 'judge',
              title: 'judge',
              agentType: 'tester',
              objective: 'Judge it.',
              dependsOn: ['build'],
              gate: { kind: 'verdict', backTo: 'build', rounds: 5, check: '{{input.check}}' },
            },
            {
              ...plain,
              id: 'agree',
              title: 'agree',
              agentType: 'person',
              objective: 'Agree to it.',
              gate: { kind: 'person', rounds: 3 },
            },
          ],
        },
      ],
      context: 'Shared context.',
    });
  });

  it('says what is missing, and where it belongs', () => {
    assert.deepEqual(told('---\nversion: 1\n---\n'), [
      'error 1:1 [---] "name" is missing. Add "name: ..." with the name people start it by.',
      'error 1:1 [---] "description" is missing. Add "description: ..." with one or two sentences on what it does and when to take it.',
      'error 1:1 [---] "phases" is missing. Add a list of phases, each with "id", "title" and "tasks".',
      'warning 2:1 [version] "version" means nothing here and is left out. Known here: name, description, inputs, budget, isolation, phases.',
    ]);
    assert.deepEqual(told(withTasks('- title: Nothing else')), [
      'error 8:9 [title: Nothing else] "id" is missing. Add "id: ..." with a short name for the task.',
      'error 8:9 [title: Nothing else] "agent" is missing. Add "agent: ..." with an agent type, for example scout or builder.',
      'error 8:9 [title: Nothing else] "objective" is missing. Add "objective: ..." with what the agent is to find out or bring about.',
    ]);
  });

  it('without fields says what a workflow needs', () => {
    assert.equal(told('Just text.\n').length, 3);
    assert.equal(parseWorkflow('Just text.\n').workflow, undefined);
  });

  it('marks an unknown field at its name and guesses what was meant', () => {
    assert.deepEqual(told(withTasks(...scout, '  dependOn: [find]', '  colour: red')), [
      'warning 11:9 [dependOn] "dependOn" means nothing here and is left out. Did you mean "dependsOn"?',
      `warning 12:9 [colour] "colour" means nothing here and is left out. Known here: id, title, agent, objective, paths, focus, outputFormat, doneCriteria, dependsOn, priority, model, effort, gate, retries, fallback, rollback, partial, publishes, needs, collects, forEach.`,
    ]);
  });

  it('says which values a field can have', () => {
    assert.deepEqual(
      told(
        withTasks(
          ...scout,
          '  priority: urgent',
          '  effort: huge',
          '  retries: 9',
          '  rollback: maybe',
          '  title: 7',
          '  paths: [1, " "]',
          '  gate: { rounds: 0 }',
          '  fallback: {}',
          '  forEach: { items: [] }',
          '  doneCriteria: { a: b }',
        ),
      ),
      [
        'error 11:19 [urgent] "priority" cannot be "urgent". Write one of: high, medium, low.',
        'error 12:17 [huge] "effort" cannot be "huge". Write one of: low, medium, high, xhigh, max.',
        'error 13:18 [9] "retries" must be a whole number from 0 to 4.',
        'error 14:19 [maybe] "rollback" must be true or false.',
        'error 15:16 [7] "title" must be a text. Put it in quotes.',
        'error 16:17 [1] An item of "paths" must be a text. Put it in quotes.',
        'error 16:20 [" "] An item of "paths" is empty. Fill it in or take it out.',
        'error 17:25 [0] "rounds" must be a whole number from 1 to 10.',
        'error 18:9 [fallback] "fallback" says nothing. Give it "agent", "model" or "effort", or take it out.',
        'error 19:9 [forEach] "forEach" names nothing to repeat the task for. Write "folders", "input.NAME", "input.NAME or folders", "{ items: [...] }" or "{ findings: ID }".',
        'error 20:9 [doneCriteria] "doneCriteria" must be a text or a list of texts.',
      ],
    );
  });

  it('refuses what is no list, no fields, no name and no amount', () => {
    assert.deepEqual(told('---\nname: My Flow\ndescription: x\ninputs: { name: a }\nbudget: 5\nphases:\n  - only\n---\n'), [
      'error 2:7 [My Flow] "My Flow" cannot be the name of a workflow. Use up to 60 small letters, digits and "-".',
      'error 4:1 [inputs] "inputs" must be a list: one "- " for each input.',
      'error 5:9 [5] "budget" must have fields of its own, each as "name: value".',
      'error 6:1 [phases] The workflow has no phase. Add at least one, with "id", "title" and "tasks".',
      'error 7:5 [only] Each phase must have fields, each as "name: value".',
    ]);
    assert.deepEqual(
      told(file('budget: { tokens: 0, usd: -1 }', 'phases:', '  - id: a b', '    tasks: []')).filter((line) => !line.startsWith('warning')),
      [
        'error 4:19 [0] "tokens" must be a whole number of at least 1.',
        'error 4:27 [-1] "usd" must be a number above 0.',
        'error 6:9 [a b] "a b" cannot be the id of a phase. Use up to 64 letters, digits, ".", "_" and "-", beginning with a letter or a digit.',
        'error 7:5 [tasks] The phase has no task. Add one under "tasks", or take the phase out.',
      ],
    );
  });

  it('says which names do not exist, and which was probably meant', () => {
    const build = ['- id: build', '  agent: bilder', '  objective: Build it.'];
    assert.deepEqual(
      told(
        withTasks(
          ...scout,
          ...build,
          '  dependsOn: [fnd, build]',
          '  needs: [api]',
          '  collects: nobody',
          '  forEach: input.parts',
          '- id: find',
          '  agent: scout',
          '  objective: Again.',
        ),
      ),
      [
        'error 12:16 [bilder] There is no agent type "bilder". Did you mean "builder"?',
        'error 14:21 [fnd] There is no task "fnd". Did you mean "find"?',
        'error 14:26 [build] Task "build" names itself. Name another task.',
        'error 15:17 [api] No task publishes "api". Add it to "publishes" of the task that makes it.',
        'error 16:19 [nobody] There is no task "nobody". The tasks are: find, build.',
        'error 17:18 [input.parts] There is no input "parts". Declare it under "inputs", with "list: true".',
        'error 18:13 [find] Two tasks have the id "find". Give each an id of its own.',
      ],
    );
  });

  it('takes any agent type as long as nobody says which there are', () => {
    assert.deepEqual(parseWorkflow(withTasks('- id: a', '  agent: wizard', '  objective: "{{task}}"')).problems, []);
  });

  it('finds tasks that wait for each other in a circle', () => {
    const other = ['- id: build', '  agent: builder', '  objective: Build it.', '  dependsOn: [find]'];
    assert.deepEqual(told(withTasks(...scout, '  dependsOn: [build]', ...other)), [
      'error 11:9 [dependsOn] These tasks wait for each other in a circle: find → build → find. Take one of these dependencies out.',
    ]);
  });

  it('wants a gate to send back only what it has waited for, and one task', () => {
    const gate = (backTo: string) => ['- id: judge', '  agent: reviewer', '  objective: Judge.', `  gate: { backTo: ${backTo} }`];
    assert.deepEqual(told(withTasks(...scout, ...gate('find'))), [
      'error 14:25 [find] The gate would send work back to "find", but does not wait for it. Make "judge" depend on it, directly or through other tasks.',
    ]);
    assert.deepEqual(told(withTasks(...scout, '  forEach: folders', ...gate('find'), '  dependsOn: [find]')), [
      'error 15:25 [find] "find" has "forEach" and becomes several tasks, and here one is needed. Name a task without "forEach".',
    ]);
    assert.deepEqual(told(withTasks(...scout, ...gate('find'), '  dependsOn: [find]')), []);
  });

  it('keeps agents and the person apart at gates', () => {
    assert.deepEqual(
      told(
        withTasks(
          ...scout,
          '- id: ask',
          '  agent: reviewer',
          '  objective: Approve it.',
          '  gate: { kind: person, check: make }',
          '- id: odd',
          '  agent: person',
          '  objective: Do it.',
        ),
      ),
      [
        'error 12:16 [reviewer] At a gate of kind "person" no agent works. Take "agent" out, or make it a gate of kind "verdict".',
        'warning 14:38 [make] The person runs no command at a gate, so "check" is left out. Put it at a gate of kind "verdict".',
        'error 16:16 [person] Only a gate can be for the person. Add "gate: person", or name an agent type.',
      ],
    );
  });

  it('checks inputs and what is repeated for them', () => {
    const inputs = [
      'inputs:',
      '  - { name: one, description: One }',
      '  - { name: many, description: Many, list: true }',
      '  - { name: sure, description: Sure, required: true, default: yes }',
      '  - { name: one, description: Again }',
      '  - { name: "2nd", description: Odd }',
    ];
    const task = (forEach: string, id: string) => [`      - { id: ${id}, agent: scout, objective: "{{task}}", forEach: ${forEach} }`];
    assert.deepEqual(
      told(
        file(
          ...inputs,
          'phases:',
          '  - id: p',
          '    tasks:',
          ...task('input.one', 'a'),
          ...task('input.many', 'b'),
          ...task('input.many or folders', 'c'),
          ...task('every file', 'd'),
        ),
      ),
      [
        'warning 7:48 [true] An input with a default is never missing. Take "required" or "default" out.',
        'error 8:13 [one] Two inputs are called "one". Give each a name of its own.',
        'error 9:13 ["2nd"] "2nd" cannot be the name of an input. Use letters, digits, "-" and "_", beginning with a letter.',
        'error 13:64 [input.one] The input "one" takes one value only. Give it "list: true" where it is declared.',
        'error 14:64 [input.many] Nothing is known to repeat the task for when "many" is not given. Give the input "required: true" or a "default".',
        'error 16:64 [every file] "forEach" cannot be "every file". Write "folders", "input.NAME", "input.NAME or folders", "{ items: [...] }" or "{ findings: ID }".',
      ],
    );
  });

  it('marks placeholders that stand for nothing where they stand, in the body too', () => {
    const text = withTasks(
      '- id: find',
      '  agent: scout',
      '  objective: |',
      '    Find it',
      '    for {{input.who or me}} and {{ task }} in {{item}}.',
      '- id: change',
      '  title: "Change {{item}}"',
      '  agent: builder',
      '  objective: "Change {{item}}"',
      '  forEach: { findings: find }',
    ).replace('Shared context.', 'Shared {{thing}} context\nof {{item}}.');
    assert.deepEqual(told(text), [
      'error 12:15 [{{input.who or me}}] There is no input "who". Declare it under "inputs", or correct its name.',
      'error 12:53 [{{item}}] {{item}} stands for nothing here. It is known in a task with "forEach"; in one for findings, in the objective.',
      'error 14:24 [{{item}}] {{item}} stands for nothing here. It is known in a task with "forEach"; in one for findings, in the objective.',
      'warning 19:8 [{{thing}}] {{thing}} is no placeholder and stays as it is. There are {{task}}, {{item}} and {{input.NAME}}.',
      'error 20:4 [{{item}}] {{item}} stands for nothing here. It is known in a task with "forEach"; in one for findings, in the objective.',
    ]);
  });

  it('warns when what the person asks for reaches nobody', () => {
    assert.deepEqual(told(withTasks('- id: find', '  agent: scout', '  objective: Find it.')), [
      'warning 4:1 [phases] No agent is told what the person asks for. Write {{task}} where the task of the run belongs.',
    ]);
  });

  it('is not used when it is not YAML, and says why', () => {
    const { workflow, problems, name } = parseWorkflow('---\nname: own\ndescription: a: b: c\n---\n');
    assert.equal(workflow, undefined);
    assert.equal(name, undefined);
    assert.equal(problems[0]?.range.line, 2);
    assert.match(problems[0]?.message ?? '', /^Not valid YAML/);
  });

  it('may begin with a byte order mark and end its lines in any way', () => {
    const text = `\uFEFF${withTasks(...scout, '  retries: 9').replaceAll('\n', '\r\n')}`;
    assert.deepEqual(
      parseWorkflow(text).problems.map(({ range }) => range),
      [{ line: 10, column: 17, endLine: 10, endColumn: 18 }],
    );
  });

  it('is right in the README, field by field', () => {
    const readme = readFileSync('src/workflows/README.md', 'utf8');
    const example = /```markdown\n([\s\S]*?)```/.exec(readme)?.[1] ?? assert.fail('no example');
    const types = ['planner', ...agentTypes];
    const { workflow, problems } = parseWorkflow(example, types);
    assert.deepEqual(problems, []);
    const made = workflow === undefined ? assert.fail('no workflow') : expandWorkflow(workflow, use);
    const tasks = 'code' in made ? assert.fail(made.message) : made.tasks;
    assert.equal(
      planText(tasks),
      `Design: contract (planner)
Design: agree (person) after contract [gate: person back to contract, 3 rounds]
Build: server (builder) after contract, agree [attempts: 2]
Build: client-web (builder) after contract, agree
Build: fit (builder) after server, client-web
Review: review (reviewer) after contract, fit [gate: verdict back to fit, 3 rounds]
`,
    );
    const limits = { agentTypes: types, changesFiles: (type: string) => type === 'builder', maxTasks: 100 };
    assert.deepEqual(validatePlan(tasks, limits), { errors: [], warnings: [] });
  });
});
