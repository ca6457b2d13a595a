import { type Budget, effortSchema, type Fallback, type Isolation, isolationSchema, mostRounds, prioritySchema } from '../core/events.ts';
import { isTaskIdText } from '../core/ids.ts';
import { personType } from '../core/plan/validatePlan.ts';
import { type FieldPath, type Fields, FieldSource, topFields } from './fields.ts';
import { parseFrontMatter } from './frontMatter.ts';
import { hasError, type Problem } from './problem.ts';
import type { ForEach, Workflow, WorkflowGate, WorkflowInput, WorkflowPhase, WorkflowTask } from './workflow.ts';
import { checkWorkflow, type ReadPhase, type ReadTask } from './workflowChecks.ts';

/** A workflow file as far as it could be read. */
export interface ParsedWorkflow {
  readonly name: string | undefined;
  readonly description: string;
  readonly inputs: readonly WorkflowInput[];
  /** Absent when a problem is an error. */
  readonly workflow: Workflow | undefined;
  /** In the order of the file. */
  readonly problems: readonly Problem[];
}

/** Where a file lies. */
type DefinitionSource = 'built-in' | 'user' | 'workspace';

const topKeys = ['name', 'description', 'inputs', 'budget', 'isolation', 'phases'];
const inputKeys = ['name', 'description', 'required', 'list', 'default'];
const phaseKeys = ['id', 'title', 'tasks'];
const taskKeys = [
  'id',
  'title',
  'agent',
  'objective',
  'paths',
  'focus',
  'outputFormat',
  'doneCriteria',
  'dependsOn',
  'priority',
  'model',
  'effort',
  'gate',
  'retries',
  'fallback',
  'rollback',
  'partial',
  'publishes',
  'needs',
  'collects',
  'forEach',
];
/** A task has at most five attempts. */
const mostRetries = 4;

/** Reads a workflow file. With the names of the agent types there are, it also checks that those it names exist. */
export function parseWorkflow(given: string, agentTypes?: readonly string[], from: DefinitionSource = 'user'): ParsedWorkflow {
  // The editor does not count a byte order mark as a column.
  const text = given.replace(/^\uFEFF/, '');
  const front = parseFrontMatter(text);
  const source = new FieldSource(front, text);
  const top = topFields(source, front);
  if (hasError(front.problems)) {
    return { name: undefined, description: '', inputs: [], workflow: undefined, problems: front.problems };
  }
  top.allow(topKeys);
  const name = readName(top);
  const description = top.neededText('description', 'one or two sentences on what it does and when to take it') ?? '';
  const inputs = readInputs(top);
  const budget = readBudget(top);
  const isolation = readIsolation(top, from);
  const phases = readPhases(top);
  const context = front.body.trim();
  checkWorkflow({ source, inputs, phases, context, agentTypes });
  const problems = source.problems.toSorted((a, b) => a.range.line - b.range.line || a.range.column - b.range.column);
  const isWhole = name !== undefined && !hasError(problems);
  const whole = phases.map(({ id, title, tasks }): WorkflowPhase => ({ id, title, tasks: tasks.map(({ task }) => task) }));
  const workflow = isWhole ? { name, description, inputs, budget, ...(isolation && { isolation }), phases: whole, context } : undefined;
  return { name, description, inputs, workflow, problems };
}

function readName(top: Fields): string | undefined {
  const name = top.neededText('name', 'the name people start it by');
  if (name === undefined || /^[a-z0-9][a-z0-9-]{0,59}$/.test(name)) {
    return name;
  }
  top.source.error(top.at('name'), `"${name}" cannot be the name of a workflow. Use up to 60 small letters, digits and "-".`);
  return undefined;
}

function readInputs(top: Fields): readonly WorkflowInput[] {
  const seen = new Set<string>();
  return top.each('inputs', 'input').flatMap((fields) => {
    fields.allow(inputKeys);
    const name = fields.neededText('name', 'the name it is given by');
    const description = fields.neededText('description', 'what to give, for the person who is asked') ?? '';
    const list = fields.flag('list');
    const required = fields.flag('required');
    const fallback = list ? fields.texts('default') : fields.text('default');
    if (required && fallback !== undefined) {
      fields.source.warn(fields.at('required'), 'An input with a default is never missing. Take "required" or "default" out.');
    }
    if (name === undefined) {
      return [];
    }
    if (!/^[A-Za-z][\w-]*$/.test(name)) {
      fields.source.error(
        fields.at('name'),
        `"${name}" cannot be the name of an input. Use letters, digits, "-" and "_", beginning with a letter.`,
      );
      return [];
    }
    if (seen.has(name)) {
      fields.source.error(fields.at('name'), `Two inputs are called "${name}". Give each a name of its own.`);
      return [];
    }
    seen.add(name);
    return [{ name, description, required: required && fallback === undefined, list, fallback }];
  });
}

function readBudget(top: Fields): Budget | undefined {
  const fields = top.below('budget');
  fields?.allow(['tokens', 'minutes', 'usd']);
  return fields && { tokens: fields.wholeNumber('tokens', 1), minutes: fields.amount('minutes'), usd: fields.amount('usd') };
}

/** A repository can have its agents kept apart from the person's files, and not let them back to where the person does not want them. */
function readIsolation(top: Fields, from: DefinitionSource): Isolation | undefined {
  const wish = top.choice('isolation', isolationSchema.options);
  if (wish === 'shared' && from === 'workspace') {
    top.source.warn(
      top.at('isolation'),
      'A workflow of the workspace can ask for "worktree" only; the setting counts instead. Take it out.',
    );
    return undefined;
  }
  return wish;
}

function readPhases(top: Fields): readonly ReadPhase[] {
  if (!top.has('phases')) {
    top.source.error(top.at('phases'), '"phases" is missing. Add a list of phases, each with "id", "title" and "tasks".');
  }
  const phases = top.each('phases', 'phase');
  if (top.has('phases') && phases.length === 0) {
    top.source.error(top.at('phases'), 'The workflow has no phase. Add at least one, with "id", "title" and "tasks".');
  }
  return phases.map((fields) => {
    fields.allow(phaseKeys);
    const id = readId(fields, 'phase') ?? '';
    const read = fields.each('tasks', 'task');
    const tasks = read.flatMap((one) => readTask(one) ?? []);
    if (read.length === 0) {
      fields.source.error(fields.at('tasks'), 'The phase has no task. Add one under "tasks", or take the phase out.');
    }
    return { path: fields.path, id, title: fields.text('title') ?? id, tasks };
  });
}

function readId(fields: Fields, what: string): string | undefined {
  const id = fields.neededText('id', `a short name for the ${what}`);
  if (id === undefined || isTaskIdText(id)) {
    return id;
  }
  fields.source.error(
    fields.at('id'),
    `"${id}" cannot be the id of a ${what}. Use up to 64 letters, digits, ".", "_" and "-", beginning with a letter or a digit.`,
  );
  return undefined;
}

function readTask(fields: Fields): ReadTask | undefined {
  fields.allow(taskKeys);
  const id = readId(fields, 'task');
  const gate = readGate(fields);
  const isForPerson = gate?.kind === 'person';
  const agentType =
    isForPerson && !fields.has('agent') ? personType : fields.neededText('agent', 'an agent type, for example scout or builder');
  const objective = fields.neededText(
    'objective',
    isForPerson ? 'what the person decides' : 'what the agent is to find out or bring about',
  );
  const task: Omit<WorkflowTask, 'id' | 'agentType' | 'objective'> = {
    title: fields.text('title') ?? id ?? '',
    paths: fields.texts('paths') ?? [],
    focus: fields.text('focus'),
    outputFormat: fields.text('outputFormat'),
    doneCriteria: fields.texts('doneCriteria') ?? [],
    dependsOn: fields.texts('dependsOn'),
    priority: fields.choice('priority', prioritySchema.options) ?? 'medium',
    model: fields.text('model'),
    effort: fields.choice('effort', effortSchema.options),
    gate,
    attempts: (fields.wholeNumber('retries', 0, mostRetries) ?? 0) + 1,
    fallback: readFallback(fields),
    rollback: fields.flag('rollback'),
    partial: fields.flag('partial'),
    publishes: fields.texts('publishes') ?? [],
    needs: fields.texts('needs') ?? [],
    collects: fields.text('collects'),
    forEach: readForEach(fields),
  };
  return id === undefined || agentType === undefined || objective === undefined
    ? undefined
    : { path: fields.path, task: { id, agentType, objective, ...task } };
}

const gateKinds = ['verdict', 'person'] as const;

function readGate(task: Fields): WorkflowGate | undefined {
  const value = task.value('gate');
  if (value === undefined) {
    return undefined;
  }
  if (typeof value === 'string') {
    const kind = task.choice('gate', gateKinds);
    return kind && { kind, rounds: 3 };
  }
  const fields = task.below('gate');
  fields?.allow(['kind', 'backTo', 'rounds', 'check']);
  return (
    fields && {
      kind: fields.choice('kind', gateKinds) ?? 'verdict',
      backTo: fields.text('backTo'),
      rounds: fields.wholeNumber('rounds', 1, mostRounds) ?? 3,
      check: fields.text('check'),
    }
  );
}

function readFallback(task: Fields): Fallback | undefined {
  const fields = task.below('fallback');
  if (fields === undefined) {
    return undefined;
  }
  const keys = ['agent', 'model', 'effort'];
  fields.allow(keys);
  if (!keys.some((key) => fields.has(key))) {
    task.source.error(fields.path, '"fallback" says nothing. Give it "agent", "model" or "effort", or take it out.');
  }
  return { agentType: fields.text('agent'), model: fields.text('model'), effort: fields.choice('effort', effortSchema.options) };
}

const forEachHelp = 'Write "folders", "input.NAME", "input.NAME or folders", "{ items: [...] }" or "{ findings: ID }".';

function readForEach(task: Fields): ForEach | undefined {
  const value = task.value('forEach');
  if (value === undefined) {
    return undefined;
  }
  if (typeof value === 'string') {
    return readForEachText(task, value.trim(), task.at('forEach'));
  }
  const fields = task.below('forEach');
  fields?.allow(['items', 'findings']);
  const taskId = fields?.text('findings');
  if (taskId !== undefined) {
    return { kind: 'findings', taskId };
  }
  const items = fields?.texts('items');
  if (items !== undefined && items.length > 0) {
    return { kind: 'items', items };
  }
  if (fields !== undefined) {
    task.source.error(fields.path, `"forEach" names nothing to repeat the task for. ${forEachHelp}`);
  }
  return undefined;
}

function readForEachText(task: Fields, text: string, path: FieldPath): ForEach | undefined {
  if (text === 'folders') {
    return { kind: 'folders' };
  }
  const input = /^input\.([\w-]+)(\s+or\s+folders)?$/.exec(text);
  if (input?.[1] !== undefined) {
    return { kind: 'input', name: input[1], orFolders: input[2] !== undefined };
  }
  task.source.error(path, `"forEach" cannot be ${JSON.stringify(text)}. ${forEachHelp}`);
  return undefined;
}
