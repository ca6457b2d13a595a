import type { AgentId, AskId, RunId, TaskId } from '../core/ids.ts';
import type { RowTarget } from '../core/rows.ts';

/** An element of the fleet tree; the same thing is always the same object, as the tree view wants it. */
export type FleetNode = RowTarget & { readonly key: string };

/** Hands out the one node of each thing. */
export class FleetNodes {
  readonly #nodes = new Map<string, FleetNode>();
  readonly needsYou: FleetNode = { kind: 'needsYou', key: 'needsYou' };

  ask(askId: AskId): FleetNode {
    return this.#get(`ask:${askId}`, (key) => ({ kind: 'ask', askId, key }));
  }

  run(runId: RunId): FleetNode {
    return this.#get(`run:${runId}`, (key) => ({ kind: 'run', runId, key }));
  }

  task(runId: RunId, taskId: TaskId): FleetNode {
    return this.#get(`task:${runId}/${taskId}`, (key) => ({ kind: 'task', runId, taskId, key }));
  }

  agent(agentId: AgentId): FleetNode {
    return this.#get(`agent:${agentId}`, (key) => ({ kind: 'agent', agentId, key }));
  }

  /** Forgets the nodes of what is gone. */
  keep(isThere: (node: FleetNode) => boolean): void {
    for (const [key, node] of this.#nodes) {
      if (!isThere(node)) {
        this.#nodes.delete(key);
      }
    }
  }

  #get(key: string, make: (key: string) => FleetNode): FleetNode {
    const known = this.#nodes.get(key);
    if (known !== undefined) {
      return known;
    }
    const node = make(key);
    this.#nodes.set(key, node);
    return node;
  }
}
