import { foldName } from './foldName.ts';

/*
 * Files that make something run, or that tell an agent or editor what is allowed. Writing one takes a person's yes whatever the
 * settings say, since it would reach beyond the change that was approved.
 */

const folders: ReadonlySet<string> = new Set([
  '.git',
  '.vscode',
  '.idea',
  '.devcontainer',
  '.husky',
  '.claude',
  '.codex',
  '.copilot',
  '.cursor',
  // What agents are: one could otherwise rewrite its own kind.
  '.flotilla',
  '.gemini',
  '.roo',
  '.windsurf',
  '.kiro',
  '.continue',
  // Checks that run elsewhere with the repository's secrets, like .github/workflows.
  '.circleci',
  // The package manager runs what lies in here.
  '.yarn',
  // In a home folder that is opened as a workspace: what other programs obey, and where editors and Flotilla keep their own.
  '.config',
  '.local',
  '.ssh',
  '.gnupg',
  '.cargo',
  '.vscode-server',
  '.vscode-server-insiders',
  '.vscode-insiders',
  'workspacestorage',
  'globalstorage',
]);

/** Folders with a `User` folder in which an editor keeps the person's settings. */
const editorFolder = /^(code( - .+)?|code-oss|vscodium|cursor|windsurf)$/;

const githubFolders: ReadonlySet<string> = new Set(['workflows', 'agents', 'hooks', 'actions']);

const files: ReadonlySet<string> = new Set([
  // The file that makes any folder a repository, with hooks and all.
  'head',
  '.gitmodules',
  '.gitattributes',
  '.gitconfig',
  '.envrc',
  '.npmrc',
  '.pypirc',
  '.bazelrc',
  '.tool-versions',
  'mise.toml',
  '.mise.toml',
  '.mcp.json',
  '.gitlab-ci.yml',
  '.netrc',
  '.cursorrules',
  '.windsurfrules',
  'agents.md',
  'claude.md',
  'gemini.md',
  'copilot-instructions.md',
  '.bashrc',
  '.bash_profile',
  '.bash_login',
  '.bash_logout',
  '.profile',
  '.zshrc',
  '.zshenv',
  '.zprofile',
  '.zlogin',
  '.zlogout',
  '.inputrc',
]);

const filePatterns: readonly RegExp[] = [
  /^\.env(\..*)?$/,
  /^\.yarnrc/,
  /^\.pnpmfile\./,
  /^\.clinerules/,
  /\.code-workspace$/,
  /\.code-snippets$/,
  // A short name of Windows may stand for any of these.
  /~\d+(\.[^.]*)?$/,
];

/** Whether writing a workspace path always takes a person's yes. The path has forward or backward slashes; letter case does not matter. */
export function isProtectedPath(path: string): boolean {
  const names = path
    .split(/[/\\]/)
    .map(foldName)
    .filter((name) => name !== '' && name !== '.');
  return names.some(
    (name, index) =>
      folders.has(name) ||
      (editorFolder.test(name) && names[index + 1] === 'user') ||
      (name === '.github' && githubFolders.has(names[index + 1] ?? '')) ||
      files.has(name) ||
      filePatterns.some((pattern) => pattern.test(name)),
  );
}
