import * as z from 'zod';
import type { Accepted, SpawnRequest } from '../../core/commands.ts';
import { type Brief, effortSchema, prioritySchema, taskId } from '../../core/events.ts';
import { isTaskIdText } from '../../core/ids.ts';
import { firstLine } from '../../core/rowText.ts';
import type { AgentType, Coordination, Tool } from '../../orchestrator/ports.ts';
import { defineTool } from '../defineTool.ts';
import { briefFields, type CheckBriefDeps, checkBrief } from './checkedBrief.ts';
import { acceptedOf } from './target.ts';

export interface SpawnAgentDeps extends CheckBriefDeps {
  readonly agentTypes: readonly Pick<AgentType, 'name' | 'description' | 'tools'>[];
}

const names = z.array(z.string().min(1).max(120)).optional();

/** The tool `spawn_agent`. The agent types become part of its description and schema, which stay the same for a whole run. */
export function createSpawnAgentTool(deps: SpawnAgentDeps): Tool {
  const types = deps.agentTypes.map(({ name, description }) => `${name}: ${description}`).join(' ');
  const inputSchema = z.strictObject({
    label: z.string().min(1).max(80).describe('Two or three words that name the task, for people.'),
    agent_type: z.enum(deps.agentTypes.map(({ name }) => name)).describe(types),
    ...briefFields,
    model: z.string().optional().describe('Leave out unless the person asked for a certain model.'),
    effort: effortSchema.optional().describe('Leave out unless the task is much harder or easier than usual.'),
    task_id: taskIdField.optional().describe('Name of the task in the plan, for depends_on of others; made from the label if left out.'),
    depends_on: z.array(taskIdField).optional().describe('Tasks that must be done first; the agent starts then, and gets their reports.'),
    priority: prioritySchema.optional().describe('Which starts first when several could; medium if left out.'),
    needs: names.describe('Artefacts that others must have published before it starts, by name.'),
    publishes: names.describe('Artefacts it hands to others while it works, by name.'),
  });
  return defineTool({
    name: 'spawn_agent',
    description:
      'Starts an agent on a brief and answers at once with its id; it works in parallel and its report comes to you as a message. Spawn agents whose work is independent in one go, with several calls in one reply, then call wait_for_agents. With depends_on it starts by itself as soon as those tasks are done.',
    input: inputSchema,
    prepare: async (input) => {
      const { brief, notes } = await checkBrief(input, deps);
      return {
        kind: 'ready',
        title: `Spawn ${input.agent_type} ${firstLine(input.label, 60)}`,
        outside: false,
        run: async ({ coordination }) => {
          const accepted = acceptedOf(coordination.spawn(toRequest(input, brief)));
          return { text: [answerText(accepted, input, coordination), ...notes].join('\n'), isError: false };
        },
      };
    },
  });
}

const taskIdField = z
  .string()
  .regex(/^[A-Za-z0-9][\w.-]{0,63}$/, 'letters, digits, ".", "_" and "-", beginning with a letter or a digit, 64 at most')
  .refine(isTaskIdText, 'another name than what every object has');

interface SpawnInput {
  readonly label: string;
  readonly agent_type: string;
  readonly model?: string | undefined;
  readonly effort?: SpawnRequest['effort'];
  readonly task_id?: string | undefined;
  readonly depends_on?: readonly string[] | undefined;
  readonly priority?: SpawnRequest['priority'];
  readonly needs?: readonly string[] | undefined;
  readonly publishes?: readonly string[] | undefined;
}

function toRequest(input: SpawnInput, brief: Brief): SpawnRequest {
  const { label, model, effort, priority, needs, publishes } = input;
  return {
    label,
    agentType: input.agent_type,
    brief,
    model,
    effort,
    taskId: input.task_id === undefined ? undefined : taskId.parse(input.task_id),
    dependencies: input.depends_on?.map((id) => taskId.parse(id)),
    priority,
    needs: needs === undefined ? undefined : [...needs],
    publishes: publishes === undefined ? undefined : [...publishes],
  };
}

function answerText(accepted: Accepted, input: SpawnInput, coordination: Coordination): string {
  const { agentId, taskId: planned } = accepted;
  if (agentId === undefined && planned !== undefined) {
    return `Planned task ${planned} (${input.label}); it starts ${startText(input, coordination)}`;
  }
  const agent = coordination.agents().find((candidate) => candidate.id === agentId);
  return `Spawned ${agent === undefined ? `${agentId ?? ''} (${input.label})` : `${agent.id} (${agent.label})`}`;
}

/** What a planned task waits for, as far as it is open. */
function startText({ depends_on: dependsOn = [], needs = [] }: SpawnInput, coordination: Coordination): string {
  const plan = coordination.plan();
  const isDone = (id: string) => plan?.tasks.find((task) => task.id === id)?.status === 'done';
  const isPublished = (name: string) => plan?.artefacts.some((artefact) => artefact.name === name) ?? false;
  const tasks = dependsOn.filter((id) => !isDone(id));
  const artefacts = needs.filter((name) => !isPublished(name));
  const waits = [
    ...(tasks.length === 0 ? [] : [`${tasks.join(', ')} ${tasks.length === 1 ? 'is' : 'are'} done`]),
    ...(artefacts.length === 0 ? [] : [`${artefacts.join(', ')} ${artefacts.length === 1 ? 'is' : 'are'} published`]),
  ];
  return waits.length === 0 ? 'as soon as there is a slot' : `when ${waits.join(' and ')}`;
}
