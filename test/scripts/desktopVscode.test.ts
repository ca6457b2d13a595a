import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { findInstalledVscode, hasDisplay } from '../../scripts/lib/desktopVscode.mjs';

describe('an installed VS Code', () => {
  let base: string;
  const program = (...parts: string[]): string => {
    const file = join(base, ...parts);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, '');
    chmodSync(file, 0o755);
    return file;
  };

  beforeEach(() => {
    base = realpathSync(mkdtempSync(join(tmpdir(), 'flotilla-desktop-')));
  });

  afterEach(() => rmSync(base, { recursive: true, force: true }));

  it('is the program that the environment names', () => {
    const named = program('vs', 'codium-dev');
    assert.deepEqual(findInstalledVscode({ env: { FLOTILLA_VSCODE: named, PATH: '' }, platform: 'linux' }), { executable: named });
  });

  it('is not looked for elsewhere when the environment names none that is there', () => {
    program('bin', 'code');
    const found = findInstalledVscode({ env: { FLOTILLA_VSCODE: join(base, 'gone'), PATH: join(base, 'bin') }, platform: 'linux' });
    assert.deepEqual(found, { why: 'FLOTILLA_VSCODE names no file' });
  });

  it('is the program behind the script on PATH on Linux', () => {
    const script = program('share', 'code', 'bin', 'code');
    const executable = program('share', 'code', 'code');
    mkdirSync(join(base, 'bin'));
    symlinkSync(script, join(base, 'bin', 'code'));
    assert.deepEqual(findInstalledVscode({ env: { PATH: join(base, 'bin') }, platform: 'linux' }), { executable });
  });

  it('is the program behind the script on PATH on macOS', () => {
    const script = program('Code.app', 'Contents', 'Resources', 'app', 'bin', 'code');
    const executable = program('Code.app', 'Contents', 'MacOS', 'Electron');
    assert.deepEqual(findInstalledVscode({ env: { PATH: dirname(script) }, platform: 'darwin' }), { executable });
  });

  it('is missing when nothing is there', () => {
    assert.deepEqual(findInstalledVscode({ env: { PATH: base }, platform: 'linux' }), { why: 'no `code` on PATH' });
  });

  it('needs a display, which Linux may lack', () => {
    assert.equal(hasDisplay({}, 'linux'), false);
    assert.equal(hasDisplay({ DISPLAY: ':1' }, 'linux'), true);
    assert.equal(hasDisplay({}, 'darwin'), true);
  });
});
