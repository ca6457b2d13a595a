import type { RightsSet } from '../core/events.ts';
import { allRights } from '../core/rights.ts';
import type { AgentType } from './ports.ts';

/** Tools that change files of the workspace. */
const writing: readonly string[] = ['edit_file', 'write_file'];

/**
 * What agents of a type may do at most, and so all agents below them. One that leads passes on what it may not do itself: it has no tool to
 * edit, and its builders have.
 */
export function rightsOfType({ role, tools }: Pick<AgentType, 'role' | 'tools'>): RightsSet {
  if (role === 'lead') {
    return allRights;
  }
  return {
    tools: [...tools],
    ...(tools.some((name) => writing.includes(name)) ? {} : { writes: [] }),
    commands: tools.includes('run_command') ? allRights.commands : [],
    network: role !== 'scout',
  };
}
