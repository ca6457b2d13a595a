import * as assert from 'node:assert/strict';
import fc from 'fast-check';
import { type FileAgentType, readAgentFile } from '../../src/workflows/agentFile.ts';
import { always, mostOfRole } from '../../src/workflows/toolNames.ts';

const folders = { flotilla: '.flotilla/agents', claude: '.claude/agents', vscode: '.github/agents' } as const;

function read(dialect: keyof typeof folders, fields: string, body = 'Do it well.', name = 'helper.md') {
  const text = `---\n${fields}\n---\n${body}`;
  return readAgentFile({ kind: 'agentType', source: 'workspace', path: `${folders[dialect]}/${name}`, text });
}

function typeOf(dialect: keyof typeof folders, fields: string): FileAgentType {
  const { type, problems } = read(dialect, `description: Helps\n${fields}`);
  return type ?? assert.fail(JSON.stringify(problems));
}

/** The tools a file decides about: without those that the engine gives everybody. */
const work = (type: FileAgentType) => type.tools.filter((tool) => !always[type.role].includes(tool));
const reasons = (type: FileAgentType) => type.notHonoured.map(({ field, why }) => `${field}: ${why}`).join('\n');
const messages = (dialect: keyof typeof folders, fields: string, body?: string, name?: string) =>
  read(dialect, fields, body, name).problems.map(({ severity, message }) => `${severity}: ${message}`);

describe('agent files', () => {
  it('read our own fields', () => {
    const { type, problems } = read(
      'flotilla',
      'name: api-designer\ndescription: Designs APIs\nrole: scout\ntools: [read, search_text]\nmodel: m-1\neffort: high',
    );
    assert.deepEqual(problems, []);
    assert.equal(type?.name, 'api-designer');
    assert.equal(type.role, 'scout');
    assert.deepEqual(work(type), ['read_file', 'list_files', 'search_text']);
    assert.equal(type.model, 'm-1');
    assert.equal(type.effort, 'high');
    assert.equal(type.system, `# Your part: api-designer\nDo it well.\n`);
    assert.deepEqual(type.source, { kind: 'workspace', path: '.flotilla/agents/helper.md' });
    assert.deepEqual(type.notHonoured, []);
  });

  it('take the name from the file when there is none, and refuse one that hides something or is taken', () => {
    assert.equal(read('vscode', 'description: d', 'Body', 'API designer.agent.md').type?.name, 'API designer');
    assert.equal(read('claude', 'description: d').type?.name, 'helper');
    assert.match(messages('flotilla', 'name: "a\\u202eb"\ndescription: d')[0] ?? '', /^error: The name must begin/);
    assert.match(messages('flotilla', 'name: Person\ndescription: d')[0] ?? '', /^error: The name "person" stands for you/);
  });

  it('need instructions, and miss a description', () => {
    assert.match(messages('flotilla', 'description: d', '  \n')[0] ?? '', /^error: The file gives no instructions/);
    const { type, problems } = read('claude', 'name: a', 'First line.\nSecond');
    assert.match(problems[0]?.message ?? '', /no description/);
    assert.equal(type?.description, 'First line.');
  });

  it('shorten a long description, which every lead is given', () => {
    const { description } = typeOf('claude', '');
    assert.equal(description, 'Helps');
    const long = read('claude', `description: Use it.\\n\\n${'example '.repeat(100)}`).type?.description ?? '';
    assert.ok(long.length <= 300 && long.endsWith('…') && long.startsWith('Use it. '), long);
  });

  it('name fields of ours that there are not, and values that make no sense', () => {
    const found = messages('flotilla', 'description: d\ncolour: red\neffort: most\nrole: boss\ntools: [read, fly]');
    assert.match(found.join('\n'), /There is no field "colour"/);
    assert.match(found.join('\n'), /"effort" must be one of low, medium/);
    assert.match(found.join('\n'), /"role" must be one of lead/);
    assert.match(found.join('\n'), /There is no tool "fly"/);
    assert.ok(found.every((text) => text.startsWith('warning')));
  });

  it('translate the tools of Claude Code, written as a list or with commas', () => {
    const wanted = ['read_file', 'list_files', 'find_files', 'search_text', 'run_command'];
    assert.deepEqual(work(typeOf('claude', 'tools: Read, Grep, Glob, Bash')), wanted);
    assert.deepEqual(work(typeOf('claude', 'tools: [Read, Grep, Glob, Bash]')), wanted);
    assert.deepEqual(work(typeOf('claude', 'tools: Edit')), ['edit_file']);
    assert.deepEqual(work(typeOf('claude', 'tools: []')), []);
  });

  it('translate the tools of VS Code, by group, by tool and by older name', () => {
    assert.deepEqual(work(typeOf('vscode', "tools: ['read', 'search', 'edit', 'execute']")), [...mostOfRole.worker.slice(0, 7)]);
    assert.deepEqual(work(typeOf('vscode', "tools: ['search/textSearch', 'edit/createFile']")), ['search_text', 'write_file']);
    assert.deepEqual(work(typeOf('vscode', "tools: ['codebase', 'runCommands']")), [
      'list_files',
      'find_files',
      'search_text',
      'run_command',
    ]);
    assert.deepEqual(work(typeOf('vscode', "tools: ['*']")), work(typeOf('vscode', '')));
  });

  it('give everything a worker may have when no tools are named', () => {
    for (const dialect of ['flotilla', 'claude', 'vscode'] as const) {
      assert.deepEqual(typeOf(dialect, '').tools, mostOfRole.worker);
    }
  });

  it('name what has no counterpart here', () => {
    const type = typeOf('claude', 'tools: Read, WebFetch, mcp__github__search, Fly');
    assert.deepEqual(work(type), ['read_file', 'list_files']);
    assert.match(reasons(type), /WebFetch: Agents have no access to the web/);
    assert.match(reasons(type), /mcp__github__search: Tools of MCP servers/);
    assert.match(reasons(type), /There is no tool "Fly"/);
    assert.match(reasons(typeOf('vscode', "tools: ['github/*']")), /github\/\*: Tools of MCP servers/);
  });

  it('take a tool away whole when it cannot be limited as the file says', () => {
    const type = typeOf('claude', 'tools: Read, Bash(git diff:*, git log:*)');
    assert.deepEqual(work(type), ['read_file', 'list_files']);
    assert.match(reasons(type), /Bash\(git diff:\*, git log:\*\): a tool cannot be limited/);
    assert.equal(typeOf('claude', 'disallowedTools: Bash(rm:*)').tools.includes('run_command'), false);
    assert.equal(typeOf('claude', 'disallowedTools: Write, Edit').tools.includes('edit_file'), false);
  });

  it('make a lead of what only spawns, and a worker of what also changes things', () => {
    const lead = typeOf('claude', 'tools: Read, Agent(builder, reviewer)');
    assert.equal(lead.role, 'lead');
    assert.ok(lead.tools.includes('spawn_agent') && !lead.tools.includes('run_command'));
    assert.match(reasons(lead), /which types an agent may spawn cannot be limited/);
    const worker = typeOf('vscode', "tools: ['agent', 'edit']");
    assert.equal(worker.role, 'worker');
    assert.equal(worker.tools.includes('spawn_agent'), false);
    assert.match(reasons(worker), /does not get spawn_agent/);
    assert.equal(typeOf('vscode', "tools: ['agent', 'read']\nagents: []").tools.includes('spawn_agent'), false);
  });

  it('never take more rights from a file, and take the fewer', () => {
    const bypass = typeOf('claude', 'permissionMode: bypassPermissions');
    assert.deepEqual(bypass.tools, typeOf('claude', '').tools);
    assert.match(reasons(bypass), /bypassPermissions: what an agent may do without asking is decided by your settings/);
    const plan = typeOf('claude', 'permissionMode: plan');
    assert.deepEqual(
      plan.tools.filter((tool) => /edit|write_file|run/.test(tool)),
      [],
    );
    const lead = typeOf('flotilla', 'role: lead\ntools: [agent, edit_file, run_command]');
    assert.deepEqual(
      lead.tools.filter((tool) => /edit|write_file|run_/.test(tool)),
      [],
    );
    assert.match(reasons(lead), /does not get edit_file, run_command/);
  });

  it('understand models by id and by family, and of several take the first that can be used', () => {
    assert.equal(typeOf('claude', 'model: haiku').model, 'haiku');
    assert.equal(typeOf('claude', 'model: claude-opus-5-5').model, 'claude-opus-5-5');
    const inherited = typeOf('claude', 'model: inherit');
    assert.equal(inherited.model, undefined);
    assert.match(reasons(inherited), /inherit: the setting for its role/);
    const copilot = typeOf('vscode', "model: ['GPT-5 (copilot)', 'Claude Sonnet 4.5 (copilot)']");
    assert.equal(copilot.model, 'sonnet');
    assert.match(reasons(copilot), /Claude Sonnet 4.5 \(copilot\): it uses the model your settings give for sonnet/);
    const other = typeOf('vscode', 'model: GPT-5 (copilot)');
    assert.equal(other.model, undefined);
    assert.match(reasons(other), /GPT-5 \(copilot\): not a model/);
    assert.equal(typeOf('flotilla', 'model: local/my-model').model, 'local/my-model');
  });

  it('say where agents work, in ours and in those of Claude Code; a repository cannot let them back to the files of the person', () => {
    const own = (isolation: string) =>
      readAgentFile({
        kind: 'agentType',
        source: 'user',
        path: '~/.flotilla/agents/a.md',
        text: `---\ndescription: d\nisolation: ${isolation}\n---\nBody`,
      });
    assert.deepEqual([own('worktree').type?.isolation, own('shared').type?.isolation], ['worktree', 'shared']);
    assert.equal(typeOf('claude', 'isolation: worktree').isolation, 'worktree');
    assert.deepEqual(typeOf('claude', 'isolation: worktree').notHonoured, []);
    const loosened = typeOf('flotilla', 'isolation: shared');
    assert.equal(loosened.isolation, undefined);
    assert.match(reasons(loosened), /^isolation: A file of the workspace can ask for "worktree" only/);
    assert.deepEqual(
      own('none').problems.map(({ message }) => message),
      ['"isolation" must be one of shared, worktree; the setting counts instead.'],
    );
    assert.match(reasons(typeOf('vscode', 'isolation: worktree')), /^isolation: /);
  });

  it('name every field of others that is not done', () => {
    const claude = typeOf('claude', 'maxTurns: 5\nhooks: {}\nisolation: worktree\nmemory: user\nskills: [a]\ncolor: red\nnew-thing: 1');
    assert.deepEqual(
      claude.notHonoured.map(({ field }) => field),
      ['maxTurns', 'hooks', 'memory', 'skills', 'new-thing'],
    );
    const vscode = typeOf('vscode', "handoffs: [{label: a, agent: b}]\nmcp-servers: {}\nargument-hint: x\ntarget: vscode\nagents: ['a']");
    assert.deepEqual(vscode.notHonoured.map(({ field }) => field).sort(), ['agents', 'handoffs', 'mcp-servers']);
  });

  it('hide a type from whom its file hides it, in both spellings', () => {
    const hidden = (fields: string) => [...typeOf('vscode', fields).hiddenFrom];
    assert.deepEqual(hidden('user-invocable: false'), ['person']);
    assert.deepEqual(hidden('user-invokable: false'), ['person']);
    assert.deepEqual(hidden('disable-model-invocation: true'), ['agents']);
    assert.deepEqual(hidden('infer: false'), ['agents']);
    assert.deepEqual(hidden(''), []);
  });

  it('take the descriptions that other products take although YAML does not', () => {
    const text = "Use this agent when: the user's code fails. Example: <x> # not a comment";
    const { type, problems } = read('claude', `name: a\ndescription: ${text}\ntools: Read`);
    assert.deepEqual(problems, []);
    assert.equal(type?.description, text);
    assert.equal(read('flotilla', `description: ${text}`).type, undefined);
    assert.equal(read('claude', 'description: a: b\ntools: [Read').type, undefined);
  });

  it('never give a tool beyond the role, whatever the file says, and always the report', () => {
    const names = [
      'Read',
      'Bash',
      'Agent',
      'Edit',
      'read',
      'edit',
      'agent',
      'execute',
      '*',
      'spawn_agent',
      'change_plan',
      'run_command',
      'x/y',
      'toString',
    ];
    const values = fc.constantFrom('bypassPermissions', 'plan', 'dontAsk');
    const dialects = fc.constantFrom('flotilla', 'claude', 'vscode');
    const roles = fc.constantFrom('', 'lead', 'worker', 'scout');
    fc.assert(
      fc.property(dialects, roles, fc.subarray(names), fc.subarray(names), values, (dialect, role, tools, denied, mode) => {
        const fields = { tools, disallowedTools: denied, permissionMode: mode, ...(role === '' ? {} : { role }) };
        const type = typeOf(
          dialect,
          Object.entries(fields)
            .map(([name, value]) => `${name}: ${JSON.stringify(value)}`)
            .join('\n'),
        );
        assert.deepEqual(
          type.tools.filter((tool) => !mostOfRole[type.role].includes(tool)),
          [],
        );
        assert.ok(type.tools.includes('report'));
        const changes = type.tools.some((tool) => ['edit_file', 'write_file', 'run_command'].includes(tool));
        assert.ok(!(changes && type.tools.includes('spawn_agent')));
      }),
    );
  });
});
