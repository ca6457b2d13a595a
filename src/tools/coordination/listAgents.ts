import * as z from 'zod';
import { countText, doingText, formatDuration, formatTokens } from '../../core/rowText.ts';
import { isLive, phaseWord, tokensOf } from '../../core/selectors.ts';
import type { Agent } from '../../core/state.ts';
import type { Tool } from '../../orchestrator/ports.ts';
import { defineTool } from '../defineTool.ts';

const header = 'id | label | type | spawned by | phase | doing | silent for | tokens';

/** The tool `list_agents`: a table of the run's agents. `now` in ms since the epoch. */
export function createListAgentsTool(now: () => number): Tool {
  return defineTool({
    name: 'list_agents',
    description: 'Lists the agents of this run: what each is doing, for how long it has been silent, and the tokens it has used.',
    input: z.strictObject({}),
    prepare: () => ({
      kind: 'ready',
      title: 'List agents',
      outside: false,
      run: async ({ coordination, agentId }) => {
        const agents = coordination.agents();
        const at = now();
        const labelById = new Map(agents.map((agent) => [agent.id, agent.label]));
        const rows = agents.map((agent) => rowOf(agent, agent.id === agentId, agent.parentId && labelById.get(agent.parentId), at));
        const count = `${countText(agents.length, 'agent')}, ${agents.filter(isLive).length} at work`;
        return { text: [count, header, ...rows].join('\n'), isError: false };
      },
    }),
  });
}

function rowOf(agent: Agent, isSelf: boolean, parent: string | undefined, now: number): string {
  const silent = isLive(agent) ? formatDuration(now - agent.lastActivityAt) : '-';
  const cells = [
    agent.id,
    isSelf ? `${agent.label} (you)` : agent.label,
    agent.agentType,
    parent ?? '-',
    phaseWord(agent),
    doingText(agent, now),
    silent,
    formatTokens(tokensOf(agent)),
  ];
  return cells.map((cell) => cell.replaceAll(/\s*[|\n]\s*/g, ' ')).join(' | ');
}
