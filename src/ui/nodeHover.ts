import type * as vscode from 'vscode';
import { requestOf } from '../core/openRequests.ts';
import type { Row, TypeDefinition } from '../core/rows.ts';
import type { FleetState } from '../core/state.ts';
import type { FleetNode } from './fleetNodes.ts';
import { agentHover, askHover, decisionHover, runHover, taskHover, trainHover } from './hover.ts';

/** What hovers look up. */
export interface HoverDeps {
  readonly providerLabel: (providerId: string) => string;
  readonly definitionOf: (agentType: string) => TypeDefinition | undefined;
}

/** What a row of the tree has no room for; undefined when the row says it all. */
export function nodeHover(node: FleetNode, row: Row, state: FleetState, deps: HoverDeps): vscode.MarkdownString | undefined {
  switch (node.kind) {
    case 'needsYou':
      return undefined;
    case 'ask': {
      const open = requestOf(state, node.askId);
      if (open === undefined) {
        return undefined;
      }
      if (open.kind === 'train') {
        return trainHover(open.request);
      }
      return open.kind === 'ask' ? askHover(open.ask, state.agents[open.ask.agentId]) : decisionHover(open.decision);
    }
    case 'task': {
      const plan = state.plans[node.runId];
      const task = plan?.tasks.find((one) => one.id === node.taskId);
      return plan === undefined || task === undefined ? undefined : taskHover(plan, task, row);
    }
    case 'run': {
      const run = state.runs[node.runId];
      return run === undefined ? undefined : runHover(run, row, state);
    }
    case 'agent': {
      const agent = state.agents[node.agentId];
      return agent === undefined
        ? undefined
        : agentHover(agent, row, deps.providerLabel(agent.provider), deps.definitionOf(agent.agentType));
    }
  }
}
