import * as z from 'zod';
import type { Tool } from '../orchestrator/ports.ts';
import type { WorkspaceFiles } from '../workspace/workspaceFiles.ts';
import { defineTool } from './defineTool.ts';
import { pathField, pathsOutcome } from './fileFields.ts';

const maxDepth = 10;

/** list_files: what is in a folder. */
export function createListFilesTool(files: Pick<WorkspaceFiles, 'list'>): Tool {
  return defineTool({
    name: 'list_files',
    description:
      'Lists files and folders, one path a line, folders with a slash at the end. Leaves out .git, node_modules and what .gitignore names, unless path leads there.',
    input: z.strictObject({
      path: pathField.optional(),
      depth: z.number().int().min(1).max(maxDepth).optional().describe('How many levels of folders to list; 1 if not given.'),
    }),
    prepare: ({ path, depth }) => ({
      kind: 'ready',
      title: `List ${path ?? 'the workspace'}`,
      outside: false,
      run: async (_context, signal) => pathsOutcome(await files.list(path, depth ?? 1, signal), 'The folder is empty.'),
    }),
  });
}
