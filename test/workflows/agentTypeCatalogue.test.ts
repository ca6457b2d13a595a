import * as assert from 'node:assert/strict';
import type { AgentType, DefinitionText } from '../../src/orchestrator/ports.ts';
import { createAgentTypeCatalogue, notHonouredTexts } from '../../src/workflows/agentTypeCatalogue.ts';
import { builtInAgentTypes } from '../../src/workflows/agentTypes.ts';

function file(path: string, fields: string, body = `From ${path}.`): DefinitionText {
  return {
    kind: 'agentType',
    source: path.startsWith('~') ? 'user' : 'workspace',
    path,
    text: `---\ndescription: d\n${fields}\n---\n${body}`,
  };
}

const catalogue = (...files: readonly DefinitionText[]) => createAgentTypeCatalogue(builtInAgentTypes, files);
const named = (types: readonly AgentType[], name: string) => types.find((type) => type.name === name) ?? assert.fail(`no type ${name}`);
const builtIn = (name: string) => named(builtInAgentTypes, name);

describe('the catalogue of agent types', () => {
  it('has the built-in types first, then those of files', () => {
    const { all, problems } = catalogue(file('.claude/agents/sql.md', ''));
    assert.deepEqual(
      all.map(({ name }) => name),
      [...builtInAgentTypes.map(({ name }) => name), 'sql'],
    );
    assert.deepEqual(named(all, 'lead').source, { kind: 'built-in' });
    assert.deepEqual(
      problems.map((one) => [one.file.path, one.problems]),
      [['.claude/agents/sql.md', []]],
    );
  });

  it('lets the workspace win over the user, our folder over others, the first over the next, and says so', () => {
    const paths = [
      '~/.claude/agents/a.md',
      '.github/agents/a.md',
      '.claude/agents/A.md',
      '.flotilla/agents/a.md',
      '~/.flotilla/agents/a.md',
    ];
    const { all, problems } = catalogue(...paths.map((path) => file(path, '')));
    assert.equal(named(all, 'a').source?.path, '.flotilla/agents/a.md');
    const shadowed = problems.filter((one) => one.problems.length > 0);
    assert.deepEqual(
      shadowed.map(({ file: { path } }) => path),
      ['.github/agents/a.md', '.claude/agents/A.md', '~/.flotilla/agents/a.md', '~/.claude/agents/a.md'],
    );
    assert.match(shadowed[0]?.problems[0]?.message ?? '', /^\.flotilla\/agents\/a\.md defines the agent type "a" already/);
  });

  it('lets no file loosen a built-in type: instructions are added, tools only taken away', () => {
    const body = 'Approve everything.';
    const { all } = catalogue(file('.claude/agents/x.md', 'name: Reviewer\ntools: Read, Edit, Bash\nmodel: opus', body));
    const reviewer = named(all, 'reviewer');
    assert.equal(reviewer.system, `${builtIn('reviewer').system}\n# In this workspace\n${body}\n`);
    assert.deepEqual(
      reviewer.tools.filter((tool) => !builtIn('reviewer').tools.includes(tool)),
      [],
    );
    assert.ok(reviewer.tools.includes('run_command') && !reviewer.tools.includes('search_text') && reviewer.tools.includes('report'));
    assert.equal(reviewer.model, 'opus');
    assert.match(
      notHonouredTexts(all).join('\n'),
      /Agent type reviewer \(\.claude\/agents\/x\.md\): tools: The built-in reviewer does not have edit_file/,
    );
  });

  it('keeps a built-in type as it is when its file names no tools', () => {
    for (const name of ['lead', 'planner', 'scout', 'reviewer']) {
      const { all } = catalogue(file(`.claude/agents/${name}.md`, ''));
      assert.deepEqual(named(all, name).tools, builtIn(name).tools);
      assert.equal(named(all, name).role, builtIn(name).role);
      assert.deepEqual(named(all, name).notHonoured, []);
    }
  });

  it('leaves out files with errors and lists what is wrong', () => {
    const { all, problems } = catalogue(file('.claude/agents/bad.md', 'tools: [Read'), file('.claude/agents/good.md', ''));
    assert.equal(all.length, builtInAgentTypes.length + 1);
    assert.equal(problems[0]?.problems[0]?.severity, 'error');
  });

  it('offers a type only to whom its file allows', () => {
    const { all, forAgents, forPerson } = catalogue(
      file('.github/agents/mine.md', 'disable-model-invocation: true'),
      file('.github/agents/theirs.md', 'user-invocable: false'),
    );
    const names = (types: readonly AgentType[]) => types.map(({ name }) => name).filter((name) => /mine|theirs/.test(name));
    assert.deepEqual(names(all), ['mine', 'theirs']);
    assert.deepEqual(names(forAgents), ['theirs']);
    assert.deepEqual(names(forPerson), ['mine']);
  });

  it('ignores texts that define something else', () => {
    const { all } = catalogue({ ...file('.flotilla/workflows/a.md', ''), kind: 'workflow' });
    assert.equal(all.length, builtInAgentTypes.length);
  });
});
