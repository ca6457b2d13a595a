/*
 * Variables whose value is a secret, by their names, and what files set them to. Files that hold secrets: secretPlaces.ts.
 */

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
export function isSecretVariable(name: string): boolean {
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
  return Object.entries(environment).flatMap(([name, value]) => (value !== undefined && isSecretVariable(name) ? [{ name, value }] : []));
}

const assignment = /^[^\S\n]*(?:export\s+)?([A-Za-z_][\w.-]*)[^\S\n]*[=:][^\S\n]*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([^\n#]*))/gm;

/** The secrets that a file like `.env` sets. */
export function secretsOfFile(text: string): readonly Secret[] {
  return [...text.matchAll(assignment)].flatMap(([, name = '', double, single, bare]) => {
    const value = (double ?? single ?? bare ?? '').trim();
    return isSecretVariable(name) && value !== '' ? [{ name, value }] : [];
  });
}
