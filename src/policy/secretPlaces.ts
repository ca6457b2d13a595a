import { foldName } from './foldName.ts';

/*
 * Where people and programs keep what lets one act in their name: the one table of it. Three questions are asked of it, which differ in what a
 * wrong answer costs. A confined command reads nothing that is surely secret, and would fail without what only may be; whatever else reads is
 * asked about both; and of files that set variables, the values are learned. Variables: secretNames.ts.
 */

/** Below the home folder; folders stand for all that is in them. */
export const homeSecrets: readonly string[] = [
  '.ssh',
  '.gnupg',
  '.aws',
  '.azure',
  '.kube',
  '.docker',
  '.config',
  '.password-store',
  '.terraform.d',
  '.oci',
  '.netrc',
  '.npmrc',
  '.yarnrc.yml',
  '.pypirc',
  '.git-credentials',
  '.pgpass',
  '.my.cnf',
  '.vault-token',
  '.gem/credentials',
  '.cargo/credentials',
  '.cargo/credentials.toml',
  '.m2/settings.xml',
  '.gradle/gradle.properties',
  '.bash_history',
  '.zsh_history',
  '.python_history',
  '.node_repl_history',
  '.psql_history',
  '.local/share/keyrings',
  '.local/share/code-server',
  '.mozilla',
  '.thunderbird',
  // Editors keep their secrets and settings here, where they serve a remote window.
  '.vscode-server',
  '.vscode-server-insiders',
  // What other agents keep: keys, and what was said.
  '.claude',
  '.claude.json',
  '.codex',
  '.copilot',
  '.gemini',
  '.cursor',
  // Written by every npm, and writable by default in the sandbox we use.
  '.npm/_logs',
];

/** Of the machine, by absolute path. */
export const systemSecrets: readonly string[] = [
  '/etc/shadow',
  '/etc/gshadow',
  '/run/secrets',
  '/var/run/secrets',
  '/var/lib/docker',
  '/tmp/claude',
];

const environmentFile = /^\.env(rc)?(\..*)?$|\.env$/;

/** Names of files that are surely secret, folded. */
const surely: readonly RegExp[] = [
  environmentFile,
  /^[._]netrc$/,
  /^\.npmrc$/,
  /^\.pypirc$/,
  /^\.git-credentials$/,
  /^\.pgpass$/,
  /^\.my\.cnf$/,
  /^\.vault-token$/,
  /^\.htpasswd$/,
  /^\..+_history$/,
  /^id_(rsa|dsa|ecdsa|ed25519)(_sk)?$/,
  /\.(pem|key|p12|pfx|jks|keystore|kdbx|ppk)$/,
  /^credentials\.json$/,
  /^service-account.*\.json$/,
];

/** Those that may be, or that a build may need: no reason to read them unasked, and none to have a confined build fail. */
const perhaps: readonly RegExp[] = [
  /^\.yarnrc(\.yml)?$/,
  /^\.gitconfig$/,
  /_history$/,
  /^id_(rsa|dsa|ecdsa|ed25519)/,
  /\.(pem|key|p12|pfx|jks|keystore|kdbx|ppk)\.[a-z]+$/,
  /\.(asc|gpg|tfstate)(\.[a-z]+)?$/,
  /^(credentials|secrets?)(\.[a-z]+)*$/,
];

/** Samples, which are made to be read, and public halves of keys. */
const sample = /\.(example|sample|template|dist|defaults?|pub)$/;

const secretTrails = homeSecrets.map((place) => place.split('/'));

/** Whether a file of this name is surely secret: no confined command reads it. */
export function isSecretFile(name: string): boolean {
  return isOneOf(foldName(name), surely);
}

/** Whether a path, with slashes of either kind, leads to what may be a secret: nothing reads it unasked. The places of a home folder count anywhere. */
export function isSecretPlace(path: string): boolean {
  const names = path.split(/[/\\]/).map(foldName);
  return (
    names.some((name) => isOneOf(name, surely) || isOneOf(name, perhaps)) ||
    secretTrails.some((trail) => names.some((_, at) => trail.every((name, step) => names[at + step] === name)))
  );
}

/** Whether a file sets variables that may be secrets, as `.env` does; those made as an example are none. */
export function isEnvironmentPath(path: string): boolean {
  return isOneOf(foldName(path.split(/[/\\]/).at(-1) ?? ''), [environmentFile]);
}

function isOneOf(folded: string, patterns: readonly RegExp[]): boolean {
  return patterns.some((pattern) => pattern.test(folded)) && !sample.test(folded);
}
