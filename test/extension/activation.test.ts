import assert from 'node:assert/strict';
import * as vscode from 'vscode';

describe('activation', () => {
  const extension = () => {
    const found = vscode.extensions.getExtension('flotilla.flotilla');
    assert.ok(found, 'the extension is not loaded');
    return found;
  };

  it('gives a versioned API', async () => {
    const api: unknown = await extension().activate();
    assert.ok(typeof api === 'object' && api !== null && 'apiVersion' in api);
    assert.equal(api.apiVersion, 1);
  });

  it('registers every command that its manifest names, and no other of that name', async () => {
    await extension().activate();
    const manifest: { contributes: { commands: readonly { command: string }[] } } = extension().packageJSON;
    const named = manifest.contributes.commands.map(({ command }) => command).sort();
    const registered = (await vscode.commands.getCommands(true)).filter((id) => id.startsWith('flotilla.'));
    const generated = /^flotilla\.(fleet\.|open$|resetViewLocation)|\.(open|focus|resetViewLocation|removeView|toggleVisibility)$/;
    assert.deepEqual(
      named.filter((command) => !registered.includes(command)),
      [],
    );
    assert.deepEqual(
      registered.filter((command) => !named.includes(command) && !generated.test(command)),
      [],
    );
  });
});
