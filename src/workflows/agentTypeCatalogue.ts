import type { AgentType, DefinitionText, Problem } from '../orchestrator/ports.ts';
import { type FileAgentType, type ReadAgentFile, readAgentFile } from './agentFile.ts';
import { always } from './toolNames.ts';

/** What is wrong with one file; none when it is fine. */
export interface FileProblems<File> {
  readonly file: File;
  readonly problems: readonly Problem[];
}

/** All agent types there are at a moment. The lists stay the same objects until a definition changes. */
export interface AgentTypeCatalogue<File = unknown> {
  readonly all: readonly AgentType[];
  /** Those that agents may spawn. */
  readonly forAgents: readonly AgentType[];
  /** Those that a person is offered. */
  readonly forPerson: readonly AgentType[];
  readonly problems: readonly FileProblems<File>[];
}

/**
 * Merges built-in agent types with those of files. Of two files that define the same name, the workspace's counts before the user's, and among
 * equals the first given. A file with the name of a built-in type adds to that type's instructions and keeps its role; it has no tool that the
 * built-in one lacks, so that a repository cannot make its reviewer into something that edits.
 */
export function createAgentTypeCatalogue<File extends DefinitionText>(
  builtIn: readonly AgentType[],
  files: readonly File[],
): AgentTypeCatalogue<File> {
  const types = new Map<string, AgentType>(builtIn.map((type) => [keyOf(type.name), { ...type, source: { kind: 'built-in' } }]));
  const fromFiles = new Map<string, FileAgentType>();
  const problems: FileProblems<File>[] = [];
  const ordered = [...files].sort((a, b) => rank(a) - rank(b));
  for (const file of ordered.filter(({ kind }) => kind === 'agentType')) {
    const read = readAs(file, types);
    const found = [...read.problems];
    if (read.type !== undefined) {
      const first = fromFiles.get(keyOf(read.type.name));
      if (first === undefined) {
        fromFiles.set(keyOf(read.type.name), read.type);
      } else {
        found.push(shadowed(read.type, first));
      }
    }
    problems.push({ file, problems: found });
  }
  for (const [key, type] of fromFiles) {
    const base = types.get(key);
    types.set(key, base === undefined ? type : adapted(base, type));
  }
  const all = [...types.values()];
  const isOffered = (to: 'person' | 'agents') => (type: AgentType) => fromFiles.get(keyOf(type.name))?.hiddenFrom.has(to) !== true;
  return { all, forAgents: all.filter(isOffered('agents')), forPerson: all.filter(isOffered('person')), problems };
}

/** A file with the name of a built-in type is read for that type's role. */
function readAs(file: DefinitionText, builtIn: ReadonlyMap<string, AgentType>): ReadAgentFile {
  const read = readAgentFile(file);
  const base = read.type === undefined ? undefined : builtIn.get(keyOf(read.type.name));
  return base === undefined ? read : readAgentFile(file, base.role);
}

/** One line for each type whose file asks for something that is not done, for the log. */
export function notHonouredTexts(types: readonly AgentType[]): readonly string[] {
  return types
    .filter(({ notHonoured = [] }) => notHonoured.length > 0)
    .map(({ name, source, notHonoured = [] }) => {
      const reasons = notHonoured.map(({ field, why }) => `${field}: ${why}`);
      return `Agent type ${name} (${source?.path ?? 'built-in'}): ${reasons.join(' ')}`;
    });
}

/** Names that differ only in their case would be told apart by nobody. */
function keyOf(name: string): string {
  return name.toLowerCase();
}

/** The order in which files count: the workspace's first; in both, Flotilla's own folder before those of others. */
function rank({ source, path }: DefinitionText): number {
  const own = /(^|\/)\.flotilla\//.test(path) ? 0 : 1;
  return (source === 'workspace' ? 0 : 2) + own;
}

function shadowed(type: FileAgentType, first: FileAgentType): Problem {
  const message = `${first.source.path} defines the agent type "${first.name}" already, so this file is not used. Give one of them another name.`;
  return { severity: 'warning', message, range: type.nameRange };
}

function adapted(base: AgentType, file: FileAgentType): AgentType {
  const lost = file.namesTools ? file.tools.filter((tool) => !base.tools.includes(tool) && !isEngineTool(tool, base)) : [];
  const why = `The built-in ${base.name} does not have ${lost.join(', ')}, so neither has this one.`;
  return {
    ...base,
    description: file.description,
    system: `${base.system}\n# In this workspace\n${file.instructions}\n`,
    tools: base.tools.filter((tool) => file.tools.includes(tool) || isEngineTool(tool, base)),
    model: file.model,
    effort: file.effort,
    isolation: file.isolation,
    source: file.source,
    notHonoured: [...file.notHonoured, ...(lost.length === 0 ? [] : [{ field: 'tools', why }])],
  };
}

function isEngineTool(tool: string, { role }: AgentType): boolean {
  return always[role].includes(tool);
}
