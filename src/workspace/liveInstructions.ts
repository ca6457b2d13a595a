import { type Instructions, noInstructions } from '../core/context/sharedPrompt.ts';
import type { Log } from '../orchestrator/ports.ts';
import { type FindPaths, nestedInstructions, readInstructions } from './instructionFiles.ts';
import type { WorkspaceFolder } from './workspacePath.ts';

export interface LiveInstructionsDeps {
  readonly folders: () => readonly WorkspaceFolder[];
  readonly find: FindPaths;
  /** Whether the workspace is trusted; nothing of another is read. */
  readonly trusted: () => boolean;
  readonly log: Log;
}

/** A large workspace is not searched for longer than this, in ms; what was not found by then is not named. */
const searchLimitMs = 10_000;

/** The instruction files of the workspace as they were read last. The same texts stay the same object, so that prompts stay the same. */
export class LiveInstructions {
  readonly #deps: LiveInstructionsDeps;
  #roots: Instructions = noInstructions;
  #nested: Instructions['left'] = [];
  #current: Instructions = noInstructions;
  #reading: Promise<void> | undefined;
  #stale = false;

  constructor(deps: LiveInstructionsDeps) {
    this.#deps = deps;
  }

  get current(): Instructions {
    return this.#current;
  }

  /** Reads the files at the roots again, and looks for those in subfolders afterwards. Calls that overlap share a reading. Never rejects. */
  refresh(): Promise<void> {
    this.#stale = true;
    this.#reading ??= this.#read();
    return this.#reading;
  }

  async #read(): Promise<void> {
    const { folders, trusted, log } = this.#deps;
    while (this.#stale) {
      this.#stale = false;
      try {
        this.#roots = await (trusted() ? readInstructions(folders()) : Promise.resolve(noInstructions));
        this.#become();
      } catch (error) {
        log.error('The instruction files of the workspace could not be read', error);
      }
    }
    this.#reading = undefined;
    if (trusted()) {
      this.#nameNested(this.#roots).catch((error: unknown) =>
        log.debug(`Instruction files in subfolders were not looked for: ${String(error)}`),
      );
    }
  }

  async #nameNested(read: Instructions): Promise<void> {
    const nested = await nestedInstructions(this.#deps.find, this.#deps.folders(), AbortSignal.timeout(searchLimitMs));
    if (this.#roots === read) {
      this.#nested = nested;
      this.#become();
    }
  }

  #become(): void {
    const next = { files: this.#roots.files, left: [...this.#roots.left, ...this.#nested] };
    if (JSON.stringify(next) !== JSON.stringify(this.#current)) {
      this.#current = next;
    }
  }
}
