import * as z from 'zod';
import { countText, doingText } from '../../core/rowText.ts';
import { isLive } from '../../core/selectors.ts';
import { waitsFor } from '../../core/plan/planGraph.ts';
import { openTasksOf } from '../../core/plan/planSettle.ts';
import type { Agent, Plan, Task } from '../../core/state.ts';
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
        if (before.messages === 0 && before.atWork.length + before.toCome.length === 0) {
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
  /** What it asked for and nobody has begun, with what each waits for. */
  readonly toCome: readonly string[];
}

function look({ coordination, agentId }: ToolContext): View {
  const agents = coordination.agents();
  const atWork = agents.filter((agent) => agent.parentId === agentId && isLive(agent));
  const plan = coordination.plan();
  const busy = new Set(atWork.map((agent) => agent.taskId));
  return {
    messages: agents.find((agent) => agent.id === agentId)?.mailbox.length ?? 0,
    atWork,
    toCome: plan === undefined ? [] : openTasksOf(plan, agentId).flatMap((task) => (busy.has(task.id) ? [] : waitingText(plan, task))),
  };
}

function waitingText(plan: Plan, task: Task): string {
  const names = waitsFor(plan, task).map((wait) => wait.name);
  return `${task.title} (${names.length === 0 ? 'waits for a slot or for the person' : `waits for ${names.join(', ')}`})`;
}

function waitedText({ messages, atWork, toCome }: View, now: number): string {
  const arrived = messages === 0 ? 'No message has arrived.' : `${countText(messages, 'message')} arrived; read below.`;
  const working =
    atWork.length === 0
      ? 'None of your agents is at work any more.'
      : `Still at work: ${atWork.map((agent) => `${nameOf(agent)}: ${doingText(agent, now)}`).join('; ')}.`;
  const waiting = toCome.length === 0 ? '' : ` Still to start: ${toCome.join('; ')}.`;
  return `${arrived} ${working}${waiting}`;
}
