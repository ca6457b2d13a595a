import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { AgentSnapshot, FleetSnapshot, FlotillaApi } from '../../../src/api.ts';
import type { CommandReply } from '../../../src/ui/commandReply.ts';

/** The API of the extension in this window, as another extension would get it. */
export async function flotilla(): Promise<FlotillaApi> {
  const extension = vscode.extensions.getExtension<FlotillaApi>('flotilla.flotilla');
  assert.ok(extension, 'the extension is not loaded');
  return await extension.activate();
}

/** Runs one of our commands with plain arguments. */
export async function command(id: string, ...args: readonly unknown[]): Promise<CommandReply> {
  return await vscode.commands.executeCommand<CommandReply>(`flotilla.${id}`, ...args);
}

/** The first truthy answer about the fleet; asked again after every change. Mocha's own limit ends a wait for something that never comes. */
export async function until<T>(api: FlotillaApi, look: (fleet: FleetSnapshot) => T | undefined | false): Promise<T> {
  return await new Promise<T>((resolve, reject) => {
    const check = (): void => {
      try {
        const found = look(api.snapshot());
        if (found !== undefined && found !== false) {
          listening.dispose();
          resolve(found);
        }
      } catch (error) {
        listening.dispose();
        reject(error);
      }
    };
    const listening = api.onDidChange(check);
    check();
  });
}

const over = new Set(['done', 'failed', 'killed', 'interrupted']);

export function isOver({ phase }: Pick<AgentSnapshot, 'phase'>): boolean {
  return over.has(phase);
}

/** Stops and deletes everything, so that each test begins with an empty fleet. */
export async function clearFleet(): Promise<void> {
  const api = await flotilla();
  await api.killAll();
  await until(api, ({ agents }) => agents.every(isOver));
  await command('deleteEnded', true);
  assert.deepEqual(api.snapshot().agents, []);
}
