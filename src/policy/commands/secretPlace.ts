/*
 * Files that most likely hold a secret, by their path: what an agent has no reason to read unasked. A model that has read one may repeat
 * it anywhere.
 */

const folders: ReadonlySet<string> = new Set([
  '.ssh',
  '.gnupg',
  '.aws',
  '.azure',
  '.kube',
  '.docker',
  '.password-store',
  '.config',
  '.local',
  '.mozilla',
  '.claude',
  '.codex',
  '.gemini',
  '.vscode-server',
  '.vscode-server-insiders',
]);

const files: readonly RegExp[] = [
  /^\.env(rc)?(\..*)?$/,
  /\.env$/,
  /^\.netrc$/,
  /^_netrc$/,
  /^\.npmrc$/,
  /^\.yarnrc(\.yml)?$/,
  /^\.pypirc$/,
  /^\.git-credentials$/,
  /^\.gitconfig$/,
  /^\.pgpass$/,
  /^\.my\.cnf$/,
  /^\.vault-token$/,
  /^\.htpasswd$/,
  /^\.claude\.json$/,
  /_history$/,
  /^id_(rsa|dsa|ecdsa|ed25519)/,
  /\.(pem|key|p12|pfx|jks|keystore|kdbx|ppk|asc|gpg|tfstate)(\.[a-z]+)?$/,
  /^(credentials|secrets?)(\.[a-z]+)*$/,
  /^service-account.*\.json$/,
];

/** Samples, which are made to be read, and public halves of keys. */
const sample = /\.(example|sample|template|dist|defaults?|pub)$/;

/** Whether a path, with slashes of either kind, leads to what most likely is a secret. Letter case and compatibility forms do not matter. */
export function isSecretPlace(path: string): boolean {
  const names = path.split(/[/\\]/).map((name) => name.normalize('NFKC').toUpperCase().toLowerCase());
  return names.some((name) => folders.has(name)) || names.some((name) => files.some((pattern) => pattern.test(name)) && !sample.test(name));
}
