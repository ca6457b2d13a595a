import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from '../refusal.ts';
import type { SandboxStatus, SandboxUnavailable } from './sandbox.ts';

/** Runs the text of a confined command and gives its exit code and output. */
export type ProbeRun = (request: {
  readonly command: string;
  readonly folder: string;
  readonly writable: readonly string[];
  readonly denyRead: readonly string[];
  readonly denyWrite: readonly string[];
}) => Promise<{ readonly exitCode: number | null; readonly output: string }>;

/**
 * Whether confining works, found by doing it: a command must be able to write where it may, and fail to write elsewhere, to read what is
 * denied, to see the network and to see the processes of its host. `folder` is for the probe alone.
 */
export async function probeSandbox(folder: string, run: ProbeRun): Promise<SandboxStatus> {
  const inside = path.join(folder, 'inside');
  const outside = path.join(folder, 'outside');
  const secret = path.join(folder, 'secret');
  const kept = path.join(inside, 'kept');
  const word = randomBytes(8).toString('hex');
  await mkdir(inside, { recursive: true });
  await writeFile(secret, 'told');
  await writeFile(kept, 'kept');
  try {
    const command = [
      `echo written > inside/ok && echo "wrote ${word}"`,
      `echo x 2>/dev/null > '${outside}' && echo OUTSIDE`,
      `echo x 2>/dev/null > '${kept}' && echo KEPT`,
      `cat '${secret}' 2>/dev/null | grep told`,
      'grep -v -e "|" -e "^ *lo:" /proc/net/dev',
      `[ -e /proc/${process.pid}/status ] && grep "^NSpid:.*${process.pid}$" /proc/${process.pid}/status`,
      'unshare -U true 2>/dev/null && echo NAMESPACE',
      'true',
    ].join('\n');
    const request = { command: quieted(command), folder, writable: [inside], denyRead: [secret], denyWrite: [kept] };
    const { exitCode, output } = await run(request);
    const written = await readFile(path.join(inside, 'ok'), 'utf8').catch((error: unknown) => errorCode(error) ?? '');
    const leaked = await readFile(outside, 'utf8').then(
      () => true,
      () => false,
    );
    if (exitCode === 0 && output.trim() === `wrote ${word}` && written === 'written\n' && !leaked) {
      return { kind: 'ready' };
    }
    return output.includes(word) || leaked
      ? unavailable(
          `A command in the sandbox of this machine was not confined as it has to be: ${firstLines(output)}`,
          'Commands are asked for instead. Update bubblewrap, or report this with the text above.',
        )
      : await explain(output);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Errors of the shell itself about what was refused are what is wanted. */
function quieted(command: string): string {
  return `exec 3>&2 2>/dev/null\n${command}`;
}

async function explain(output: string): Promise<SandboxUnavailable> {
  const said = firstLines(output);
  if ((await flag('/proc/sys/kernel/unprivileged_userns_clone')) === 0 || (await flag('/proc/sys/user/max_user_namespaces')) === 0) {
    return unavailable(
      `User namespaces are switched off on this machine, and bubblewrap needs them (${said}).`,
      'Ask who runs the machine for kernel.unprivileged_userns_clone=1 and user.max_user_namespaces above 0.',
    );
  }
  if ((await flag('/proc/sys/kernel/apparmor_restrict_unprivileged_userns')) === 1) {
    return unavailable(
      `AppArmor keeps bubblewrap from making user namespaces (${said}).`,
      'Install the package apparmor-profiles, or add a profile that lets /usr/bin/bwrap use userns.',
    );
  }
  if (/namespace|uid map|setgroups|unshare|clone|proc on|pivot_root|Operation not permitted/i.test(output)) {
    return unavailable(
      `bubblewrap cannot make its namespaces here, as is usual inside a container (${said}).`,
      'Run the container with user namespaces allowed, or use Flotilla outside it; until then commands are asked for.',
    );
  }
  return unavailable(
    `A trial command in the sandbox failed (${said}).`,
    'Check that bubblewrap 0.8 or newer works: bwrap --ro-bind / / true.',
  );
}

async function flag(file: string): Promise<number | undefined> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (errorCode(error) === undefined) {
      throw error;
    }
    // This kernel does not have the switch.
    return '';
  });
  return text.trim() === '' ? undefined : Number(text);
}

function firstLines(output: string): string {
  const text = output.trim().split('\n').slice(0, 3).join(' ');
  return text === '' ? 'it said nothing' : text.slice(0, 400);
}

function unavailable(why: string, next: string): SandboxUnavailable {
  return { kind: 'unavailable', why, next };
}
