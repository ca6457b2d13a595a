import { lead } from './prompts/lead.ts';
import { builder, general, reviewer, scout } from './prompts/workers.ts';

/** What kind of agent something is. The same shape as the orchestrator's port of that name. */
interface AgentType {
  readonly name: string;
  readonly description: string;
  /** What it is told after what all agents are told. */
  readonly system: string;
  readonly tools: readonly string[];
  readonly role: 'lead' | 'worker' | 'scout';
}

const reading = ['read_file', 'list_files', 'find_files', 'search_text'] as const;
const changing = ['edit_file', 'write_file', 'run_command'] as const;
const memory = ['write_note', 'read_note', 'read_output'] as const;
const coordination = [
  'spawn_agent',
  'message_agent',
  'wait_for_agents',
  'list_agents',
  'steer_agent',
  'wrap_up_agent',
  'kill_agent',
] as const;

/** The agent types that are always there. Their tool lists are in the order in which models see them, which must not vary. */
export const builtInAgentTypes: readonly AgentType[] = [
  {
    name: 'lead',
    description: 'Divides a large task among agents of its own and puts their results together; changes nothing itself.',
    system: lead,
    tools: [...coordination, ...reading, ...memory, 'ask_person', 'hand_over', 'report'],
    role: 'lead',
  },
  {
    name: 'general',
    description: 'Does a task of any kind: reads, changes files, runs commands.',
    system: general,
    tools: [...reading, ...changing, ...memory, 'message_agent', 'list_agents', 'ask_person', 'hand_over', 'report'],
    role: 'worker',
  },
  {
    name: 'scout',
    description: 'Finds out where and how things are in the workspace, fast; reads only.',
    system: scout,
    tools: [...reading, ...memory, 'message_agent', 'hand_over', 'report'],
    role: 'scout',
  },
  {
    name: 'builder',
    description: 'Makes one change to the code, with tests, and verifies it.',
    system: builder,
    tools: [...reading, ...changing, ...memory, 'message_agent', 'list_agents', 'ask_person', 'hand_over', 'report'],
    role: 'worker',
  },
  {
    name: 'reviewer',
    description: 'Judges code or a change and proves what is wrong; reads and runs tests, edits nothing.',
    system: reviewer,
    tools: [...reading, 'run_command', ...memory, 'message_agent', 'hand_over', 'report'],
    role: 'worker',
  },
];
