import assert from 'node:assert/strict';
import { isGitName, readPathText } from '../../src/workspace/pathText.ts';

describe('readPathText', () => {
  const good: readonly (readonly [string, NodeJS.Platform, string | undefined, readonly string[]])[] = [
    ['src/a.ts', 'linux', undefined, ['src', 'a.ts']],
    ['./src//a.ts/', 'linux', undefined, ['src', 'a.ts']],
    ['.', 'linux', undefined, []],
    ['', 'linux', undefined, []],
    ['/w/a', 'linux', '/', ['w', 'a']],
    ['a\\b', 'linux', undefined, ['a\\b']],
    ['%2e%2e/a', 'linux', undefined, ['%2e%2e', 'a']],
    ['...', 'linux', undefined, ['...']],
    ['./name:x', 'linux', undefined, ['name:x']],
    ['CON', 'linux', undefined, ['CON']],
    ['src\\a.ts', 'win32', undefined, ['src', 'a.ts']],
    ['C:\\w\\a.ts', 'win32', 'C:', ['w', 'a.ts']],
    ['c:/w/a.ts', 'win32', 'c:', ['w', 'a.ts']],
    ['\\w', 'win32', '/', ['w']],
  ];
  for (const [text, platform, root, parts] of good) {
    it(`reads ${JSON.stringify(text)} on ${platform}`, () => {
      assert.deepEqual(readPathText(text, platform), { ok: true, root, parts });
    });
  }

  const bad: readonly (readonly [string, NodeJS.Platform, RegExp])[] = [
    ['a\0b', 'linux', /NUL/],
    ['../a', 'linux', /contains "\.\."/],
    ['a/../../b', 'linux', /contains "\.\."/],
    ['a/..', 'linux', /contains "\.\."/],
    ['/w/../etc/passwd', 'linux', /contains "\.\."/],
    ['a\\..\\b', 'win32', /contains "\.\."/],
    ['file:///etc/passwd', 'linux', /looks like a URI/],
    ['FILE:/etc/passwd', 'linux', /looks like a URI/],
    ['vscode-remote://ssh/x', 'linux', /looks like a URI/],
    ['untitled:Untitled-1', 'linux', /looks like a URI/],
    ['\\\\host\\share', 'linux', /network or device path/],
    ['//host/share', 'linux', /network or device path/],
    ['\\\\?\\C:\\x', 'win32', /network or device path/],
    ['\\\\.\\pipe\\x', 'win32', /network or device path/],
    ['\\??\\C:\\x', 'win32', /network or device path/],
    ['a'.repeat(5000), 'linux', /5000 characters long/],
    ['x/a.txt:stream', 'win32', /no plain file name/],
    ['dir/NUL', 'win32', /no plain file name/],
    ['com1.txt', 'win32', /no plain file name/],
    ['.git.', 'win32', /no plain file name/],
    ['a ', 'win32', /no plain file name/],
  ];
  for (const [text, platform, expected] of bad) {
    it(`TIN-05: refuses ${JSON.stringify(text.slice(0, 40))} on ${platform}`, () => {
      const result = readPathText(text, platform);
      assert.match(result.ok ? 'accepted' : result.text, expected);
    });
  }
});

describe('isGitName', () => {
  for (const name of [
    '.git',
    '.GIT',
    '.Git',
    '.git.',
    '.git ',
    '.git. .',
    '.git::$INDEX_ALLOCATION',
    '.g\u200cit',
    '.git\ufeff',
    'GIT~1',
    '\uff0egit',
  ]) {
    it(`FS-04: takes ${JSON.stringify(name)} for .git`, () => {
      assert.equal(isGitName(name), true);
    });
  }
  for (const name of ['.gitignore', '.github', 'git', '.gitmodules', 'a.git', '.gi', 'git~x']) {
    it(`does not take ${name} for .git`, () => {
      assert.equal(isGitName(name), false);
    });
  }
});
