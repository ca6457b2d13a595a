import type { AgentType } from '../orchestrator/ports.ts';

/*
 * Which tools there are for whom. Every list is in the order in which models see it, which must not vary.
 */

type Role = AgentType['role'];

export const reading = ['read_file', 'list_files', 'find_files', 'search_text'] as const;
export const changing = ['edit_file', 'write_file', 'run_command'] as const;
export const spawning = ['spawn_agent', 'wait_for_agents', 'steer_agent', 'wrap_up_agent', 'kill_agent'] as const;
const memory = ['write_note', 'read_note', 'read_output'] as const;
const artefacts = ['publish_artefact', 'read_artefact'] as const;

/** Spawning in the order in which leads have always seen it, with messages in between. */
export const leading = [
  'spawn_agent',
  'message_agent',
  'wait_for_agents',
  'list_agents',
  'steer_agent',
  'wrap_up_agent',
  'kill_agent',
] as const;

/** What the engine gives every agent of a role, whatever its definition says: without it an agent could not take part in a run. */
export const always: Readonly<Record<Role, readonly string[]>> = {
  lead: ['message_agent', 'list_agents', 'change_plan', 'settle_proposal', 'view_plan', ...artefacts, ...memory, 'hand_over', 'report'],
  worker: ['message_agent', 'list_agents', 'propose_change', 'view_plan', ...artefacts, ...memory, 'hand_over', 'report'],
  scout: ['message_agent', 'propose_change', 'read_artefact', ...memory, 'hand_over', 'report'],
};

/** All that an agent of a role may have; no definition gives more. */
export const mostOfRole: Readonly<Record<Role, readonly string[]>> = {
  lead: [
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
  worker: [
    ...reading,
    ...changing,
    ...memory,
    'message_agent',
    'list_agents',
    'propose_change',
    'view_plan',
    ...artefacts,
    'ask_person',
    'hand_over',
    'report',
  ],
  scout: [...reading, ...memory, 'message_agent', 'propose_change', 'read_artefact', 'hand_over', 'report'],
};

/** Every tool an agent type can name. */
export const allTools: ReadonlySet<string> = new Set(Object.values(mostOfRole).flat());
