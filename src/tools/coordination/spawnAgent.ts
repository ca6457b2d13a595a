import * as z from 'zod';
import type { SpawnRequest } from '../../core/commands.ts';
import { effortSchema } from '../../core/events.ts';
import { firstLine } from '../../core/rowText.ts';
import type { AgentType, Tool } from '../../orchestrator/ports.ts';
import { defineTool, ToolError } from '../defineTool.ts';
import { acceptedOf } from './target.ts';

/** The tool `spawn_agent`. The agent types become part of its description and schema, which stay the same for a whole run. */
export function createSpawnAgentTool(agentTypes: readonly Pick<AgentType, 'name' | 'description'>[]): Tool {
  const types = agentTypes.map(({ name, description }) => `${name}: ${description}`).join(' ');
  const inputSchema = z.strictObject({
    label: z.string().min(1).max(80).describe('Two or three words that name the task, for people.'),
    agent_type: z.enum(agentTypes.map(({ name }) => name)).describe(types),
    objective: z.string().min(1).describe('What to achieve, complete in itself: the agent knows nothing but this brief.'),
    paths: z.array(z.string()).optional().describe('Files and folders the task is about.'),
    focus: z.string().optional().describe('What to look at within them.'),
    context: z.string().optional().describe('Facts, decisions and findings of others that it needs.'),
    output_format: z.string().optional().describe('What its report must contain.'),
    done_criteria: z.array(z.string()).optional().describe('How it knows that it is done.'),
    model: z.string().optional().describe('Leave out unless the person asked for a certain model.'),
    effort: effortSchema.optional().describe('Leave out unless the task is much harder or easier than usual.'),
  });
  return defineTool({
    name: 'spawn_agent',
    description:
      'Starts an agent on a brief and answers at once with its id; it works in parallel and its report comes to you as a message. Spawn agents whose work is independent in one go, with several calls in one reply, then call wait_for_agents.',
    input: inputSchema,
    prepare: (input) => {
      if (input.objective.trim() === '') {
        throw new ToolError('The objective is empty; no agent was started.');
      }
      return {
        kind: 'ready',
        title: `Spawn ${input.agent_type} ${firstLine(input.label, 60)}`,
        outside: false,
        run: async ({ coordination }) => {
          const { agentId } = acceptedOf(coordination.spawn(toRequest(input)));
          const agent = coordination.agents().find((candidate) => candidate.id === agentId);
          return {
            text: `Spawned ${agent === undefined ? `${agentId ?? ''} (${input.label})` : `${agent.id} (${agent.label})`}`,
            isError: false,
          };
        },
      };
    },
  });
}

interface SpawnInput {
  readonly label: string;
  readonly agent_type: string;
  readonly objective: string;
  readonly paths?: string[] | undefined;
  readonly focus?: string | undefined;
  readonly context?: string | undefined;
  readonly output_format?: string | undefined;
  readonly done_criteria?: string[] | undefined;
  readonly model?: string | undefined;
  readonly effort?: SpawnRequest['effort'];
}

function toRequest(input: SpawnInput): SpawnRequest {
  const { label, paths, focus, model, effort } = input;
  return {
    label,
    agentType: input.agent_type,
    brief: {
      objective: input.objective,
      scope: paths === undefined && focus === undefined ? undefined : { paths: paths ?? [], focus },
      context: input.context,
      outputFormat: input.output_format,
      constraints: input.done_criteria === undefined ? undefined : { doneCriteria: input.done_criteria },
    },
    model,
    effort,
  };
}
