import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { clearFleet, command, flotilla } from './support/flotilla.ts';

const good = `---
description: Knows the database schema
tools: Read, Grep, mcp__database
---
You know the schema.
`;
const bad = `---
description: Never ends
tools: [Read
---
Do something.
`;

/** Resolves when a file has so many problems of ours. */
async function problemsOf(uri: vscode.Uri, count: number): Promise<readonly vscode.Diagnostic[]> {
  const find = () => vscode.languages.getDiagnostics(uri).filter(({ source }) => source === 'Flotilla');
  return await new Promise((resolve) => {
    const check = (): void => {
      const found = find();
      if (found.length === count) {
        listening.dispose();
        resolve(found);
      }
    };
    const listening = vscode.languages.onDidChangeDiagnostics(check);
    check();
  });
}

/** The agent types that a person is offered, each with its description. */
async function offered(): Promise<ReadonlyMap<string, string | undefined>> {
  const { window } = vscode;
  const original = window.showQuickPick;
  const lists: (readonly vscode.QuickPickItem[])[] = [];
  Object.assign(window, {
    showQuickPick: async (items: readonly vscode.QuickPickItem[]) => {
      lists.push(items);
      return undefined;
    },
  });
  try {
    await command('spawnAgent');
  } finally {
    Object.assign(window, { showQuickPick: original });
  }
  return new Map(lists.flat().map(({ label, detail }) => [label, detail]));
}

describe('definitions in the workspace', () => {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri ?? assert.fail('no folder is open');
  const agents = vscode.Uri.joinPath(folder, '.claude', 'agents');
  const goodFile = vscode.Uri.joinPath(agents, 'schema-expert.md');
  const badFile = vscode.Uri.joinPath(agents, 'broken.md');
  const write = async (uri: vscode.Uri, text: string) => await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));

  after(async () => {
    await vscode.workspace.fs.delete(vscode.Uri.joinPath(folder, '.claude'), { recursive: true });
    await problemsOf(badFile, 0);
    await clearFleet();
  });

  it('are read as they appear: a good one is offered and can be spawned, a bad one is a problem in its file until it is corrected', async () => {
    const api = await flotilla();
    await write(goodFile, good);
    await write(badFile, bad);
    const [problem] = await problemsOf(badFile, 1);
    assert.equal(problem?.severity, vscode.DiagnosticSeverity.Error);
    assert.match(problem.message, /^Not valid YAML/);
    assert.ok(problem.range.start.line >= 2 && problem.range.start.line <= 3, String(problem.range.start.line));
    assert.deepEqual(vscode.languages.getDiagnostics(goodFile), []);

    const types = await offered();
    assert.equal(types.get('schema-expert'), 'Knows the database schema');
    assert.equal(types.has('broken'), false);
    assert.ok(types.has('lead'));

    const { agentId } = await api.spawnAgent({ task: 'Look at the structure of the sources', agentType: 'schema-expert' });
    assert.equal(api.snapshot().agents.find(({ id }) => id === agentId)?.agentType, 'schema-expert');

    await write(badFile, bad.replace('[Read', '[Read]'));
    await problemsOf(badFile, 0);
    assert.equal((await offered()).get('broken'), 'Never ends');
  });
});
