import * as z from 'zod';
import type { Tool } from '../orchestrator/ports.ts';
import type { WorkspaceFiles } from '../workspace/workspaceFiles.ts';
import { defineTool, ToolError } from './defineTool.ts';
import { pathField } from './fileFields.ts';

/** read_file: numbered lines of a text file. */
export function createReadFileTool(files: Pick<WorkspaceFiles, 'paths' | 'readLines'>): Tool {
  return defineTool({
    name: 'read_file',
    description:
      'Reads a text file of the workspace, or the lines from from_line to to_line. Each line has its number and a tab before it, which are not part of the file. At most 2000 lines at once. Shows unsaved changes of an open editor.',
    input: z.strictObject({
      path: pathField,
      from_line: z.number().int().positive().optional().describe('First line, from 1.'),
      to_line: z.number().int().positive().optional().describe('Last line, included.'),
    }),
    prepare: async ({ path, from_line: from, to_line: to }) => {
      if (from !== undefined && to !== undefined && to < from) {
        throw new ToolError(`to_line ${to} is before from_line ${from}; nothing was read.`);
      }
      const place = await files.paths.resolve(path, 'read');
      if (!place.ok) {
        return { kind: 'refused', text: place.text };
      }
      const { display } = place;
      const range = from === undefined && to === undefined ? '' : `:${from ?? 1}-${to ?? ''}`;
      return {
        kind: 'ready',
        title: `Read ${display}${range}`,
        place: { path: display, ...(from === undefined ? {} : { line: from }), ...(to === undefined ? {} : { endLine: to }) },
        outside: false,
        run: async ({ agentId }) => {
          const read = await files.readLines(agentId, path, from ?? 1, to);
          return read.ok
            ? { text: read.text, isError: false, paged: true, effects: [{ kind: 'read', path: read.display }] }
            : { text: read.text, isError: true };
        },
      };
    },
  });
}
