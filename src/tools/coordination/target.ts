import type { Accepted, CommandResult } from '../../core/commands.ts';
import type { Agent } from '../../core/state.ts';
import type { ToolContext } from '../../orchestrator/ports.ts';
import { ToolError } from '../defineTool.ts';

/** The agent of the caller's run that the text names, by id or by a label that only one has. Throws a ToolError that lists who there is. */
export function findTarget(context: ToolContext, text: string): Agent {
  const agents = context.coordination.agents();
  const named = agents.filter((agent) => agent.label === text);
  const target = agents.find((agent) => agent.id === text) ?? (named.length === 1 ? named[0] : undefined);
  if (target === undefined) {
    const others = agents.filter((agent) => agent.id !== context.agentId).map(nameOf);
    const known = others.length === 0 ? 'There are no other agents in it.' : `The others are: ${others.join(', ')}.`;
    throw new ToolError(`There is no agent ${JSON.stringify(text)} in this run. ${known}`);
  }
  return target;
}

/** Like {@link findTarget}, but refuses the caller itself and those it works for, over whom it has no say. */
export function findSubordinate(context: ToolContext, text: string, verb: string): Agent {
  const target = findTarget(context, text);
  if (target.id === context.agentId) {
    throw new ToolError(`You cannot ${verb} yourself. When your work is done, call report.`);
  }
  if (ancestorsOf(context).includes(target.id)) {
    throw new ToolError(`You work for ${nameOf(target)}, so you cannot ${verb} that agent. Send it a message with message_agent instead.`);
  }
  return target;
}

/** How an agent is named to a model. */
export function nameOf(agent: Agent): string {
  return `${agent.label} (${agent.id})`;
}

/** What an accepted command made; a ToolError with the way out for a refused one. */
export function acceptedOf(result: CommandResult): Accepted {
  if (!result.ok) {
    throw new ToolError(`${result.rejection.message} ${result.rejection.next}`.trim());
  }
  return result.accepted;
}

function ancestorsOf(context: ToolContext): readonly string[] {
  const parentById = new Map(context.coordination.agents().map((agent) => [agent.id, agent.parentId]));
  const ancestors: string[] = [];
  for (let id = parentById.get(context.agentId); id !== undefined && !ancestors.includes(id); id = parentById.get(id)) {
    ancestors.push(id);
  }
  return ancestors;
}
