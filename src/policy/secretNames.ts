import { foldName } from './foldName.ts';

/*
 * What looks like a secret by its name: files that hold credentials, and variables whose value is one.
 */

const folders: ReadonlySet<string> = new Set(['.ssh', '.gnupg', '.aws', '.azure', '.kube', '.docker', '.password-store', '.gcloud']);
const files: ReadonlySet<string> = new Set([
  '.netrc',
  '_netrc',
  '.pgpass',
  '.my.cnf',
  '.git-credentials',
  '.npmrc',
  '.pypirc',
  '.htpasswd',
  '.dockercfg',
  'credentials',
  'credentials.json',
  'kubeconfig',
  'id_rsa',
  'id_dsa',
  'id_ecdsa',
  'id_ed25519',
  'state.vscdb',
  'secrets.yml',
  'secrets.yaml',
  'secrets.json',
  'terraform.tfvars',
  'terraform.tfstate',
]);
const patterns: readonly RegExp[] = [/\.(pem|key|p12|pfx|jks|keystore|kdbx|ppk|asc|gpg)$/, /^service[-_]?account.*\.json$/];
const environmentFile = /^\.env(\.|$)|\.env$|^\.envrc$/;
const sample = /\.(example|sample|template|dist|defaults?)$/;

/** Whether a file holds credentials, by its path; nothing that reads without asking may read it. */
export function isSecretPath(path: string): boolean {
  const names = path.split(/[/\\]/).map(foldName);
  const last = names.at(-1) ?? '';
  return names.some((name) => folders.has(name)) || files.has(last) || patterns.some((one) => one.test(last)) || isEnvironmentPath(path);
}

/** Whether a file sets variables that may be secrets, as `.env` does; those made as an example are none. */
export function isEnvironmentPath(path: string): boolean {
  const last = foldName(path.split(/[/\\]/).at(-1) ?? '');
  return environmentFile.test(last) && !sample.test(last);
}

const words = [
  'KEY',
  'TOKEN',
  'SECRET',
  'PASSWORD',
  'PASSWD',
  'PASS',
  'PASSPHRASE',
  'PWD',
  'CREDENTIAL',
  'CREDENTIALS',
  'AUTH',
  'COOKIE',
  'DSN',
  'PAT',
];
const secretName = new RegExp(String.raw`(?:^|[_.-])(?:\w*(?:API|ACCESS|PRIVATE|SECRET)[_-]?KEY|${words.join('|')})(?:$|[_.-])`, 'i');

/** Whether a variable of this name holds a secret. */
export function isSecretName(name: string): boolean {
  const separated = name.replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2');
  return secretName.test(separated) && name !== 'PWD' && name !== 'OLDPWD' && name !== 'SSH_AUTH_SOCK';
}

/** A value that is worth hiding, and what it is called where it is left out. */
export interface Secret {
  readonly name: string;
  readonly value: string;
}

/** The secrets among the variables of an environment. */
export function secretsIn(environment: Readonly<Record<string, string | undefined>>): readonly Secret[] {
  return Object.entries(environment).flatMap(([name, value]) => (value !== undefined && isSecretName(name) ? [{ name, value }] : []));
}

const assignment = /^[^\S\n]*(?:export\s+)?([A-Za-z_][\w.-]*)[^\S\n]*[=:][^\S\n]*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([^\n#]*))/gm;

/** The secrets that a file like `.env` sets. */
export function secretsOfFile(text: string): readonly Secret[] {
  return [...text.matchAll(assignment)].flatMap(([, name = '', double, single, bare]) => {
    const value = (double ?? single ?? bare ?? '').trim();
    return isSecretName(name) && value !== '' ? [{ name, value }] : [];
  });
}
