import * as z from 'zod';
import type { Tool } from '../orchestrator/ports.ts';
import type { AgentEdits } from '../workspace/leasedEdits.ts';
import { defineTool } from './defineTool.ts';
import { pathField, prepareEdit } from './fileFields.ts';

/** edit_file: replaces exact text in a file. */
export function createEditFileTool(edits: AgentEdits): Tool {
  return defineTool({
    name: 'edit_file',
    description:
      'Replaces old_text, which must occur exactly once, by new_text. Read the file first: an edit of a file that you have not read or that has changed since is refused and shows the present text. All other bytes, the encoding and the line ends stay as they are.',
    input: z.strictObject({
      path: pathField,
      old_text: z.string().describe('The exact text to replace, white space included, without line numbers.'),
      new_text: z.string(),
      replace_all: z.boolean().optional().describe('Replace every occurrence.'),
    }),
    prepare: ({ path, old_text: oldText, new_text: newText, replace_all: all = false }, agent) =>
      prepareEdit(edits, agent.id, path, { kind: 'replace', oldText, newText, all }),
  });
}
