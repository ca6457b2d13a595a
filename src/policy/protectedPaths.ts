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

/** Files that decide what a build or test command does, beside the code itself. */
const buildFiles: ReadonlySet<string> = new Set([
  'package.json',
  'package-lock.json',
  'npm-shrinkwrap.json',
  'yarn.lock',
  'pnpm-lock.yaml',
  'makefile',
  'gnumakefile',
  'justfile',
  'rakefile',
  'gemfile',
  'taskfile.yml',
  'cmakelists.txt',
  'cargo.toml',
  'build.rs',
  'setup.py',
  'setup.cfg',
  'pyproject.toml',
  'conftest.py',
  'tox.ini',
  'noxfile.py',
  'pom.xml',
  'deno.json',
  'composer.json',
]);

const buildPatterns: readonly RegExp[] = [/\.mk$/, /\.gradle(\.kts)?$/, /\.(cs|fs|vb|vcx)proj$/, /\.(props|targets)$/];

/** Whether a file decides what a build or test command does, so that writing it and running that command is running anything. */
export function isBuildPath(path: string): boolean {
  const name = fold(path.split(/[/\\]/).at(-1) ?? '');
  return buildFiles.has(name) || buildPatterns.some((pattern) => pattern.test(name));
}

/** Whether writing a workspace path always takes a person's yes. The path has forward or backward slashes; letter case does not matter. */
export function isProtectedPath(path: string): boolean {
  const names = path
    .split(/[/\\]/)
    .map(fold)
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
