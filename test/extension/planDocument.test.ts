import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { clearFleet, command, flotilla, until } from './support/flotilla.ts';

const docs = `
  - id: docs
    title: Write the page
    agent: scout
    dependsOn: [lead]
    objective: There is a page about the ledger.
    doneCriteria: [the page is there]
`;

/** Resolves when a document has nothing unsaved and its text fits; asked again whenever something changes. Mocha's own limit ends it. */
async function untilShown(document: vscode.TextDocument, fits: (text: string) => boolean): Promise<void> {
  await new Promise<void>((resolve) => {
    const listeners = [vscode.workspace.onDidChangeTextDocument(() => check()), vscode.workspace.onDidSaveTextDocument(() => check())];
    const check = (): void => {
      if (!document.isDirty && fits(document.getText())) {
        listeners.forEach((listener) => listener.dispose());
        resolve();
      }
    };
    check();
  });
}

/** Resolves with a document's diagnostics as soon as one of them says this. */
async function untilTold(uri: vscode.Uri, says: RegExp): Promise<vscode.Diagnostic> {
  return await new Promise((resolve) => {
    const check = (): void => {
      const found = vscode.languages.getDiagnostics(uri).find(({ message }) => says.test(message));
      if (found !== undefined) {
        listener.dispose();
        resolve(found);
      }
    };
    const listener = vscode.languages.onDidChangeDiagnostics(check);
    check();
  });
}

/** Resolves when a document has no error any more: what is wrong is looked for a moment after the last change. */
async function untilClean(uri: vscode.Uri): Promise<void> {
  await new Promise<void>((resolve) => {
    const check = (): void => {
      if (vscode.languages.getDiagnostics(uri).every(({ severity }) => severity !== vscode.DiagnosticSeverity.Error)) {
        listener.dispose();
        resolve();
      }
    };
    const listener = vscode.languages.onDidChangeDiagnostics(check);
    check();
  });
}

async function append(document: vscode.TextDocument, text: string): Promise<void> {
  const edit = new vscode.WorkspaceEdit();
  edit.insert(document.uri, new vscode.Position(document.lineCount, 0), text);
  assert.ok(await vscode.workspace.applyEdit(edit));
}

async function replace(document: vscode.TextDocument, from: string, to: string): Promise<void> {
  const at = document.getText().indexOf(from);
  assert.ok(at >= 0, `${from} is not in\n${document.getText()}`);
  const edit = new vscode.WorkspaceEdit();
  edit.replace(document.uri, new vscode.Range(document.positionAt(at), document.positionAt(at + from.length)), to);
  assert.ok(await vscode.workspace.applyEdit(edit));
}

/** A run whose lead is held, so that nothing in its plan moves by itself, with its plan in front. */
async function openPlan() {
  const api = await flotilla();
  const { runId, agentId } = await api.startRun({ task: 'Tidy the ledger' });
  assert.ok((await command('pauseAgent', agentId)).ok);
  await until(api, ({ agents }) => agents.some(({ id, phase }) => id === agentId && phase === 'paused'));
  assert.deepEqual(await command('openPlan', runId), { ok: true, reached: 1, runId });
  const document = vscode.window.activeTextEditor?.document;
  assert.ok(document !== undefined && document.uri.scheme === 'flotilla-run');
  return { api, runId, agentId, document };
}

async function historyOf(runId: string): Promise<vscode.TextDocument> {
  assert.ok((await command('openPlanHistory', runId)).ok);
  const document = vscode.window.activeTextEditor?.document;
  assert.ok(document !== undefined && document.uri.scheme === 'flotilla-run-history');
  return document;
}

describe('the plan of a run as a document', function () {
  this.timeout(60_000);

  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await clearFleet();
  });

  it('takes a new task, shows what became of it, and has it in the history with its reason', async () => {
    const { runId, document } = await openPlan();
    assert.match(document.getText(), /- id: lead # running, /);
    await append(document, docs);
    await replace(document, 'reason:', 'reason: People ask for it');
    assert.ok(await document.save());
    await untilShown(document, (text) => text.includes('- id: docs # waiting for lead') && /^reason: #/m.test(text));
    const history = (await historyOf(runId)).getText();
    assert.match(history, /@@ 2 · .* · you @@\nReason: People ask for it\n\+ docs: Write the page\n/);
  });

  it('refuses a save that cannot be, keeps what was typed, and says where it is wrong', async () => {
    const { document } = await openPlan();
    await append(document, docs.replace('[lead]', '[nobody]'));
    const told = await untilTold(document.uri, /names "nobody", which is not in the plan/);
    assert.equal(document.getText(told.range), 'nobody');
    assert.equal(told.severity, vscode.DiagnosticSeverity.Error);
    assert.equal(await document.save(), false);
    assert.ok(document.isDirty && document.getText().includes('[nobody]'));
    await replace(document, '[nobody]', '[lead]');
    assert.ok(await document.save());
    await untilShown(document, (text) => text.includes('- id: docs # waiting for lead'));
    await untilClean(document.uri);
  });

  it('follows what others change, and lets nobody lose what is typed meanwhile', async () => {
    const { runId, document } = await openPlan();
    await append(document, `${docs}${docs.replaceAll('docs', 'more')}`);
    assert.ok(await document.save());
    await untilShown(document, (text) => text.includes('- id: more # waiting for lead'));

    assert.ok((await command('cancelTask', runId, 'more')).ok);
    await untilShown(document, (text) => text.includes('# Cancelled: more') && !text.includes('- id: more'));

    await append(document, docs.replaceAll('docs', 'mine'));
    assert.ok((await command('cancelTask', runId, 'docs')).ok);
    assert.ok(document.isDirty && document.getText().includes('- id: docs'));
    assert.ok(await document.save());
    await untilShown(document, (text) => text.includes('- id: mine # waiting for lead') && text.includes('# Cancelled: docs, more'));
  });

  it('offers what may be written, and tells over each task and on hover how it stands', async () => {
    const { document, agentId } = await openPlan();
    assert.equal(document.languageId, 'flotilla-plan');
    const saving = vscode.workspace.getConfiguration('files', { uri: document.uri, languageId: document.languageId });
    assert.equal(saving.get('autoSave'), 'off');
    await append(document, docs.replace('[lead]', '[').replace('agent: scout', 'agent: '));
    const offered = async (after: string) => {
      const at = document.positionAt(document.getText().indexOf(after, document.getText().indexOf('- id: docs')) + after.length);
      const list = await vscode.commands.executeCommand<vscode.CompletionList>('vscode.executeCompletionItemProvider', document.uri, at);
      return list.items.map(({ label }) => (typeof label === 'string' ? label : label.label));
    };
    assert.ok((await offered('agent: ')).includes('builder'));
    assert.ok((await offered('dependsOn: [')).includes('lead'));
    await replace(document, 'dependsOn: [', 'dependsOn: [lead]');
    await replace(document, 'agent: \n', 'agent: scout\n');

    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', document.uri, 10);
    const lead = lenses.filter(({ range }) => document.lineAt(range.start.line).text.includes('id: lead'));
    assert.match(lead[0]?.command?.title ?? '', /running · /);
    assert.deepEqual(
      lead.map(({ command: one }) => one?.command),
      ['flotilla.openTranscript', 'flotilla.openTranscript', 'flotilla.cancelTask'],
    );
    assert.deepEqual(lead[0]?.command?.arguments, [{ kind: 'agent', agentId }]);

    const at = document.positionAt(document.getText().indexOf('id: lead') + 5);
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>('vscode.executeHoverProvider', document.uri, at);
    const text = hovers.flatMap(({ contents }) => contents.map((one) => (typeof one === 'string' ? one : one.value))).join('\n');
    assert.match(text, /Attempt 1/);
  });

  it('says what is wrong with a run that is none', async () => {
    const reply = await command('openPlan', 'run-nobody');
    assert.ok(!reply.ok && reply.code === 'unknown' && reply.next !== '');
  });
});
