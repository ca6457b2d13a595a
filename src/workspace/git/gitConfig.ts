import { trouble, type GitTrouble } from './gitResult.ts';

/** One line of a repository's own configuration, with the file it stands in. */
export interface ConfigEntry {
  /** Section and name in lower case, as Git prints it. */
  readonly key: string;
  readonly value: string;
  /** Absolute, or as Git names it. */
  readonly file: string;
}

/** Something the repository's configuration would have Git run, and what is done instead. */
export interface NotRun {
  readonly key: string;
  readonly file: string;
}

/** Settings for one call that win over the repository's own. */
export type ConfigOverride = readonly [key: string, value: string];

/** Reads what `git config --list -z --show-origin` prints. */
export function parseConfigList(bytes: Buffer): readonly ConfigEntry[] {
  const fields = bytes.toString('utf8').split('\0');
  const entries: ConfigEntry[] = [];
  for (let index = 0; index + 1 < fields.length; index += 2) {
    const [origin, line] = [fields[index] ?? '', fields[index + 1] ?? ''];
    const at = line.indexOf('\n');
    entries.push({
      file: origin.replace(/^file:/, ''),
      key: at < 0 ? line : line.slice(0, at),
      // A key without a value means true.
      value: at < 0 ? 'true' : line.slice(at + 1),
    });
  }
  return entries;
}

/**
 * What holds for every call, whatever the repository says: no monitor, no hook, no editor, pager, signature program, transport, helper,
 * maintenance, and no way into a submodule, whose configuration nobody has looked at.
 * Source of the keys: git-config(1), and the research in reliability.md §5.4.
 */
export const fixedOverrides: readonly ConfigOverride[] = [
  ['core.fsmonitor', 'false'],
  ['core.hooksPath', '/dev/null'],
  ['core.sshCommand', 'false'],
  ['core.gitProxy', ''],
  ['core.askPass', ''],
  ['core.pager', 'cat'],
  ['core.editor', ':'],
  ['core.alternateRefsCommand', 'false'],
  ['credential.helper', ''],
  ['protocol.allow', 'never'],
  ['protocol.ext.allow', 'never'],
  ['protocol.file.allow', 'never'],
  ['safe.bareRepository', 'explicit'],
  ['commit.gpgSign', 'false'],
  ['tag.gpgSign', 'false'],
  ['log.showSignature', 'false'],
  ['gpg.program', 'false'],
  ['gc.auto', '0'],
  ['maintenance.auto', 'false'],
  ['submodule.recurse', 'false'],
  ['diff.ignoreSubmodules', 'dirty'],
  ['diff.submodule', 'short'],
  ['status.submoduleSummary', 'false'],
  ['diff.noprefix', 'false'],
  ['diff.mnemonicPrefix', 'false'],
  ['color.ui', 'false'],
  ['core.quotePath', 'false'],
];

const execKeys: readonly RegExp[] = [
  /^core\.(?:fsmonitor|hookspath|sshcommand|editor|pager|gitproxy|askpass|alternaterefscommand)$/,
  /^filter\..*\.(?:clean|smudge|process)$/s,
  /^diff\..*\.(?:command|textconv)$/s,
  /^diff\.external$/,
  /^merge\..*\.driver$/s,
  /^alias\./s,
  /^gpg\.(?:.*\.)?(?:program|defaultkeycommand)$/s,
  /^credential\.(?:.*\.)?helper$/s,
  /^remote\..*\.(?:vcs|uploadpack|receivepack)$/s,
  /^url\..*\.(?:insteadof|pushinsteadof)$/s,
  /^protocol\.(?:.*\.)?allow$/s,
  /^submodule\..*\.update$/s,
  /^(?:sequence\.editor|interactive\.difffilter|uploadpack\.packobjectshook)$/,
  /^(?:trailer\..*\.(?:command|cmd)|pager\..*|tar\..*\.command|(?:diff|merge)tool\..*\.cmd|(?:browser|man)\..*\.(?:cmd|path))$/s,
];

/** What Git runs through configuration that no override is known for; such a repository is left alone. */
const refusedKeys: readonly RegExp[] = [/^hook\..*\.command$/s];

/** Everything in the configuration that names a program or a way to one. */
export function findNotRun(entries: readonly ConfigEntry[]): readonly NotRun[] {
  const harmless = (entry: ConfigEntry) => entry.key === 'core.fsmonitor' && /^(?:false|no|off|0|)$/i.test(entry.value);
  return entries
    .filter((entry) => execKeys.some((pattern) => pattern.test(entry.key)) && !harmless(entry))
    .map(({ key, file }) => ({ key, file }));
}

/** Refuses what cannot be kept from running. */
export function refuseConfig(entries: readonly ConfigEntry[]): GitTrouble | undefined {
  const entry = entries.find(({ key }) => refusedKeys.some((pattern) => pattern.test(key)));
  return entry === undefined
    ? undefined
    : trouble(
        'unsafe',
        `The repository's configuration names a program that Git would run: ${entry.key} in ${entry.file}.`,
        `Flotilla's own Git calls run nothing of a repository. Move the setting into your own configuration (git config --global), or remove it from ${entry.file}.`,
      );
}

/**
 * What keeps this repository's own drivers from running: filters become none, and a merge driver always reports a conflict,
 * since a merge without it could be wrong and look right.
 */
export function driverOverrides(entries: readonly ConfigEntry[]): readonly ConfigOverride[] {
  const overrides: ConfigOverride[] = [];
  for (const { key } of entries) {
    const filter = /^filter\.(.*)\.(?:clean|smudge|process|required)$/s.exec(key)?.[1];
    if (filter !== undefined) {
      overrides.push([`filter.${filter}.clean`, ''], [`filter.${filter}.smudge`, ''], [`filter.${filter}.process`, '']);
      overrides.push([`filter.${filter}.required`, 'false']);
    }
    if (/^merge\..*\.driver$/s.test(key)) {
      overrides.push([key, 'exit 1']);
    }
  }
  return [...new Map(overrides)];
}

/** Settings of the person that only say how files look; nothing in them can name a program. */
const personalKeys = new Set([
  'core.autocrlf',
  'core.eol',
  'core.safecrlf',
  'core.excludesfile',
  'core.longpaths',
  'core.symlinks',
  'core.protecthfs',
  'core.protectntfs',
  'user.name',
  'user.email',
]);

/** The person's harmless settings that the repository does not decide itself. */
export function personalOverrides(personal: readonly ConfigEntry[], own: readonly ConfigEntry[]): readonly ConfigOverride[] {
  const decided = new Set(own.map(({ key }) => key));
  return [
    ...new Map(personal.filter(({ key }) => personalKeys.has(key) && !decided.has(key)).map(({ key, value }) => [key, value] as const)),
  ];
}
