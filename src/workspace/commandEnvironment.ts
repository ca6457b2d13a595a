import { posix, win32 } from 'node:path';

export interface CommandEnvironmentOptions {
  readonly platform: NodeJS.Platform;
  /** Absolute folders that agents can write to; nothing in them may be found through PATH. */
  readonly workspaceFolders: readonly string[];
}

type Environment = Readonly<Record<string, string | undefined>>;

const everywhere = ['LANG', 'LANGUAGE', 'TZ', 'SSL_CERT_FILE', 'SSL_CERT_DIR', 'NODE_EXTRA_CA_CERTS'];
const toolchains = [
  'JAVA_HOME',
  'GOPATH',
  'GOROOT',
  'CARGO_HOME',
  'RUSTUP_HOME',
  'NVM_DIR',
  'PYENV_ROOT',
  'ANDROID_HOME',
  'DOTNET_ROOT',
  'XDG_CACHE_HOME',
  'XDG_CONFIG_HOME',
  'XDG_DATA_HOME',
];
const posixNames = ['HOME', 'USER', 'LOGNAME', 'SHELL', 'TMPDIR'];
const windowsNames = [
  'SystemRoot',
  'SystemDrive',
  'windir',
  'ComSpec',
  'PATHEXT',
  'TEMP',
  'TMP',
  'OS',
  'USERNAME',
  'USERPROFILE',
  'HOMEDRIVE',
  'HOMEPATH',
  'APPDATA',
  'LOCALAPPDATA',
  'ProgramData',
  'ProgramFiles',
  'ProgramFiles(x86)',
  'ProgramW6432',
  'NUMBER_OF_PROCESSORS',
  'PROCESSOR_ARCHITECTURE',
];
const proxies = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy'];

/** Keeps programs from drawing, paging and asking, none of which an agent could see or answer. */
const plainOutput = { TERM: 'dumb', NO_COLOR: '1', PAGER: 'cat', GIT_PAGER: 'cat', GIT_TERMINAL_PROMPT: '0' };

/**
 * The whole environment of a command, built from a list of what is allowed. Everything else stays behind, above all keys and variables
 * that make a program run code (BASH_ENV, LD_PRELOAD, NODE_OPTIONS, GIT_*).
 */
export function commandEnvironment(host: Environment, options: CommandEnvironmentOptions): Readonly<Record<string, string>> {
  const windows = options.platform === 'win32';
  const allowed = new Set([...everywhere, ...toolchains, ...(windows ? windowsNames : posixNames)].map((name) => fold(name, windows)));
  const environment: Record<string, string> = {};
  let path: string | undefined;
  for (const [name, value] of Object.entries(host)) {
    if (value === undefined) {
      continue;
    }
    if (fold(name, windows) === 'PATH') {
      path = value;
    } else if (allowed.has(fold(name, windows)) || /^LC_[A-Z]+$/.test(name) || isPlainProxy(name, value)) {
      environment[name] = value;
    }
  }
  return { ...environment, ...plainOutput, PATH: safePath(path ?? '', options) };
}

function fold(name: string, windows: boolean): string {
  return windows ? name.toUpperCase() : name;
}

/** A proxy address with a user in it carries a password. */
function isPlainProxy(name: string, value: string): boolean {
  return proxies.includes(name) && !value.includes('@');
}

function safePath(path: string, { platform, workspaceFolders }: CommandEnvironmentOptions): string {
  const flavor = platform === 'win32' ? win32 : posix;
  const entries = path
    .split(flavor.delimiter)
    .filter((entry) => flavor.isAbsolute(entry) && !workspaceFolders.some((folder) => isWithin(entry, folder, platform)));
  return entries.length > 0 || platform === 'win32' ? entries.join(flavor.delimiter) : '/usr/local/bin:/usr/bin:/bin';
}

function isWithin(entry: string, folder: string, platform: NodeJS.Platform): boolean {
  const flavor = platform === 'win32' ? win32 : posix;
  const ignoresCase = platform === 'win32' || platform === 'darwin';
  const relative = ignoresCase ? flavor.relative(folder.toLowerCase(), entry.toLowerCase()) : flavor.relative(folder, entry);
  return relative === '' || !(relative === '..' || relative.startsWith(`..${flavor.sep}`) || flavor.isAbsolute(relative));
}
