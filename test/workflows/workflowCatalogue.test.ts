import * as assert from 'node:assert/strict';
import { builtInWorkflows } from '../../src/workflows/builtInWorkflows.ts';
import { createWorkflowCatalogue, type WorkflowSource } from '../../src/workflows/workflowCatalogue.ts';

function text(name: string, objective = 'Do {{task}}', more: readonly string[] = []): string {
  return [
    '---',
    `name: ${name}`,
    `description: ${name} for us`,
    ...more,
    'phases:',
    '  - id: all',
    '    tasks:',
    '      - id: only',
    '        agent: general',
    `        objective: "${objective}"`,
    '---',
    '',
  ].join('\n');
}

const file = (source: WorkflowSource['source'], path: string, content: string): WorkflowSource => ({ source, path, text: content });

function catalogue(...files: readonly WorkflowSource[]) {
  return createWorkflowCatalogue({ builtIn: builtInWorkflows, files, folders: () => ['app'] });
}

function start(of: ReturnType<typeof catalogue>, workflow: string | undefined) {
  const made = of.template({ task: 'it', workflow, inputs: {}, place: undefined });
  return 'code' in made ? made : made.tasks.map(({ id, brief }) => `${id}: ${brief.objective}`);
}

describe('the catalogue of workflows', () => {
  it('has the built-in workflows first, then those of the user and the workspace by name', () => {
    const all = catalogue(
      file('workspace', 'b.md', text('zebra')),
      file('user', '~/a.md', text('ant', 'Do {{task}}', ['inputs: [{ name: x, description: X }]'])),
    ).all();
    assert.deepEqual(
      all.slice(0, 2).map(({ name }) => name),
      ['orchestrate', 'scout-build'],
    );
    assert.deepEqual(all.slice(-2), [
      {
        name: 'ant',
        description: 'ant for us',
        source: 'user',
        path: '~/a.md',
        inputs: [{ name: 'x', description: 'X', required: false, list: false, fallback: undefined }],
        problems: [],
      },
      { name: 'zebra', description: 'zebra for us', source: 'workspace', path: 'b.md', inputs: [], problems: [] },
    ]);
  });

  it('takes the file of the workspace before the one of the user, and that before the built-in one, and says so', () => {
    const both = catalogue(file('workspace', 'f.md', text('feature', 'W {{task}}')), file('user', 'u.md', text('feature', 'U {{task}}')));
    assert.deepEqual(start(both, 'feature'), ['only: W it']);
    const facts = both.all().filter(({ name }) => name === 'feature');
    assert.deepEqual(
      facts.map(({ source, replaces }) => [source, replaces]),
      [['workspace', 'user']],
    );
    assert.equal(both.all()[5]?.name, 'feature');
    assert.deepEqual(start(catalogue(file('user', 'u.md', text('feature', 'U {{task}}'))), 'feature'), ['only: U it']);
  });

  it('starts the default workflow when none is asked for', () => {
    assert.deepEqual(start(catalogue(), undefined), ['lead: it']);
  });

  it('lists a bad file with its problems and refuses to start it, rather than starting what it stands before', () => {
    const bad = text('feature').replace('agent: general', 'agent: [1]').replace('id: only', 'id: "?"');
    const one = catalogue(file('workspace', '.flotilla/workflows/feature.md', bad));
    const facts = one.all().find(({ name }) => name === 'feature');
    assert.equal(facts?.problems.length, 2);
    assert.equal(facts.replaces, 'built-in');
    assert.deepEqual(start(one, 'feature'), {
      code: 'invalid',
      message:
        'The workflow feature cannot be started because of errors in .flotilla/workflows/feature.md. ' +
        'Line 7, column 13: "?" cannot be the id of a task. Use up to 64 letters, digits, ".", "_" and "-", beginning with a letter or a digit. ' +
        'Line 8, column 9: "agent" must be a text. Write it as one text.',
      next: 'Correct the file, or give it another name to use the built-in workflow feature again.',
    });
    assert.deepEqual(start(one, 'orchestrate'), ['lead: it']);
  });

  it('calls a file that cannot be read by the name of the file, and tells of the first errors', () => {
    const one = catalogue(file('user', '~/.flotilla/workflows/own.md', '---\nname: [\n---\n'));
    const refused = start(one, 'own');
    assert.ok('code' in refused);
    assert.equal(refused.code, 'invalid');
    assert.match(
      refused.message,
      /^The workflow own cannot be started because of errors in ~\/\.flotilla\/workflows\/own\.md\. Line 3, column \d+: Not valid/,
    );
    assert.equal(refused.next, 'Correct the file.');
    assert.ok(one.all().some(({ name, problems }) => name === 'own' && problems.length > 0));
  });

  it('starts a workflow with warnings', () => {
    const one = catalogue(file('user', 'w.md', text('warned', 'Do {{task}}', ['colour: red'])));
    assert.deepEqual(start(one, 'warned'), ['only: Do it']);
    assert.deepEqual(
      one.diagnostics().map(({ file: { path }, problems }) => [path, problems.map(({ severity }) => severity)]),
      [['w.md', ['warning']]],
    );
  });

  it('uses the first of two files of one source with the same name, and marks the second', () => {
    const second = file('user', 'b.md', text('own', 'B {{task}}'));
    const one = catalogue(file('user', 'a.md', text('own', 'A {{task}}')), second);
    assert.deepEqual(start(one, 'own'), ['only: A it']);
    assert.deepEqual(one.diagnostics(), [
      {
        file: second,
        problems: [
          {
            severity: 'error',
            message: 'The workflow "own" is already in a.md, which is used. Give one of the two another name.',
            range: { line: 0, column: 0, endLine: 0, endColumn: 0 },
          },
        ],
      },
    ]);
  });

  it('says which workflows there are when one does not exist', () => {
    const refused = start(catalogue(), 'scout-bild');
    assert.ok('code' in refused);
    assert.equal(refused.code, 'unknown');
    assert.equal(refused.message, 'There is no workflow "scout-bild".');
    assert.match(refused.next, /^Did you mean scout-build\? There are: orchestrate, .*batch\.$/);
  });

  it('names the folders of the workspace as they are when a run starts', () => {
    const folders = ['one'];
    const one = createWorkflowCatalogue({ builtIn: builtInWorkflows, files: [], folders: () => folders });
    folders.push('two');
    const made = one.template({ task: 'it', workflow: 'batch', inputs: {}, place: undefined });
    assert.deepEqual('code' in made ? made : made.tasks.map(({ id }) => id), ['work-one', 'work-two', 'synthesis']);
  });
});
