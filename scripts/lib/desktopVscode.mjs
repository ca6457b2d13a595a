// @ts-check
import { existsSync, realpathSync, statSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

/**
 * The path of a program on PATH, if it is there.
 * @param {string} name
 * @param {{ env?: Readonly<Record<string, string | undefined>>, platform?: NodeJS.Platform }} [options]
 * @returns {string | undefined}
 */
export function findOnPath(name, { env = process.env, platform = process.platform } = {}) {
  const endings = platform === 'win32' ? ['.exe', '.cmd', '.bat'] : [''];
  const folders = (env['PATH'] ?? env['Path'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.flatMap((folder) => endings.map((ending) => join(folder, `${name}${ending}`))).find(isFile);
}

/**
 * A VS Code that is already on this machine: named by FLOTILLA_VSCODE, or installed with `code` on PATH.
 * @param {{ env?: Readonly<Record<string, string | undefined>>, platform?: NodeJS.Platform }} [options]
 * @returns {{ executable: string } | { why: string }}
 */
export function findInstalledVscode({ env = process.env, platform = process.platform } = {}) {
  const named = env['FLOTILLA_VSCODE'];
  if (named !== undefined && named !== '') {
    return isFile(named) ? { executable: toExecutable(named, platform) } : { why: 'FLOTILLA_VSCODE names no file' };
  }
  const code = findOnPath('code', { env, platform });
  return code === undefined ? { why: 'no `code` on PATH' } : { executable: toExecutable(code, platform) };
}

/**
 * The program itself, where `code` is the script that comes with it: the script returns at once, tells no exit code and passes no environment.
 * @param {string} code
 * @param {NodeJS.Platform} platform
 */
function toExecutable(code, platform) {
  const bin = dirname(realpathSync(code));
  const candidates = {
    win32: [join(bin, '..', 'Code.exe'), join(bin, '..', 'Code - Insiders.exe')],
    darwin: [join(bin, '..', '..', '..', 'MacOS', 'Electron'), join(bin, '..', '..', '..', 'MacOS', 'Code')],
    linux: [join(bin, '..', 'code'), join(bin, '..', 'code-insiders'), join(bin, '..', 'codium')],
  }[String(platform)];
  return candidates?.find(isFile) ?? code;
}

/** Whether a window can be shown here. @param {Readonly<Record<string, string | undefined>>} env @param {NodeJS.Platform} platform */
export function hasDisplay(env = process.env, platform = process.platform) {
  return platform === 'win32' || platform === 'darwin' || Boolean(env['DISPLAY'] || env['WAYLAND_DISPLAY']);
}

/** @param {string} path */
function isFile(path) {
  return existsSync(path) && statSync(path).isFile();
}
