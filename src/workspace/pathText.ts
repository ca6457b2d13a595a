import { foldName } from '../policy/foldName.ts';
import { type Refusal, refuse } from './refusal.ts';

/** A path as a model wrote it, cut into names. `root` is set for absolute paths: `/`, or a drive as `C:`. */
export interface PathText {
  readonly ok: true;
  readonly root: string | undefined;
  readonly parts: readonly string[];
}

const maxPathLength = 4096;
const windowsDevice = /^(con|prn|aux|nul|com[0-9\u00b9\u00b2\u00b3]|lpt[0-9\u00b9\u00b2\u00b3]|conin\$|conout\$)(\..*)?$/i;

/** Reads path text by its letters alone; refuses what is no plain path of this machine: URIs, UNC and device paths, `..`, NUL. */
export function readPathText(text: string, platform: NodeJS.Platform): PathText | Refusal {
  const shown = JSON.stringify(text.length > 200 ? `${text.slice(0, 200)}…` : text);
  if (text.includes('\0')) {
    return refuse('A path must not contain a NUL character.');
  }
  if (text.length > maxPathLength) {
    return refuse(`The path is ${text.length} characters long; at most ${maxPathLength} are possible.`);
  }
  if (/^(\\\\|\\\?\?\\)/.test(text) || /^\/\/[^/]/.test(text)) {
    return refuse(`${shown} is a network or device path; give a path inside the workspace.`);
  }
  const drive = platform === 'win32' ? /^[a-z]:(?=[\\/])/i.exec(text)?.[0] : undefined;
  if (/^[a-z][a-z0-9+.-]+:/i.test(text)) {
    return refuse(`${shown} looks like a URI; give a plain path inside the workspace (a file whose name has a colon is written ./name:x).`);
  }
  const rest = drive === undefined ? text : text.slice(drive.length);
  const parts = rest.split(platform === 'win32' ? /[\\/]+/ : /\/+/).filter((part) => part !== '' && part !== '.');
  if (parts.includes('..')) {
    return refuse(`${shown} contains "..": write the path from the workspace folder down.`);
  }
  if (platform === 'win32') {
    const odd = parts.find((part) => /[:<>"|?*]/.test(part) || /[. ]$/.test(part) || windowsDevice.test(part));
    if (odd !== undefined) {
      return refuse(`${shown} is not a usable path on Windows: ${JSON.stringify(odd)} is no plain file name.`);
    }
  }
  const absolute = drive !== undefined || (platform === 'win32' ? /^[\\/]/.test(text) : text.startsWith('/'));
  return { ok: true, root: absolute ? (drive ?? '/') : undefined, parts };
}

/**
 * Whether a name means `.git` on some file system we may meet: letter case, trailing dots and blanks, alternate streams, short
 * names, and code points that HFS+ ignores all lead to the same folder.
 */
export function isGitName(name: string): boolean {
  const plain = foldName(name);
  return plain === '.git' || /^git~\d+$/.test(plain);
}
