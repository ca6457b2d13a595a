import type { AgentType } from '../orchestrator/ports.ts';
import { lead } from './prompts/lead.ts';
import { planner } from './prompts/planner.ts';
import { analyst, reviewer, scout, tester } from './prompts/readers.ts';
import { builder, general, writer } from './prompts/workers.ts';
import { changing, leading, reading } from './toolNames.ts';

const memory = ['write_note', 'read_note', 'read_output'] as const;
const artefacts = ['publish_artefact', 'read_artefact'] as const;
/** What workers have besides what they work with. */
const taking = [...memory, 'message_agent', 'list_agents', 'propose_change', 'view_plan', ...artefacts] as const;

/** The agent types that are always there. Their tool lists are in the order in which models see them, which must not vary. */
export const builtInAgentTypes: readonly AgentType[] = [
  {
    name: 'lead',
    description: 'Divides a large task among agents of its own and puts their results together; changes nothing itself.',
    system: lead,
    tools: [
      ...leading,
      'change_plan',
      'settle_proposal',
      'view_plan',
      ...artefacts,
      ...reading,
      ...memory,
      'ask_person',
      'hand_over',
      'report',
    ],
    role: 'lead',
  },
  {
    name: 'general',
    description: 'Does a task of any kind: reads, changes files, runs commands.',
    system: general,
    tools: [...reading, ...changing, ...taking, 'ask_person', 'hand_over', 'report'],
    role: 'worker',
  },
  {
    name: 'planner',
    description: 'Works out how a task is to be done and writes that as tasks into the plan; changes no files and starts no agents.',
    system: planner,
    tools: ['message_agent', 'change_plan', 'view_plan', 'read_artefact', ...reading, ...memory, 'ask_person', 'hand_over', 'report'],
    role: 'lead',
  },
  {
    name: 'scout',
    description: 'Finds out where and how things are in the workspace, fast; reads only.',
    system: scout,
    tools: [...reading, ...memory, 'message_agent', 'propose_change', 'read_artefact', 'hand_over', 'report'],
    role: 'scout',
  },
  {
    name: 'analyst',
    description: 'Makes one result out of the reports of others: merges, checks, weighs and orders; reads only.',
    system: analyst,
    tools: [...reading, ...taking, 'hand_over', 'report'],
    role: 'worker',
  },
  {
    name: 'builder',
    description: 'Makes one change to the code, with tests, and verifies it.',
    system: builder,
    tools: [...reading, ...changing, ...taking, 'ask_person', 'hand_over', 'report'],
    role: 'worker',
  },
  {
    name: 'reviewer',
    description: 'Judges code or a change and proves what is wrong; as a gate, it approves or asks for changes. Runs tests, edits nothing.',
    system: reviewer,
    tools: [...reading, 'run_command', ...taking, 'hand_over', 'report'],
    role: 'worker',
  },
  {
    name: 'tester',
    description: 'Runs tests, builds and checks and finds out why they fail; as a gate, it approves or asks for changes. Edits nothing.',
    system: tester,
    tools: [...reading, 'run_command', ...taking, 'hand_over', 'report'],
    role: 'worker',
  },
  {
    name: 'writer',
    description: 'Writes documentation and checks every statement in it against the code.',
    system: writer,
    tools: [...reading, ...changing, ...taking, 'ask_person', 'hand_over', 'report'],
    role: 'worker',
  },
];
