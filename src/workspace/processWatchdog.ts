import { type ChildProcess, spawn } from 'node:child_process';
import type { Disposable } from '../lib/disposables.ts';
import { markerVariable } from './processSweep.ts';

/**
 * Reads the marker prefix, waits until the pipe from the host ends, however the host ended, and then kills whatever carries the prefix
 * until two looks find nothing. A shell, because it must be small, start fast, and not depend on how the host was built.
 */
const script = `
IFS= read -r prefix || exit 0
while IFS= read -r line; do :; done
mark="${markerVariable}=$prefix"
find_marked() {
  if [ -r /proc/self/environ ]; then
    for file in $(grep -laF -e "$mark" /proc/[0-9]*/environ 2>/dev/null); do
      file="\${file%/environ}"; echo "\${file#/proc/}"
    done
  else
    ps -A -E -ww -o pid=,command= | while read -r pid rest; do
      case " $rest" in *" $mark"*) echo "$pid" ;; esac
    done
  fi
}
passes=0 empty=0
while [ "$empty" -lt 2 ] && [ "$passes" -lt 200 ]; do
  passes=$((passes + 1)) empty=$((empty + 1))
  for pid in $(find_marked); do
    empty=0
    kill -9 "$pid" 2>/dev/null
  done
done
`;

/** Keeps a small process that kills everything marked with a prefix as soon as this host is gone. Not on Windows. */
export class Watchdog implements Disposable {
  readonly #prefix: string;
  #child: ChildProcess | undefined;

  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  /** Makes sure that one is watching; called before each command, since someone may have killed it. */
  ensure(platform: NodeJS.Platform, onError: (error: Error) => void): void {
    if (this.#child !== undefined || platform === 'win32') {
      return;
    }
    // A group of its own: Ctrl-C in the host's terminal must not end it before its work.
    const child = spawn('/bin/sh', ['-c', script], {
      cwd: '/',
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
      env: { PATH: '/usr/bin:/bin' },
    });
    this.#child = child;
    const forget = () => {
      if (this.#child === child) {
        this.#child = undefined;
      }
    };
    child.once('error', (error) => {
      forget();
      onError(error);
    });
    child.once('exit', forget);
    child.stdin.on('error', forget);
    child.stdin.write(`${this.#prefix}\n`);
    child.unref();
    if ('unref' in child.stdin && typeof child.stdin.unref === 'function') {
      child.stdin.unref();
    }
  }

  /** Ends it; on its way out it looks once more. */
  dispose(): void {
    this.#child?.stdin?.end();
    this.#child = undefined;
  }
}
