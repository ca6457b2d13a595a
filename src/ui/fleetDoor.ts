import * as vscode from 'vscode';
import type { Rejection } from '../core/commands.ts';
import type { Disposable } from '../lib/disposables.ts';
import { Emitter } from '../lib/emitter.ts';
import { toError } from '../lib/errors.ts';
import type { FleetControl } from '../orchestrator/ports.ts';

/** Whether there is a fleet to talk to, and if not, why not and what a person can do. */
export type DoorState =
  | { readonly kind: 'open'; readonly fleet: FleetControl }
  | { readonly kind: 'noFolder' | 'untrusted' | 'opening' | 'failed'; readonly rejection: Rejection };

/** The way to the fleet of this workspace, which may not be there yet: no folder, no trust, or its journal cannot be opened. */
export class FleetDoor implements Disposable {
  readonly #changed: Emitter<DoorState>;
  #state: DoorState = closed('opening', 'The fleet is still being opened.', 'Try again in a moment.');

  /** Told after every change, and never with the same state twice. */
  readonly onDidChange: Emitter<DoorState>['event'];

  constructor(onError: (error: unknown) => void) {
    this.#changed = new Emitter<DoorState>(onError);
    this.onDidChange = this.#changed.event;
  }

  get state(): DoorState {
    return this.#state;
  }

  /** The fleet, if it is there. */
  get fleet(): FleetControl | undefined {
    return this.#state.kind === 'open' ? this.#state.fleet : undefined;
  }

  /** Opens the fleet if there is a trusted folder; says why not otherwise. Never rejects. */
  async open(openFleet: () => Promise<FleetControl>): Promise<void> {
    if (vscode.workspace.workspaceFolders === undefined || vscode.workspace.workspaceFolders.length === 0) {
      this.#become(closed('noFolder', 'Flotilla works in a folder, and none is open.', 'Open a folder first.', 'noWorkspace'));
      return;
    }
    if (!vscode.workspace.isTrusted) {
      const next = 'Trust the workspace to let agents work in it.';
      this.#become(closed('untrusted', 'This workspace is not trusted, so no agent may run in it.', next, 'untrusted'));
      return;
    }
    this.#become(closed('opening', 'The fleet is still being opened.', 'Try again in a moment.'));
    try {
      this.#become({ kind: 'open', fleet: await openFleet() });
    } catch (error) {
      this.#become(closed('failed', toError(error).message, 'See the Flotilla output channel, then reload the window.'));
    }
  }

  dispose(): void {
    this.#changed.dispose();
  }

  #become(state: DoorState): void {
    this.#state = state;
    this.#changed.fire(state);
  }
}

/** A rejection as one text. */
export function rejectionText({ message, next }: Rejection): string {
  return `${message} ${next}`.trim();
}

function closed(
  kind: Exclude<DoorState['kind'], 'open'>,
  message: string,
  next: string,
  code: Rejection['code'] = 'unavailable',
): DoorState {
  return { kind, rejection: { code, message, next } };
}
