import { readlinkSync } from 'node:fs';

/** Of one command and all it starts, in processes and threads. */
export interface SandboxLimits {
  readonly processes: number;
  readonly fileBytes: number;
}

export const defaultLimits: SandboxLimits = { processes: 4096, fileBytes: 16 * 1024 ** 3 };

/**
 * The text that runs a command within its limits, in a shell without start-up files. RLIMIT_NPROC is counted per user namespace, and
 * the sandbox has one of its own, so that the person's other processes do not count; it does not bind root, for whom the size of
 * the process namespace does (since Linux 6.14, not below 301), which is left alone should it be the one of the host.
 */
export function confinedText(command: string, tempFolder: string, limits: SandboxLimits): string {
  const hostNamespace = readlinkSync('/proc/self/ns/pid');
  const size = Math.max(301, limits.processes);
  return [
    `ulimit -c 0; ulimit -f ${Math.ceil(limits.fileBytes / 1024)}; ulimit -u ${limits.processes}`,
    `if [ $UID = 0 ] && [ "$(readlink /proc/self/ns/pid)" != ${shellWord(hostNamespace)} ]; then { echo ${size} > /proc/sys/kernel/pid_max; } 2>/dev/null; fi`,
    // sandbox-runtime sets a folder that all its users on the machine share.
    `export TMPDIR=${shellWord(tempFolder)}`,
    `exec /bin/bash --norc --noprofile -c ${shellWord(command)}`,
  ].join('\n');
}

/** A word that a POSIX shell reads back as exactly this text. */
function shellWord(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
