import { spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { access, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { boundedLines, hasLongLine } from './boundedLines.ts';
import type { SearchStart } from './findFiles.ts';
import { hasRulesAbove, rulesAt } from './gitIgnore.ts';
import { errorCode, refuse } from './refusal.ts';
import { type LineMatch, type SearchWay, shownLine } from './lineMatch.ts';
import { maxFileBytes, sizeText } from './textFile.ts';
import { isStartIgnored, skippedFor } from './walk.ts';
import { isInside } from './workspacePath.ts';

interface RipgrepPlaces {
  /** Where the editor is installed; it brings a ripgrep of its own. */
  readonly appRoot: string | undefined;
  /** The PATH of the environment. */
  readonly path: string | undefined;
  /** Folders of the workspace; a program in one of them is never used. */
  readonly folders: readonly string[];
}

/** Finds a ripgrep to use: the editor's own, else one on PATH that does not lie in the workspace. */
export async function findRipgrep(places: RipgrepPlaces): Promise<string | undefined> {
  const name = process.platform === 'win32' ? 'rg.exe' : 'rg';
  const { appRoot } = places;
  const own =
    appRoot === undefined
      ? []
      : [`@vscode/ripgrep-universal/bin/${process.platform}-${process.arch}`, '@vscode/ripgrep/bin'].flatMap((folder) =>
          ['node_modules', 'node_modules.asar.unpacked'].map((modules) => path.join(appRoot, modules, folder, name)),
        );
  for (const candidate of own) {
    if (await isProgram(candidate)) {
      return candidate;
    }
  }
  const roots = [...places.folders, ...(await Promise.all(places.folders.map((folder) => realOf(folder))))];
  for (const folder of (places.path ?? '').split(path.delimiter)) {
    const candidate = path.join(folder, name);
    if (path.isAbsolute(folder) && (await isProgram(candidate))) {
      const real = await realOf(candidate);
      if (!roots.some((root) => isInside(root, candidate) || isInside(root, real))) {
        return candidate;
      }
    }
  }
  return undefined;
}

/** ripgrep gives a line and every match in it as one line of JSON, which can be fifty times as long. */
const maxMessageBytes = 64 * 1024 * 1024;

/** Searches with a ripgrep program: arguments only, no shell, no configuration file, the ignore rules of `walk`. */
export function searchWithRipgrep(program: string): SearchWay {
  return async (start, query, isWanted, limits, signal) => {
    const rules = await ruleArguments(start);
    if (rules === undefined) {
      return { ...refuse('ripgrep would obey ignore files that do not belong to the workspace.'), unsupported: true };
    }
    if (!start.isFolder && (await hasEndlessLine(start, signal))) {
      return refuse(
        `${start.prefix} has a line of more than ${sizeText(maxFileBytes)}, which cannot be searched. Use run_command with grep -o.`,
      );
    }
    const args = [
      ...['--json', '--no-config', '--no-messages', '--hidden', '--crlf', '--no-ignore-dot', '--no-ignore-global', '--no-ignore-exclude'],
      ...(start.isFolder ? [`--max-filesize=${maxFileBytes}`, ...skippedFor(start.absolute).flatMap((name) => ['-g', `!${name}`])] : []),
      ...rules,
      ...(query.literal ? ['--fixed-strings'] : []),
      ...(query.ignoreCase ? ['--ignore-case'] : []),
      ...['-e', query.pattern, '--', start.isFolder ? '.' : `./${path.basename(start.absolute)}`],
    ];
    const timer = AbortSignal.timeout(limits.timeMs);
    const child = spawn(program, args, {
      cwd: start.isFolder ? start.absolute : path.dirname(start.absolute),
      env: keptEnvironment(),
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
      signal: AbortSignal.any([signal, timer]),
      killSignal: 'SIGKILL',
    });
    const failed = new Promise<unknown>((resolve) => {
      child.on('error', resolve);
      child.once('close', () => resolve(undefined));
    });
    let complaint = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      complaint = (complaint + text).slice(0, 2000);
    });
    const matches: LineMatch[] = [];
    let pending: LineMatch[] = [];
    let full = false;
    let tooLong = false;
    for await (const line of boundedLines(child.stdout, maxMessageBytes)) {
      if (full) {
        continue;
      }
      if (typeof line !== 'string') {
        tooLong = true;
        child.kill('SIGKILL');
        break;
      }
      const message = readMessage(line);
      if (message?.kind === 'match' && isWanted(message.names.join('/'))) {
        pending.push({ ...message, names: start.isFolder ? message.names : [] });
        full = matches.length + pending.length >= limits.matches;
      } else if (message?.kind === 'end') {
        // Lines before the first NUL of a binary file were reported already.
        matches.push(...(message.binary ? [] : pending));
        pending = [];
      }
      if (full) {
        child.kill('SIGKILL');
      }
    }
    matches.push(...pending);
    const error = await failed;
    signal.throwIfAborted();
    if (timer.aborted) {
      return { ok: true, matches, stopped: 'time' };
    }
    if (tooLong) {
      return { ...refuse('ripgrep found more matches in one line than can be taken in.'), unsupported: true };
    }
    if (error !== undefined || (child.exitCode === 2 && complaint.trim() !== '')) {
      return { ...refuse(`ripgrep could not search: ${complaint.trim() || String(error)}`), unsupported: true };
    }
    return { ok: true, matches, stopped: full ? 'cap' : 'no' };
  };
}

/** Whether ripgrep would need many times the memory of a file that is too large to be searched in another way. */
async function hasEndlessLine({ absolute }: SearchStart, signal: AbortSignal): Promise<boolean> {
  const { size } = await stat(absolute);
  return size > maxFileBytes && hasLongLine(absolute, maxFileBytes, signal);
}

/** Arguments that make ripgrep obey the same .gitignore files as `walk`; undefined when no arguments can. */
async function ruleArguments(start: SearchStart): Promise<readonly string[] | undefined> {
  const folder = start.isFolder ? start.absolute : path.dirname(start.absolute);
  const rules = await rulesAt(start.top, folder);
  if (!start.isFolder) {
    return ['--no-ignore'];
  }
  if (isStartIgnored(rules, folder)) {
    return ['--no-require-git', '--no-ignore-parent'];
  }
  if (rules.inGit) {
    return [];
  }
  return (await hasRulesAbove(start.top)) ? undefined : ['--no-require-git'];
}

type Message =
  | { readonly kind: 'match'; readonly names: readonly string[]; readonly line: number; readonly text: string }
  | { readonly kind: 'end'; readonly binary: boolean };

function readMessage(line: string): Message | undefined {
  const value = parseLine(line);
  const data = field(value, 'data');
  const type = field(value, 'type');
  if (type === 'end') {
    return { kind: 'end', binary: typeof field(data, 'binary_offset') === 'number' };
  }
  const number = field(data, 'line_number');
  if (type !== 'match' || typeof number !== 'number') {
    return undefined;
  }
  const bytes = bytesOf(field(data, 'lines'));
  const submatches = field(data, 'submatches');
  const at = Array.isArray(submatches) ? field(submatches[0], 'start') : 0;
  const text = bytes.toString('utf8').replace(/\r?\n$/, '');
  const column = bytes.subarray(0, typeof at === 'number' ? at : 0).toString('utf8').length;
  const names = bytesOf(field(data, 'path'))
    .toString('utf8')
    .split(/[/\\]/)
    .filter((name) => name !== '.');
  return { kind: 'match', names, line: number, text: shownLine(text, column) };
}

/** A line as JSON; undefined for the piece of a line that a killed ripgrep leaves behind. */
function parseLine(line: string): unknown {
  try {
    const value: unknown = JSON.parse(line);
    return value;
  } catch (error) {
    if (error instanceof SyntaxError) {
      return undefined;
    }
    throw error;
  }
}

/** ripgrep gives text as `text`, or as base64 in `bytes` when it is not UTF-8. */
function bytesOf(value: unknown): Buffer {
  const text = field(value, 'text');
  const bytes = field(value, 'bytes');
  return typeof text === 'string' ? Buffer.from(text, 'utf8') : Buffer.from(typeof bytes === 'string' ? bytes : '', 'base64');
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

/** ripgrep needs nothing of the environment but what Windows needs to start a program. */
function keptEnvironment(): NodeJS.ProcessEnv {
  const { SystemRoot, TEMP } = process.env;
  return { ...(SystemRoot === undefined ? {} : { SystemRoot }), ...(TEMP === undefined ? {} : { TEMP }) };
}

async function isProgram(absolute: string): Promise<boolean> {
  try {
    await access(absolute, constants.X_OK);
    return (await stat(absolute)).isFile();
  } catch (error) {
    if (errorCode(error) === undefined) {
      throw error;
    }
    return false;
  }
}

async function realOf(absolute: string): Promise<string> {
  try {
    return await realpath(absolute);
  } catch (error) {
    if (errorCode(error) === undefined) {
      throw error;
    }
    return absolute;
  }
}
