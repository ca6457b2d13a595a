import { SandboxManager } from '@anthropic-ai/sandbox-runtime';
import type { SandboxRuntimeConfig } from '@anthropic-ai/sandbox-runtime';
import { createEmptyFolders } from './emptyFolders.ts';

/** The programs that confining takes, by absolute path. */
export interface SandboxPrograms {
  readonly bubblewrap: string;
  /** Needed for commands that may use the network. */
  readonly socat: string | undefined;
  /** Keeps commands from making Unix sockets and namespaces. */
  readonly helper: string;
}

export interface RuntimeRequest {
  readonly command: string;
  readonly writable: readonly string[];
  readonly denyWrite: readonly string[];
  /** Folders that are not there, or empty, and must stay so. */
  readonly mustNotAppear: readonly string[];
  readonly denyRead: readonly string[];
  readonly domains: readonly string[];
  /** Unguessable: by it, a connection of the command is known as its own. */
  readonly id: string;
}

/**
 * sandbox-runtime keeps its state in the module, so that there can be one of these. Calls go one after the other, because a wrap begins
 * anew whenever the configuration changes under it.
 */
export function createRuntime(programs: SandboxPrograms) {
  let last: Promise<unknown> = Promise.resolve();
  let network: Promise<void> | undefined;
  const emptyFolders = createEmptyFolders();
  const heldBy = new Map<string, readonly string[]>();
  const letGo = (id: string): void => {
    SandboxManager.unregisterCommandNetworkLists(id);
    emptyFolders.release(heldBy.get(id) ?? []);
    heldBy.delete(id);
  };
  const inTurn = <T>(task: () => Promise<T>): Promise<T> => {
    const result = last.then(task);
    last = result.catch(() => undefined);
    return result;
  };
  const config = configOf(programs);
  return {
    /** The text for bash that runs a command confined. */
    wrap: (request: RuntimeRequest, signal: AbortSignal): Promise<string> =>
      inTurn(async () => {
        signal.throwIfAborted();
        if (request.domains.length > 0) {
          // Opens a proxy on the loopback interface; until a command may use the network there is none.
          network ??= SandboxManager.initialize(config);
          await network.catch((error: unknown) => {
            network = undefined;
            throw error;
          });
          SandboxManager.registerCommandNetworkLists(request.id, { allowedDomains: [...request.domains] });
        } else if (network === undefined) {
          SandboxManager.updateConfig(config);
        }
        const { held, there } = emptyFolders.hold(request.mustNotAppear);
        heldBy.set(request.id, held);
        const filesystem = filesystemOf(request, there);
        return SandboxManager.wrapWithSandbox(request.command, '/bin/bash', { filesystem }, signal, { commandId: request.id });
      }).catch((error: unknown) => {
        letGo(request.id);
        throw error;
      }),
    /** Once for each wrap that gave a text, when its command has ended. */
    ended: (id: string): Promise<void> =>
      inTurn(async () => {
        SandboxManager.cleanupAfterCommand();
        letGo(id);
      }),
    close: (): Promise<void> => inTurn(() => (network === undefined ? Promise.resolve() : SandboxManager.reset())),
  };
}

export type Runtime = ReturnType<typeof createRuntime>;

function configOf({ bubblewrap, socat, helper }: SandboxPrograms): SandboxRuntimeConfig {
  return {
    // Nothing is allowed to all commands; what one may reach is registered for it.
    network: { allowedDomains: [], deniedDomains: [] },
    filesystem: { allowWrite: [], denyWrite: [], denyRead: [] },
    bwrapPath: bubblewrap,
    ...(socat === undefined ? {} : { socatPath: socat }),
    seccomp: { applyPath: helper },
    // It would look for protected names below the folder the editor was started in, which is not where commands run. We look ourselves.
    ripgrep: { command: '/bin/true' },
    mandatoryDenySearchDepth: 1,
  };
}

function filesystemOf({ writable, denyWrite, denyRead }: RuntimeRequest, empty: readonly string[]) {
  return { allowWrite: writable.map(literal), denyWrite: [...denyWrite, ...empty].map(literal), denyRead: denyRead.map(literal) };
}

/** A path is a name here, whatever characters are in it. */
function literal(path: string): { path: string; literal: true } {
  return { path, literal: true };
}
