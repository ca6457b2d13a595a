/*
 * Where people and programs keep what lets one act in their name. A confined command reads none of it, and nothing reads it unasked.
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

const names: readonly RegExp[] = [
  /^\.env(\..+)?$/,
  /^\.envrc$/,
  /^\.netrc$/,
  /^\.npmrc$/,
  /^\.pypirc$/,
  /^\.git-credentials$/,
  /^\.vault-token$/,
  /^id_(rsa|dsa|ecdsa|ed25519)$/,
  /\.(pem|key|p12|pfx|jks|keystore|kdbx)$/,
  /^credentials\.json$/,
  /^service-account.*\.json$/,
];

/** Samples that are made to be read. */
const samples = /\.(example|sample|template|dist|defaults?)$|\.pub$/;

/** Whether a file of this name most likely holds a secret. */
export function isSecretName(name: string): boolean {
  const folded = name.toLowerCase();
  return names.some((pattern) => pattern.test(folded)) && !samples.test(folded);
}
