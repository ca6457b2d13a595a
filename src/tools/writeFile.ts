import * as z from 'zod';
import type { Tool } from '../orchestrator/ports.ts';
import type { AgentEdits } from '../workspace/leasedEdits.ts';
import { defineTool } from './defineTool.ts';
import { pathField, prepareEdit } from './fileFields.ts';

/** write_file: creates a file, or overwrites one that the agent has read whole. */
export function createWriteFileTool(edits: AgentEdits): Tool {
  return defineTool({
    name: 'write_file',
    description:
      'Creates a file with its folders, or overwrites a file as a whole. A file that exists must have been read whole before; its encoding and line ends are kept. Prefer edit_file for changes.',
    input: z.strictObject({ path: pathField, content: z.string() }),
    prepare: ({ path, content }, agent) => prepareEdit(edits, agent.id, path, { kind: 'write', content }),
  });
}
