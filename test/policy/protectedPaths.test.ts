import * as assert from 'node:assert/strict';
import { isProtectedPath } from '../../src/policy/protectedPaths.ts';

const guarded = [
  '.git/config',
  '.git',
  'sub/module/.git/hooks/pre-commit',
  '.GIT/config',
  '.gi\u200ct/config',
  '.ｇit/config',
  '.git./config',
  '.git /config',
  '.git::$INDEX_ALLOCATION/config',
  'GIT~1/config',
  'planted/HEAD',
  '.gitmodules',
  'a/.gitattributes',
  '.vscode/settings.json',
  '.VSCode/tasks.json',
  '.vſcode/tasks.json',
  'app\\.vscode\\tasks.json',
  './.idea/workspace.xml',
  'x/y.code-workspace',
  '.devcontainer/devcontainer.json',
  '.husky/pre-push',
  '.github/workflows/ci.yml',
  '.github/AGENTS/a.md',
  '.github/hooks/h.json',
  'folder/.github/actions/x/action.yml',
  '.github/copilot-instructions.md',
  '.envrc',
  '.env',
  '.env.local',
  'deep/down/.env.production',
  '.npmrc',
  '.yarnrc',
  '.yarnrc.yml',
  '.pnpmfile.cjs',
  '.pypirc',
  '.bazelrc',
  '.tool-versions',
  'mise.toml',
  '.claude/settings.json',
  '.flotilla/agents/reviewer.md',
  '.codex/config.toml',
  '.cursor/rules/a.mdc',
  '.gemini/settings.json',
  '.roo/rules',
  '.clinerules',
  '.clinerules-code',
  '.mcp.json',
  'AGENTS.md',
  'docs/Claude.md',
  '.bashrc',
  '.zshenv',
  '.profile',
  // The person's own settings and Flotilla's journal, when a home folder is the workspace.
  '.config/Code/User/settings.json',
  'Library/Application Support/Code/User/keybindings.json',
  'AppData/Roaming/Code - Insiders/User/settings.json',
  '.vscode-server/data/Machine/settings.json',
  'data/user-data/User/workspaceStorage/0a/flotilla.flotilla/journal.jsonl',
  '.ssh/authorized_keys',
  '.local/bin/git',
  '.cargo/config.toml',
];

const free = [
  'src/a.ts',
  'README.md',
  '.github/ISSUE_TEMPLATE/bug.md',
  'src/environment.ts',
  'src/env.ts',
  'test/git/config.ts',
  'vscode/settings.json',
  'agents.mdx',
  'src/header.ts',
  'package.json',
  'Makefile',
  '.gitignore',
  '.editorconfig',
];

describe('isProtectedPath', () => {
  for (const path of guarded) {
    it(`FS-07: guards ${JSON.stringify(path)}`, () => assert.equal(isProtectedPath(path), true));
  }
  for (const path of free) {
    it(`leaves ${JSON.stringify(path)}`, () => assert.equal(isProtectedPath(path), false));
  }
});
