import type { Refusal } from '../refusal.ts';

/** Whether commands can be confined on this machine, found by running one. */
export type SandboxStatus = { readonly kind: 'ready' } | SandboxUnavailable;

/** Why commands cannot be confined, written for a person. */
export interface SandboxUnavailable {
  readonly kind: 'unavailable';
  readonly why: string;
  /** What to do about it. */
  readonly next: string;
}

/** What a command may touch. All paths are absolute. */
export interface SandboxRequest {
  /** The text for bash. */
  readonly command: string;
  /** Where it runs. */
  readonly folder: string;
  /** Folders it may write below. Beside them it has a folder for temporary files of its own. */
  readonly writable: readonly string[];
  /**
   * Globs of absolute paths that are never written, even below `writable`, in addition to what is protected in every workspace. What is there
   * when the command starts cannot be changed; what it makes of that name beside is told by the audit.
   */
  readonly denyWrite: readonly string[];
  /** Never read, in addition to the secrets of the home folder and of the writable folders. */
  readonly denyRead: readonly string[];
  /** Hosts it may connect to, `*.` at the beginning allowed; with none there is no network at all. */
  readonly domains: readonly string[];
}

/** A command ready to be started: give `argv` and `env` to Processes. */
export interface SandboxedCommand {
  readonly ok: true;
  readonly argv: readonly [string, ...string[]];
  /** To be laid over the environment of the command. */
  readonly env: Readonly<Record<string, string>>;
  /** To be called once the command has ended, however it ended; later calls give the same answer. */
  done(): Promise<SandboxAudit>;
}

/** What was found when a command had ended. */
export interface SandboxAudit {
  /** Protected paths that are not what they were, which no confined command should be able to bring about. Empty is well. */
  readonly changed: readonly string[];
  /** Protected paths that were not there before, such as a repository the command made. The person may have made them meanwhile. */
  readonly created: readonly string[];
}

/** Confines commands with what the system offers for it. There is no way to have a command run unconfined through it. */
export interface Sandbox {
  /** Found by running a command once; after `recheck` by running one again. */
  status(): Promise<SandboxStatus>;
  /** To be called when settings changed or the person installed something. */
  recheck(): void;
  /** Refuses when the command cannot be confined as asked; throws the reason of `signal` when that is aborted. */
  wrap(request: SandboxRequest, signal: AbortSignal): Promise<SandboxedCommand | Refusal>;
  dispose(): Promise<void>;
}
