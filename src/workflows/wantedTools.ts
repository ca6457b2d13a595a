import type { AgentType } from '../orchestrator/ports.ts';
import type { DefinitionFields } from './definitionFields.ts';
import { type Dialect, meaningOf } from './foreignTools.ts';
import { always, changing, mostOfRole, spawning } from './toolNames.ts';

type Role = AgentType['role'];

/** The tools a file leads to, and the role they make of the agent when the file names none. */
export interface WantedTools {
  readonly role: Role;
  readonly tools: readonly string[];
}

/**
 * Reads `tools`, `disallowedTools`, `agents` and `permissionMode`. A file only ever takes away: from what its role may have, and from what an
 * agent of ours would have without it. A limit that cannot be kept, such as a pattern of commands, takes the whole tool away.
 */
export function readTools(fields: DefinitionFields, dialect: Dialect, givenRole: Role | undefined): WantedTools {
  const asked = askedFor(fields, dialect);
  const refused = new Set([...deniedIn(fields, dialect), ...(fields.text('permissionMode') === 'plan' ? changing : [])]);
  if (dialect === 'vscode' && fields.list('agents')?.length === 0) {
    spawning.forEach((tool) => refused.add(tool));
  }
  const wanted = asked === 'all' ? undefined : new Set([...asked].filter((tool) => !refused.has(tool)));
  const changes = wanted === undefined || changing.some((tool) => wanted.has(tool));
  const role = givenRole ?? (wanted?.has('spawn_agent') === true && !changes ? 'lead' : 'worker');
  const most = mostOfRole[role];
  const given = new Set<string>(always[role]);
  const tools = most.filter((tool) => given.has(tool) || ((wanted?.has(tool) ?? true) && !refused.has(tool)));
  const beyond = [...(wanted ?? [])].filter((tool) => !most.includes(tool));
  if (beyond.length > 0) {
    fields.refuse('tools', beyondText(role, beyond));
  }
  return { role, tools };
}

function beyondText(role: Role, beyond: readonly string[]): string {
  const names = beyond.join(', ');
  switch (role) {
    case 'worker':
      return `An agent that changes files or runs commands has no agents of its own, so it does not get ${names}.`;
    case 'lead':
      return `An agent with agents of its own changes nothing itself, so it does not get ${names}.`;
    case 'scout':
      return `A scout only reads, so it does not get ${names}.`;
  }
}

function askedFor(fields: DefinitionFields, dialect: Dialect): ReadonlySet<string> | 'all' {
  const entries = fields.list('tools');
  if (entries === undefined || entries.includes('*')) {
    return 'all';
  }
  const tools = new Set<string>();
  for (const entry of entries) {
    const { name, pattern } = split(entry);
    const meaning = meaningOf(dialect, name);
    if (meaning === undefined) {
      const message = `There is no tool ${JSON.stringify(entry)}.`;
      fields.refuse('tools', message);
      if (dialect === 'flotilla') {
        fields.warn(['tools'], `${message} Use names such as read, search, edit, execute and agent, or Flotilla's own names.`);
      }
    } else if ('why' in meaning) {
      fields.refuse('tools', `${entry}: ${meaning.why}`);
    } else if (pattern !== undefined && !meaning.tools.includes('spawn_agent')) {
      fields.refuse('tools', `${entry}: a tool cannot be limited to a pattern, so it is left out whole.`);
    } else {
      if (pattern !== undefined) {
        fields.refuse('tools', `${entry}: which types an agent may spawn cannot be limited.`);
      }
      meaning.tools.forEach((tool) => tools.add(tool));
    }
  }
  return tools;
}

/** Names that are not known are denied anyway. */
function deniedIn(fields: DefinitionFields, dialect: Dialect): readonly string[] {
  return (fields.list('disallowedTools') ?? []).flatMap((entry) => {
    const { name, pattern } = split(entry);
    const meaning = meaningOf(dialect, name);
    const tools = meaning !== undefined && 'tools' in meaning ? meaning.tools : [];
    if (pattern !== undefined && tools.length > 0) {
      fields.refuse('disallowedTools', `${entry}: a tool cannot be denied by a pattern, so it is left out whole.`);
    }
    return tools;
  });
}

function split(entry: string): { readonly name: string; readonly pattern: string | undefined } {
  const match = /^([^()]+)\((.*)\)$/.exec(entry);
  return { name: match?.[1]?.trim() ?? entry, pattern: match?.[2] };
}
