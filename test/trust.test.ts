import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import { LiveInstructions } from '../src/workspace/liveInstructions.ts';
import { temporaryFolders, writeTree } from './workspace/temporaryFolder.ts';

/*
 * Workspace trust. Elsewhere: TRU-04, TRU-05 and TRU-08 in policy/writeRules.test.ts; what an untrusted window says and does in the real editor
 * in e2e/badInput.test.ts.
 */

const manifest = z
  .object({
    capabilities: z.object({
      untrustedWorkspaces: z.object({ supported: z.literal('limited'), restrictedConfigurations: z.array(z.string()) }),
      virtualWorkspaces: z.object({ supported: z.literal(false) }),
    }),
    contributes: z.object({
      configuration: z.object({ properties: z.record(z.string(), z.object({ scope: z.string().optional() })) }),
    }),
  })
  .parse(JSON.parse(readFileSync('package.json', 'utf8')));
const settings = manifest.contributes.configuration.properties;

/** What a workspace may wish: taken only as far as it makes the person's own policy stricter, see `stricter` in policy/rights.ts. */
const wishes: readonly string[] = ['flotilla.workspace.mode', 'flotilla.workspace.denyWrites', 'flotilla.workspace.denyCommands'];

function sources(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => path.join(folder, name));
}

describe('workspace trust', () => {
  const temporary = temporaryFolders();

  for (const [name, { scope }] of Object.entries(settings).filter(([each]) => !wishes.includes(each))) {
    it(`TRU-03: a workspace cannot set ${name}`, () => {
      assert.ok(scope === 'application' || scope === 'machine', `its scope is ${scope ?? 'window, which a workspace may set'}`);
      assert.ok(manifest.capabilities.untrustedWorkspaces.restrictedConfigurations.includes(name), 'it is not in restrictedConfigurations');
    });
  }

  it('TRU-03: nothing is restricted that is no setting any more', () => {
    assert.deepEqual(
      manifest.capabilities.untrustedWorkspaces.restrictedConfigurations.filter((name) => !(name in settings)),
      [],
    );
  });

  it('TRU-01: no instruction file is read and no folder searched before the workspace is trusted', async () => {
    let [trusted, looked] = [false, 0];
    const errors: unknown[] = [];
    const ignore = () => undefined;
    const instructions = new LiveInstructions({
      folders: () => {
        looked++;
        return [{ name: 'w', path: path.resolve('test') }];
      },
      find: async () => {
        looked++;
        return { ok: true, paths: [], more: false };
      },
      trusted: () => trusted,
      log: { debug: ignore, info: ignore, warn: ignore, error: (_message, error) => errors.push(error) },
    });
    await instructions.refresh();
    assert.deepEqual([looked, instructions.current.files], [0, []]);
    trusted = true;
    await instructions.refresh();
    assert.ok(looked > 0, 'afterwards it is');
    assert.deepEqual(errors, []);
  });

  it('TRU-01: whatever reads the workspace by itself asks for trust where it begins', () => {
    for (const [file, pattern] of [
      ['src/platform/definitionFiles.ts', /vscode\.workspace\.isTrusted \? this\.#deps\.folders\(\) : \[\]/],
      ['src/platform/definitionFiles.ts', /vscode\.workspace\.isTrusted \? patterns : \[\]/],
      ['src/ui/fleetDoor.ts', /if \(!vscode\.workspace\.isTrusted\) \{[^}]*closed\('untrusted'[^}]*return;/],
      ['src/extension.ts', /trusted: \(\) => vscode\.workspace\.isTrusted/],
      ['src/extension.ts', /onDidGrantWorkspaceTrust\(\(\) => life\.open\(\)\)/],
    ] as const) {
      assert.match(readFileSync(file, 'utf8'), pattern, file);
    }
  });

  it('TRU-02: a folder that comes later is read under the trust of that moment, and nothing stays of one that went', async () => {
    const [first, second] = [temporary(), temporary()];
    await writeTree(first, { 'AGENTS.md': 'of the first' });
    await writeTree(second, { 'AGENTS.md': 'of the second' });
    let [trusted, folders] = [true, [{ name: 'first', path: first }]];
    const ignore = () => undefined;
    const instructions = new LiveInstructions({
      folders: () => folders,
      find: async () => ({ ok: true, paths: [], more: false }),
      trusted: () => trusted,
      log: { debug: ignore, info: ignore, warn: ignore, error: (message) => assert.fail(message) },
    });
    const texts = async () => {
      await instructions.refresh();
      return instructions.current.files.map(({ text }) => text);
    };
    assert.deepEqual(await texts(), ['of the first']);
    folders = [...folders, { name: 'second', path: second }];
    trusted = false;
    assert.deepEqual(await texts(), [], 'a window that is asked again reads nothing meanwhile');
    trusted = true;
    assert.deepEqual(await texts(), ['of the first', 'of the second']);
    folders = folders.slice(1);
    assert.deepEqual(await texts(), ['of the second']);
  });

  it('TRU-02: whoever reads a folder by itself begins anew when folders come and go, or trust is given', () => {
    for (const [file, pattern] of [
      ['src/platform/definitionFiles.ts', /onDidChangeWorkspaceFolders\(\(\) => this\.#restart\(\)\)/],
      ['src/platform/definitionFiles.ts', /onDidGrantWorkspaceTrust\(\(\) => this\.#restart\(\)\)/],
      ['src/platform/watchInstructions.ts', /onDidChangeWorkspaceFolders\(\(\) => \{\s*watch\(\);\s*changed\(\);/],
      ['src/extension.ts', /watchInstructions\(\(\) => void instructions\.refresh\(\)\)/],
      ['src/fleetLife.ts', /await this\.#deps\.instructions\.refresh\(\)/],
    ] as const) {
      assert.match(readFileSync(file, 'utf8'), pattern, file);
    }
  });

  it('TRU-06: nothing listens on a port or a socket', () => {
    const listening =
      /\bcreateServer\b|\bcreateSocket\b|\.listen\(|\bWebSocketServer\b|from 'node:(?:dgram|http2?|https|net|tls|inspector)'/;
    const found = sources('src').filter((file) => listening.test(readFileSync(file, 'utf8')));
    assert.deepEqual(found, []);
  });
});
