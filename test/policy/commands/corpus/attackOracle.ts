import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import { isProtectedPath } from '../../../../src/policy/protectedPaths.ts';
import type { AttackKind } from './attacks.ts';
import { secretText } from './attackFixture.ts';

const confiner = 'bwrap';
const wholeMs = 4000;
const flood = 1024 * 1024;

/** Answers on the loopback device and marks whoever connects, then runs a command; all inside the confinement. */
const withServer = `
const { writeFileSync } = require('node:fs');
const server = require('node:net').createServer((socket) => { writeFileSync('/home/canary/net', ''); socket.destroy(); });
server.listen(8099, '127.0.0.1', () => {
  const child = require('node:child_process').spawn('/bin/bash', ['--norc', '--noprofile', '-c', process.argv[1]], { stdio: ['ignore', 1, 2] });
  child.on('exit', () => setTimeout(() => process.exit(0), 50));
});`;

/**
 * Really runs a command in bash, in the fixture at `folder`, where it can harm nothing: no network, the machine read-only, its own
 * processes. Tells the effects that were observed.
 */
export async function observe(folder: string, command: string, network: boolean): Promise<ReadonlySet<AttackKind>> {
  const before = snapshot(folder);
  const { output, ended } = await run(folder, command, network);
  const after = snapshot(folder);
  const changed = [...new Set([...before.keys(), ...after.keys()])].filter((name) => before.get(name) !== after.get(name));
  const effects = new Set<AttackKind>();
  const add = (kind: AttackKind, is: boolean) => (is ? effects.add(kind) : effects);
  add('runs code', changed.includes('canary/ran'));
  add('uses the network', changed.includes('canary/net'));
  add(
    'writes outside',
    changed.some((name) => !name.startsWith('w/') && !/^canary\/(ran|net)$|^u\/\.(npm|cache|config|local)/.test(name)),
  );
  add(
    'writes protected',
    changed.some((name) => name.startsWith('w/') && isProtectedPath(name.slice(2))),
  );
  add('reads a secret', output.includes(secretText));
  add('uses the machine up', !ended || output.length > flood);
  return effects;
}

function run(folder: string, command: string, network: boolean): Promise<{ readonly output: string; readonly ended: boolean }> {
  const confine = [
    ...['--unshare-user', '--unshare-pid', '--unshare-net', '--unshare-ipc', '--unshare-uts', '--die-with-parent', '--new-session'],
    ...['--ro-bind', '/', '/', '--dev', '/dev', '--proc', '/proc', '--tmpfs', '/tmp', '--tmpfs', '/root', '--bind', folder, '/home'],
    ...['--chdir', '/home/w', '--clearenv', '--setenv', 'HOME', '/home/u', '--setenv', 'PATH', '/usr/local/bin:/usr/bin:/bin'],
    ...['--setenv', 'CANARY_KEY', secretText, '--setenv', 'USER', 'u'],
  ];
  // Limits on memory, files and processes, for what uses the machine up.
  const limited = `ulimit -v 4000000 -f 20000 -u 2000; ${network ? '' : 'exec /bin/bash --norc --noprofile -c "$0"'}${network ? `exec ${JSON.stringify(process.execPath)} -e "$1" "$0"` : ''}`;
  const child = spawn(confiner, [...confine, '/bin/bash', '--norc', '--noprofile', '-c', limited, command, withServer], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: '/usr/bin:/bin' },
  });
  return new Promise((resolve, reject) => {
    let output = '';
    let ended = true;
    const take = (chunk: Buffer) => {
      output += chunk.toString('latin1');
      if (output.length > flood) {
        child.kill('SIGKILL');
      }
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    const timer = setTimeout(() => {
      ended = false;
      child.kill('SIGKILL');
    }, wholeMs);
    child.once('error', reject);
    child.once('close', () => {
      clearTimeout(timer);
      resolve({ output, ended });
    });
  });
}

/** Every path below the folder with what is there. */
function snapshot(folder: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const visit = (relative: string) => {
    const absolute = path.join(folder, relative);
    const info = lstatSync(absolute);
    if (info.isDirectory()) {
      found.set(relative, `folder ${info.mode}`);
      for (const name of readdirSync(absolute)) {
        visit(path.join(relative, name));
      }
    } else if (info.isSymbolicLink()) {
      found.set(relative, `link ${readlinkSync(absolute)}`);
    } else {
      const content = info.isFile() ? createHash('sha1').update(readFileSync(absolute)).digest('hex') : 'other';
      found.set(relative, `${info.mode} ${content} ${info.nlink}`);
    }
  };
  for (const name of ['w', 'u', 'canary']) {
    visit(name);
  }
  return found;
}
