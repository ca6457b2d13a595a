import assert from 'node:assert/strict';
import { checkLockFile, checkText } from './textRules.ts';

describe('text rules', () => {
  for (const [what, file, text, expected] of [
    ['a parameter of type any', 'src/a.ts', 'function f(x: any) {}', ':1: no any: : any'],
    ['a cast to any', 'src/a.ts', 'const x = y as any;', ':1: no any: as any'],
    ['any as an argument', 'src/a.ts', 'const x: Map<string, any> = y;', ':1: no any: , any'],
    ['a double cast', 'src/a.ts', 'const x = y as unknown as Z;', ':1: no double cast: as unknown as'],
    ['a named import of zod', 'src/a.ts', "import { z } from 'zod';", ":1: only import * as z from 'zod': import { z } from 'zod'"],
    ['work left for later', 'src/a.ts', 'x();\n// TODO later', ':2: no work left for later: // TODO'],
    ['a session', 'src/a.ts', 'const agentSession = 1;', ':1: not one of our words: agentSession'],
    ['a job', 'webview/a.ts', 'for (const job of all) {}', ':1: not one of our words: job'],
    ['a machine path', 'src/a.ts', `const x = '/${'root'}/someone';`, `:1: a path of one machine: '/${'root'}/someone`],
    ['a file that grew too long', 'test/a.ts', 'x\n'.repeat(501), ': 501 lines, 500 are allowed'],
  ] as const) {
    it(`finds ${what}`, () => {
      assert.deepEqual(checkText(file, text), [`${file}${expected}`]);
    });
  }

  for (const [what, file, text] of [
    ['the word any in text', 'src/a.ts', "const x = ': any'; // as any"],
    ['a member called any', 'src/a.ts', 'AbortSignal.any([a]); const y = { any: 1 };'],
    ['zod as a whole', 'src/a.ts', "import * as z from 'zod';\nimport type * as z from 'zod';"],
    ['a pattern for the code of others', 'src/a.ts', 'matches(/<any>|as any/);'],
    ['a name given by an interface of others', 'src/providers/a.ts', 'vscode.getSession();'],
    ['a probe for comments of others', 'src/a.ts', "const probe = 'TODO';"],
    ['500 lines', 'src/a.ts', 'x\n'.repeat(500)],
  ] as const) {
    it(`allows ${what}`, () => {
      assert.deepEqual(checkText(file, text), []);
    });
  }

  it('finds a package host in a lock file, and only there', () => {
    assert.equal(checkLockFile('{"packages": {"a": {"resolved": "https://packages.example/a.tgz"}}}').length, 1);
    assert.deepEqual(checkLockFile('{"packages": {"a": {"version": "1.0.0", "funding": {"url": "https://a.example"}}}}'), []);
  });

  it('finds what a lock file lacks for other machines', () => {
    const tool = { 'node_modules/tool': { optionalDependencies: { 'tool-darwin-arm64': '1.0.0' } } };
    assert.match(checkLockFile(JSON.stringify({ packages: tool }))[0] ?? '', /lacks tool-darwin-arm64/);
    const whole = { ...tool, 'node_modules/tool-darwin-arm64': { version: '1.0.0' } };
    assert.deepEqual(checkLockFile(JSON.stringify({ packages: whole })), []);
  });
});
