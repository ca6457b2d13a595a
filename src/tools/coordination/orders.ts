import * as z from 'zod';
import type { Tool } from '../../orchestrator/ports.ts';
import { defineTool } from '../defineTool.ts';
import { acceptedOf, findSubordinate, nameOf } from './target.ts';

const agentId = z.string().min(1).describe('Id of the agent, as spawn_agent and list_agents give it.');
const text = z.string().min(1).max(20_000);

/** The tool `steer_agent`: an instruction to an agent further down. */
export function createSteerAgentTool(): Tool {
  return defineTool({
    name: 'steer_agent',
    description:
      'Gives a working agent a new instruction, which it reads before its next step; with interrupt its current step is broken off to deliver it at once. It keeps everything it knows.',
    input: z.strictObject({
      agent_id: agentId,
      text,
      interrupt: z.boolean().optional().describe('Only when what it is doing now is wrong or harmful.'),
    }),
    prepare: (input) => ({
      kind: 'ready',
      title: `Steer ${input.agent_id}`,
      outside: false,
      run: async (context) => {
        const target = findSubordinate(context, input.agent_id, 'steer');
        acceptedOf(context.coordination.send(target.id, 'steer', input.text, { interrupt: input.interrupt ?? false }));
        return { text: `Steered ${nameOf(target)}.`, isError: false };
      },
    }),
  });
}

/** The tool `wrap_up_agent`: finish soon and report. */
export function createWrapUpAgentTool(): Tool {
  return defineTool({
    name: 'wrap_up_agent',
    description: 'Asks a working agent, and those it spawned, to finish now and report what there is. Its report still comes.',
    input: z.strictObject({ agent_id: agentId }),
    prepare: (input) => ({
      kind: 'ready',
      title: `Wrap up ${input.agent_id}`,
      outside: false,
      run: async (context) => {
        const target = findSubordinate(context, input.agent_id, 'wrap up');
        acceptedOf(context.coordination.wrapUp(target.id));
        return { text: `${nameOf(target)} was asked to wrap up; its report will come as a message.`, isError: false };
      },
    }),
  });
}

/** The tool `kill_agent`: end an agent and those below it now. */
export function createKillAgentTool(): Tool {
  return defineTool({
    name: 'kill_agent',
    description:
      'Ends a working agent, and those it spawned, at once. What it found and did not report is lost; prefer wrap_up_agent unless its work is worthless or harmful.',
    input: z.strictObject({ agent_id: agentId }),
    prepare: (input) => ({
      kind: 'ready',
      title: `Kill ${input.agent_id}`,
      outside: false,
      run: async (context) => {
        const target = findSubordinate(context, input.agent_id, 'kill');
        const { reached } = acceptedOf(context.coordination.kill(target.id));
        const others = reached > 1 ? ` and ${reached - 1} below it` : '';
        return { text: `Killed ${nameOf(target)}${others}.`, isError: false };
      },
    }),
  });
}
