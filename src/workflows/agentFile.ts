import { type Effort, type Isolation, isolationSchema } from '../core/events.ts';
import type { AgentType, DefinitionText, Problem } from '../orchestrator/ports.ts';
import { DefinitionFields } from './definitionFields.ts';
import type { Dialect } from './foreignTools.ts';
import { parseFrontMatter } from './frontMatter.ts';
import { readModel } from './modelField.ts';
import { hasError } from './problem.ts';
import { readTools } from './wantedTools.ts';

/** An agent type as a file defines it. */
export interface FileAgentType extends AgentType {
  readonly source: { readonly kind: 'user' | 'workspace'; readonly path: string };
  readonly notHonoured: NonNullable<AgentType['notHonoured']>;
  /** What the file says, without what every agent is told. */
  readonly instructions: string;
  /** Whether the file says which tools it has. */
  readonly namesTools: boolean;
  /** Who cannot choose it. */
  readonly hiddenFrom: ReadonlySet<'person' | 'agents'>;
  /** Where the file gives the name, or its first line. */
  readonly nameRange: Problem['range'];
}

export interface ReadAgentFile {
  /** Undefined when a problem is an error. */
  readonly type: FileAgentType | undefined;
  readonly problems: readonly Problem[];
}

/** Longest description; leads are given the descriptions of all types. */
const maxDescription = 300;

/** A name that reads as one line and holds nothing hidden. */
const namePattern = /^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,63}$/u;

const efforts: readonly Effort[] = ['low', 'medium', 'high', 'xhigh', 'max'];
const roles: readonly AgentType['role'][] = ['lead', 'worker', 'scout'];

/** Reads one file that defines an agent type, for Flotilla, Claude Code, or VS Code and Copilot. `keptRole`: the one it has to keep to. Never throws. */
export function readAgentFile(file: DefinitionText, keptRole?: AgentType['role']): ReadAgentFile {
  const dialect = dialectOf(file.path);
  const read = parseFrontMatter(file.text, { plainValues: dialect !== 'flotilla' });
  const fields = new DefinitionFields(read);
  if (hasError(fields.problems)) {
    return { type: undefined, problems: fields.problems };
  }
  const name = readName(fields, file.path);
  const instructions = read.body.trim();
  if (instructions === '') {
    fields.error([], 'The file gives no instructions. Write them below the fields.');
  }
  const role = dialect === 'flotilla' ? oneOf(fields, 'role', roles) : undefined;
  const wanted = readTools(fields, dialect, keptRole ?? role);
  const type: FileAgentType = {
    name,
    description: readDescription(fields, instructions),
    system: `# Your part: ${name}\n${instructions}\n`,
    tools: wanted.tools,
    role: wanted.role,
    model: readModel(fields, dialect),
    effort: oneOf(fields, 'effort', efforts),
    isolation: readIsolation(fields, file.source),
    source: { kind: file.source, path: file.path },
    notHonoured: fields.notHonoured,
    instructions,
    namesTools: fields.list('tools') !== undefined,
    hiddenFrom: hiddenFrom(fields, dialect),
    nameRange: read.rangeOf(['name']),
  };
  nameOtherFields(fields, dialect);
  return { type: hasError(fields.problems) ? undefined : type, problems: fields.problems };
}

/** Who a file was written for, by the folder it lies in. */
function dialectOf(path: string): Dialect {
  const folder = /(?:^|\/)\.(\w+)\/agents\/[^/]+$/.exec(path)?.[1];
  return folder === 'claude' ? 'claude' : folder === 'github' || folder === 'copilot' ? 'vscode' : 'flotilla';
}

function readName(fields: DefinitionFields, path: string): string {
  const fromFile = (path.split('/').at(-1) ?? '').replace(/(\.agent)?\.md$/i, '');
  const name = fields.text('name') ?? fromFile;
  if (!namePattern.test(name)) {
    fields.error(['name'], 'The name must begin with a letter or digit and have up to 64 letters, digits, blanks, ".", "_" and "-".');
  } else if (name.toLowerCase() === 'person') {
    fields.error(['name'], 'The name "person" stands for you in plans. Choose another.');
  }
  return name;
}

function readDescription(fields: DefinitionFields, instructions: string): string {
  const given = fields.text('description');
  if (given === undefined) {
    fields.warn([], 'There is no description, so nobody can tell when to use it. Add "description: ...".');
  }
  const text = (given ?? instructions.split('\n', 1)[0] ?? '').replace(/\\n/g, ' ').replace(/\s+/g, ' ').trim();
  return text.length <= maxDescription ? text : `${text.slice(0, maxDescription - 1).replace(/\s+\S*$/, '')}…`;
}

function oneOf<T extends string>(fields: DefinitionFields, name: string, values: readonly T[]): T | undefined {
  const given = fields.text(name);
  const found = values.find((value) => value === given?.toLowerCase());
  if (given !== undefined && found === undefined) {
    fields.warn([name], `"${name}" must be one of ${values.join(', ')}; the setting counts instead.`);
  }
  return found;
}

/** A repository can have its agents kept apart from the person's files, and not let them back to where the person does not want them. */
function readIsolation(fields: DefinitionFields, source: FileAgentType['source']['kind']): Isolation | undefined {
  const wish = oneOf(fields, 'isolation', isolationSchema.options);
  if (wish === 'shared' && source === 'workspace') {
    fields.refuse('isolation', 'A file of the workspace can ask for "worktree" only; your setting counts otherwise.');
    return undefined;
  }
  return wish;
}

function hiddenFrom(fields: DefinitionFields, dialect: Dialect): ReadonlySet<'person' | 'agents'> {
  const hidden = new Set<'person' | 'agents'>();
  if (dialect === 'vscode') {
    // The first spelling is the documented one; both are in use.
    const invocable = fields.flag('user-invocable') ?? fields.flag('user-invokable');
    const inferred = fields.flag('infer');
    if (invocable === false) {
      hidden.add('person');
    }
    if (fields.flag('disable-model-invocation') === true || inferred === false) {
      hidden.add('agents');
    }
  }
  return hidden;
}

const flotillaFields = ['name', 'description', 'role', 'tools', 'disallowedTools', 'model', 'effort', 'isolation'];
const knownFields: Readonly<Record<Dialect, readonly string[]>> = {
  flotilla: flotillaFields,
  claude: ['name', 'description', 'tools', 'disallowedTools', 'model', 'effort', 'permissionMode', 'isolation'],
  vscode: ['name', 'description', 'tools', 'model', 'agents', 'user-invocable', 'user-invokable', 'disable-model-invocation', 'infer'],
};

/** Why fields of others are not done. Those that only matter where the file comes from are not worth a word. */
const otherFields: ReadonlyMap<string, string | undefined> = new Map([
  ['maxTurns', 'Agents have no cap of turns; the budget of the run limits them.'],
  ['skills', 'Skills are not loaded.'],
  ['mcpServers', 'MCP servers are not connected.'],
  ['mcp-servers', 'MCP servers are not connected.'],
  ['hooks', 'Hooks are not run.'],
  ['memory', 'Agents keep notes for one run only.'],
  ['background', 'All agents work in the background.'],
  ['isolation', 'Your setting says where agents work.'],
  ['initialPrompt', 'An agent begins with its brief.'],
  ['handoffs', 'Agents do not hand over to each other by themselves; a workflow says who follows whom.'],
  ['color', undefined],
  ['argument-hint', undefined],
  ['target', undefined],
]);

function nameOtherFields(fields: DefinitionFields, dialect: Dialect): void {
  for (const name of fields.names.filter((field) => !knownFields[dialect].includes(field))) {
    if (dialect === 'flotilla') {
      fields.warn([name], `There is no field "${name}". There are ${flotillaFields.join(', ')}.`);
    } else if (!otherFields.has(name)) {
      fields.refuse(name, 'The field is not known here.');
    } else {
      const why = otherFields.get(name);
      if (why !== undefined) {
        fields.refuse(name, why);
      }
    }
  }
  const mode = dialect === 'claude' ? fields.text('permissionMode') : undefined;
  if (mode !== undefined && mode !== 'default' && mode !== 'plan') {
    fields.refuse('permissionMode', `${mode}: what an agent may do without asking is decided by your settings alone.`);
  }
  if (dialect === 'vscode' && (fields.list('agents') ?? ['*']).some((agent) => agent !== '*')) {
    fields.refuse('agents', 'Which types an agent may spawn cannot be limited.');
  }
}
