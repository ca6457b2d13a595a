import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { clearFleet, command, flotilla, isOver, until } from './support/flotilla.ts';

const task = 'Make one small improvement that is certainly safe, then run a harmless command';

describe('reviewing changes', function () {
  this.timeout(120_000);
  let written: { readonly uri: vscode.Uri; readonly before: string } | undefined;

  afterEach(async () => {
    await vscode.workspace.getConfiguration('files').update('autoSave', undefined, vscode.ConfigurationTarget.Global);
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    if (written !== undefined) {
      await vscode.workspace.fs.writeFile(written.uri, Buffer.from(written.before));
      written = undefined;
    }
    await clearFleet();
  });

  /** Has a builder change one file, and says yes to all it asks. */
  async function build(label: string) {
    const api = await flotilla();
    const { agentId } = await api.spawnAgent({ task, agentType: 'builder', label });
    const ask = await until(api, ({ approvals }) => approvals.find(({ kind }) => kind === 'write'));
    const path = /^\+\+\+ (?:b\/)?([^\t\n]+)/m.exec(ask.plan)?.[1];
    const folder = vscode.workspace.workspaceFolders?.[0];
    assert.ok(path !== undefined && folder !== undefined);
    const uri = vscode.Uri.joinPath(folder.uri, path);
    const before = await textOf(uri);
    written = { uri, before };
    const answered = new Set<string>();
    await until(api, ({ approvals, agents }) => {
      for (const { id } of approvals.filter((open) => !answered.has(open.id))) {
        answered.add(id);
        void command('reviewApprovals', id, { kind: 'allow' });
      }
      return agents.find(({ id, phase }) => id === agentId && isOver({ phase }));
    });
    assert.notEqual(await textOf(uri), before);
    return { api, agentId, path, uri, before };
  }

  it('says so when there is nothing to review', async () => {
    const none = await command('reviewChanges', 'agent-nobody');
    assert.ok(!none.ok && none.code === 'unknown' && none.next !== '');
    const api = await flotilla();
    const { agentId } = await api.spawnAgent({ task: 'Look around', agentType: 'scout', label: 'looker' });
    const idle = await command('reviewChanges', agentId);
    assert.ok(!idle.ok && idle.message === 'looker has not changed a file.' && idle.next !== '');
  });

  it('opens them beside what was, and takes one back exactly, as a fact of its run', async () => {
    const { api, agentId, uri, before } = await build('builder-a');
    const runId = api.snapshot().agents.find(({ id }) => id === agentId)?.runId ?? '';
    assert.deepEqual(await command('reviewChanges', runId), { ok: true, reached: 1, runId });
    assert.ok(vscode.window.tabGroups.activeTabGroup.activeTab?.label.startsWith('Changes of '));

    const [reject] = await lenses(uri, 'flotilla.rejectChange');
    assert.ok(reject !== undefined);
    const reply = await command('rejectChange', ...(reject.arguments ?? []));
    assert.ok(reply.ok && reply.reached === 1, JSON.stringify(reply));
    // Where the file was open it is saved by the editor, a moment later.
    for (const patience = Date.now() + 10_000; (await textOf(uri)) !== before && Date.now() < patience; ) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    assert.equal(await textOf(uri), before);
    const twice = await command('rejectChange', ...(reject.arguments ?? []));
    assert.ok(!twice.ok);
    const over = await command('reviewChanges', agentId);
    assert.ok(!over.ok && over.message.includes('left to review'));
  });

  it('keeps what is accepted, and asks for it no more', async () => {
    const { agentId, path, uri } = await build('builder-b');
    const after = await textOf(uri);
    assert.ok((await command('reviewChanges', agentId)).ok);
    const accepted = await command('acceptFileChanges', path);
    assert.ok(accepted.ok && accepted.reached >= 1);
    assert.equal(await textOf(uri), after);
    assert.deepEqual(await lenses(uri, 'flotilla.acceptChange'), []);
    const over = await command('reviewChanges', agentId);
    assert.ok(!over.ok && over.message.includes('left to review'));
  });

  it('CON-03: takes a change out of unsaved text, where it can be undone, and saves nothing', async () => {
    const { agentId, path, uri, before } = await build('builder-c');
    // In a browser the editor saves by itself.
    await vscode.workspace.getConfiguration('files').update('autoSave', 'off', vscode.ConfigurationTarget.Global);
    const onDisk = await textOf(uri);
    const document = await vscode.workspace.openTextDocument(uri);
    const typing = new vscode.WorkspaceEdit();
    typing.insert(uri, document.lineAt(document.lineCount - 1).range.end, 'typed by hand');
    assert.ok(await vscode.workspace.applyEdit(typing));
    assert.ok((await command('reviewChanges', agentId)).ok);
    const [first] = await lenses(uri, 'flotilla.rejectChange');
    assert.ok(first !== undefined);
    const reply = await command('rejectChange', ...(first.arguments ?? []));
    assert.ok(reply.ok, JSON.stringify(reply));
    assert.equal(document.getText(), `${before}typed by hand`);
    assert.ok(document.isDirty);
    assert.equal(await textOf(uri), onDisk);
    await vscode.window.showTextDocument(document);
    await vscode.commands.executeCommand('undo');
    assert.equal(document.getText(), `${onDisk}typed by hand`);
    assert.ok((await command('acceptFileChanges', path)).ok);
  });

  it('sends comments on lines to the agent as one message, which has the lines as data', async () => {
    const { api, agentId, path, uri } = await build('builder-d');
    const early = await command('addReviewComment', path, 1, 'Too early');
    assert.ok(!early.ok && early.next !== '');
    assert.ok((await command('reviewChanges', agentId)).ok);
    assert.ok((await command('addReviewComment', path, 1, 'Say it shorter')).ok);
    assert.ok((await command('addReviewComment', path, 2, 'And this too')).ok);
    const sent = await command('sendFeedback');
    assert.ok(sent.ok && sent.reached === 1, JSON.stringify(sent));
    await until(api, ({ agents }) => agents.some(({ id, phase }) => id === agentId && !isOver({ phase })));
    const again = await command('sendFeedback');
    assert.ok(!again.ok && again.next !== '');
    assert.ok((await textOf(uri)).length > 0);
  });
});

async function textOf(uri: vscode.Uri): Promise<string> {
  return Buffer.from(await vscode.workspace.fs.readFile(uri)).toString();
}

/** The commands above the lines of a file that have this id. */
async function lenses(uri: vscode.Uri, id: string): Promise<readonly vscode.Command[]> {
  const found = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', uri, 100);
  return found.flatMap(({ command: one }) => (one?.command === id ? [one] : []));
}
