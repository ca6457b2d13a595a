import * as z from 'zod';
import { countText, doingText } from '../../core/rowText.ts';
import { isLive } from '../../core/selectors.ts';
import type { Agent } from '../../core/state.ts';
import type { Tool, ToolContext } from '../../orchestrator/ports.ts';
import { defineTool } from '../defineTool.ts';
import { nameOf } from './target.ts';

/** The tool `wait_for_agents`: one open call, free of tokens, that ends when a message is there or no child is at work. */
export function createWaitForAgentsTool(now: () => number): Tool {
  return defineTool({
    name: 'wait_for_agents',
    description:
      'Waits until a message arrives (the report of an agent you spawned, a question, an instruction) or none of your agents is at work. Waiting costs nothing. Never poll list_agents instead. Call it again while agents are still at work.',
    input: z.strictObject({}),
    prepare: () => ({
      kind: 'ready',
      title: 'Wait for its agents',
      outside: false,
      waitsFor: 'children',
      run: async (context, signal) => {
        const before = look(context);
        if (before.messages === 0 && before.atWork.length === 0) {
          return { text: 'There is nothing to wait for: no agent you spawned is at work, and no message is there.', isError: false };
        }
        await context.coordination.waitForMessages(signal);
        return { text: waitedText(look(context), now()), isError: false };
      },
    }),
  });
}

interface View {
  readonly messages: number;
  readonly atWork: readonly Agent[];
}

function look({ coordination, agentId }: ToolContext): View {
  const agents = coordination.agents();
  return {
    messages: agents.find((agent) => agent.id === agentId)?.mailbox.length ?? 0,
    atWork: agents.filter((agent) => agent.parentId === agentId && isLive(agent)),
  };
}

function waitedText({ messages, atWork }: View, now: number): string {
  const arrived = messages === 0 ? 'No message has arrived.' : `${countText(messages, 'message')} arrived; read below.`;
  const working =
    atWork.length === 0
      ? 'None of your agents is at work any more.'
      : `Still at work: ${atWork.map((agent) => `${nameOf(agent)}: ${doingText(agent, now)}`).join('; ')}.`;
  return `${arrived} ${working}`;
}
