import assert from 'node:assert/strict';
import { checkEdges, findCycles, findEdges } from './importRules.ts';

const troubles = (file: string, text: string): readonly string[] => checkEdges(findEdges(file, text));

describe('import rules', () => {
  for (const [what, file, text] of [
    ['vscode in core', 'src/core/a.ts', "import * as vscode from 'vscode';"],
    ['a type of vscode in core', 'src/core/a.ts', "import type { Uri } from 'vscode';"],
    ['a built-in module in the orchestrator', 'src/orchestrator/a.ts', "import { join } from 'node:path';"],
    ['an import for its effect', 'src/core/a.ts', "import 'node:fs';"],
    ['a dynamic import', 'src/core/a.ts', "const fs = await import('node:fs');"],
    ['a type written as an import', 'src/core/a.ts', "let uri: import('vscode').Uri;"],
    ['a re-export', 'src/lib/a.ts', "export { x } from '../core/ids.ts';"],
    ['an import over several lines', 'src/lib/a.ts', "import {\n  a,\n  type B,\n} from '../core/ids.ts';"],
    ['the SDK outside providers', 'src/tools/a.ts', "import Anthropic from '@anthropic-ai/sdk';"],
    ['zod in core outside the schemas', 'src/core/state.ts', "import * as z from 'zod';"],
    ['a value of the workspace in tools', 'src/tools/a.ts', "import { open } from '../workspace/files.ts';"],
    ['more of the orchestrator than its ports', 'src/store/a.ts', "import { Fleet } from '../orchestrator/fleet.ts';"],
    ['the host in the webview', 'webview/a.ts', "import { x } from '../src/ui/a.ts';"],
    ['the composition root', 'src/ui/a.ts', "import { activate } from '../extension.ts';"],
    ['a folder that nobody named', 'src/helpers/a.ts', "import { x } from '../core/ids.ts';"],
  ] as const) {
    it(`finds ${what}`, () => {
      const found = troubles(file, text);
      assert.equal(found.length, 1, found.join('\n'));
      assert.ok(found[0]?.startsWith(`${file} imports `), found[0]);
    });
  }

  for (const [what, file, text] of [
    ['types of the workspace in tools', 'src/tools/a.ts', "import type { Files } from '../workspace/files.ts';"],
    ['single types among values', 'src/tools/a.ts', "import { type Files } from '../workspace/files.ts';"],
    ['a subpath of an allowed package', 'src/providers/a.ts', "import { APIError } from '@anthropic-ai/sdk/error';"],
    ['the ports', 'src/store/a.ts', "import { ModelError } from '../orchestrator/ports.ts';"],
    ['anything in the composition root', 'src/extension.ts', "import { Fleet } from './orchestrator/fleet.ts'; import 'vscode';"],
    ['what only a comment names', 'src/core/a.ts', "/* import 'vscode' */\n// import 'node:fs'\nexport const a = 1;"],
  ] as const) {
    it(`allows ${what}`, () => {
      assert.deepEqual(troubles(file, text), []);
    });
  }

  it('finds cycles of values, and leaves types alone', () => {
    const edge = (from: string, to: string, isType = false) => ({ from, to, isType });
    assert.deepEqual(findCycles([edge('a', 'b'), edge('b', 'c'), edge('c', 'b')]), ['b → c → b']);
    assert.deepEqual(findCycles([edge('a', 'b'), edge('b', 'a', true), edge('a', 'c'), edge('b', 'c')]), []);
  });
});
