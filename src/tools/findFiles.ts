import * as z from 'zod';
import type { Tool } from '../orchestrator/ports.ts';
import type { WorkspaceFiles } from '../workspace/workspaceFiles.ts';
import { defineTool } from './defineTool.ts';
import { pathField, pathsOutcome } from './fileFields.ts';

/** find_files: files whose path matches a glob. */
export function createFindFilesTool(files: Pick<WorkspaceFiles, 'find'>): Tool {
  return defineTool({
    name: 'find_files',
    description:
      'Finds files by a glob such as *.ts, src/**/*.test.ts or {a,b}/*.json, one path a line. A glob without a slash matches file names in every folder. Leaves out .git, node_modules and what .gitignore names.',
    input: z.strictObject({
      glob: z.string().min(1).max(500),
      path: pathField.optional().describe('Folder to look in; the whole workspace if not given.'),
    }),
    prepare: ({ glob, path }) => ({
      kind: 'ready',
      title: `Find ${glob}${path === undefined ? '' : ` in ${path}`}`,
      outside: false,
      run: async (_context, signal) => pathsOutcome(await files.find(glob, path, signal), 'No file matches.'),
    }),
  });
}
