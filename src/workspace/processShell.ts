import { existsSync } from 'node:fs';
import type { SpawnCall } from './processCall.ts';

const bash = '/bin/bash';
const cat = '/bin/cat';

/**
 * Both outputs go, in order, through one real pipe: Node hands a child sockets, and a program that opens /dev/stderr cannot open a
 * socket. The copying `cat` ignores the signals a command may send to its own group.
 */
const throughPipe = `exec ${bash} --norc --noprofile -c "$0" > >(trap '' HUP INT TERM; exec ${cat}) 2>&1`;

/** The shell call for a command; start-up files of the person's shell are never read. */
export function shellCall(command: string, platform: NodeJS.Platform, env: Readonly<Record<string, string>>): SpawnCall {
  if (platform === 'win32') {
    const comSpec = Object.entries(env).find(([name]) => name.toUpperCase() === 'COMSPEC');
    return { file: comSpec?.[1] ?? 'cmd.exe', args: ['/d', '/s', '/c', `"${command}"`], verbatim: true };
  }
  if (existsSync(bash) && existsSync(cat)) {
    return { file: bash, args: ['--norc', '--noprofile', '-c', throughPipe, command], verbatim: false };
  }
  return { file: '/bin/sh', args: ['-c', 'exec /bin/sh -c "$0" 2>&1', command], verbatim: false };
}
