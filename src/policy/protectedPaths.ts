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
  '.cursor',
  '.gemini',
  '.roo',
]);

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
  /~\d+(\.[^.]*)?$/,
];

/** Whether writing a workspace path always takes a person's yes. The path has forward or backward slashes; letter case does not matter. */
export function isProtectedPath(path: string): boolean {
  const names = path
    .split(/[/\\]/)
    .map(fold)
    .filter((name) => name !== '' && name !== '.');
  return names.some(
    (name, index) =>
      folders.has(name) ||
      (name === '.github' && githubFolders.has(names[index + 1] ?? '')) ||
      files.has(name) ||
      filePatterns.some((pattern) => pattern.test(name)),
  );
}

/**
 * One spelling for all names that some file system takes for the same: letter case and compatibility forms, code points that HFS+
 * ignores, and trailing dots, blanks and streams that Windows drops. Its short names (`GIT~1`) are matched by a pattern above.
 */
function fold(name: string): string {
  return name
    .normalize('NFKC')
    .replaceAll(/[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu, '')
    .replace(/:.*$/s, '')
    .replace(/[. ]+$/, (end) => (end.length === name.length ? end : ''))
    .toUpperCase()
    .toLowerCase();
}
