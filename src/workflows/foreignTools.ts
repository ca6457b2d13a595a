import { allTools, leading } from './toolNames.ts';

/** Who a definition file was written for, which decides what its fields mean. */
export type Dialect = 'flotilla' | 'claude' | 'vscode';

/** What a tool's name in a file means here: tools of ours, or why there is none; undefined when nobody knows the name. */
export type ToolMeaning = { readonly tools: readonly string[] } | { readonly why: string };

const noWeb: ToolMeaning = { why: 'Agents have no access to the web.' };
const noServer: ToolMeaning = { why: 'Tools of MCP servers are not connected.' };
const covered: ToolMeaning = { why: 'Plans, notes and reports take its place.' };
const noTool: ToolMeaning = { why: 'Flotilla has no such tool.' };
const give = (...tools: readonly string[]): ToolMeaning => ({ tools });

const claudeTools: ReadonlyMap<string, ToolMeaning> = new Map([
  ['Read', give('read_file', 'list_files')],
  ['LS', give('list_files')],
  ['Glob', give('find_files', 'list_files')],
  ['Grep', give('search_text')],
  ['Edit', give('edit_file')],
  ['MultiEdit', give('edit_file')],
  ['Write', give('write_file')],
  ['Bash', give('run_command')],
  ['PowerShell', give('run_command')],
  ['Agent', give(...leading)],
  ['Task', give(...leading)],
  ['AskUserQuestion', give('ask_person')],
  ['SendMessage', give('message_agent')],
  ['WebFetch', noWeb],
  ['WebSearch', noWeb],
  ...['TodoWrite', 'TodoRead', 'TaskCreate', 'TaskGet', 'TaskList', 'TaskUpdate', 'ExitPlanMode', 'EnterPlanMode'].map(
    (name) => [name, covered] as const,
  ),
  ...[
    'NotebookRead',
    'NotebookEdit',
    'BashOutput',
    'KillBash',
    'KillShell',
    'TaskOutput',
    'TaskStop',
    'Skill',
    'SlashCommand',
    'LSP',
    'Monitor',
  ].map((name) => [name, noTool] as const),
]);

const searching = give('find_files', 'list_files', 'search_text');
const editing = give('edit_file', 'write_file');
const running = give('run_command');

/** Names of VS Code and Copilot, in lower case: groups, tools without their group, older names, and those of Claude Code that Copilot takes. */
const vscodeTools: ReadonlyMap<string, ToolMeaning> = new Map([
  ['read', give('read_file', 'list_files')],
  ['readfile', give('read_file')],
  ['view', give('read_file')],
  ['listdirectory', give('list_files')],
  ['search', searching],
  ['codebase', searching],
  ['textsearch', give('search_text')],
  ['grep', give('search_text')],
  ['usages', give('search_text')],
  ['filesearch', give('find_files', 'list_files')],
  ['glob', give('find_files', 'list_files')],
  ['findtestfiles', give('find_files')],
  ['edit', editing],
  ['editfiles', editing],
  ['multiedit', give('edit_file')],
  ['write', editing],
  ['createfile', give('write_file')],
  ...['execute', 'shell', 'bash', 'powershell', 'runcommands', 'runinterminal', 'runtests', 'runtasks', 'runtask'].map(
    (name) => [name, running] as const,
  ),
  ...['agent', 'runsubagent', 'custom-agent', 'task'].map((name) => [name, give(...leading)] as const),
  ['askquestions', give('ask_person')],
  ...['web', 'fetch', 'websearch', 'webfetch', 'githubrepo', 'opensimplebrowser'].map((name) => [name, noWeb] as const),
  ...['todo', 'todos', 'todowrite', 'think', 'memory'].map((name) => [name, covered] as const),
  ...[
    'vscode',
    'problems',
    'changes',
    'testfailure',
    'extensions',
    'new',
    'vscodeapi',
    'createdirectory',
    'editnotebook',
    'notebookread',
    'notebookedit',
    'runnotebooks',
    'getterminaloutput',
    'terminallastcommand',
    'terminalselection',
  ].map((name) => [name, noTool] as const),
]);

/** What one entry of a list of tools means. `Bash(git *)` and the like come with their pattern. */
export function meaningOf(dialect: Dialect, entry: string): ToolMeaning | undefined {
  if (entry.startsWith('mcp__')) {
    return noServer;
  }
  if (dialect === 'claude') {
    return claudeTools.get(entry);
  }
  if (dialect === 'flotilla' && allTools.has(entry)) {
    return give(entry);
  }
  const name = entry.toLowerCase();
  const parts = name.split('/');
  if (parts.length === 1) {
    return vscodeTools.get(name);
  }
  // "group/tool" of the editor's own groups, otherwise "server/tool".
  const isGroup = parts.length === 2 && vscodeTools.has(parts[0] ?? '');
  return isGroup ? vscodeTools.get(parts[1] === '*' ? (parts[0] ?? '') : (parts[1] ?? '')) : noServer;
}
