import * as z from 'zod';
import type { Tool, ToolOutcome } from '../orchestrator/ports.ts';
import { visibleName } from '../policy/visibleText.ts';
import type { Refusal } from '../workspace/refusal.ts';
import type { FoundLines } from '../workspace/searchText.ts';
import type { WorkspaceFiles } from '../workspace/workspaceFiles.ts';
import { defineTool } from './defineTool.ts';
import { pathField } from './fileFields.ts';

const maxTextLength = 60_000;

/** search_text: lines that match a pattern. */
export function createSearchTextTool(files: Pick<WorkspaceFiles, 'search'>): Tool {
  return defineTool({
    name: 'search_text',
    description:
      'Searches the lines of text files for a regular expression, or for plain text with literal. Answers path:line: text, in the order of paths. Leaves out .git, node_modules and what .gitignore names. Searches what is saved on disk.',
    input: z.strictObject({
      pattern: z.string().min(1).max(1000),
      path: pathField.optional().describe('File or folder to search; the whole workspace if not given.'),
      glob: z.string().min(1).max(500).optional().describe('Only files that match, such as *.ts or src/**/*.md.'),
      literal: z.boolean().optional().describe('Take the pattern as plain text.'),
      ignore_case: z.boolean().optional(),
      max_results: z.number().int().min(1).max(1000).optional().describe('100 if not given.'),
    }),
    prepare: ({ pattern, path, glob, literal = false, ignore_case: ignoreCase = false, max_results: maxResults = 100 }) => ({
      kind: 'ready',
      title: `Search ${literal ? JSON.stringify(pattern) : `/${pattern}/`}${path === undefined ? '' : ` in ${path}`}${glob === undefined ? '' : ` (${glob})`}`,
      outside: false,
      run: async (_context, signal) => searchOutcome(await files.search({ pattern, path, glob, literal, ignoreCase, maxResults }, signal)),
    }),
  });
}

function searchOutcome(found: FoundLines | Refusal): ToolOutcome {
  if (!found.ok) {
    return { text: found.text, isError: true };
  }
  const shown: string[] = [];
  let length = 0;
  for (const { path, line, text } of found.lines) {
    const shownText = `${visibleName(path)}:${line}: ${text}`;
    length += shownText.length + 1;
    if (length > maxTextLength) {
      break;
    }
    shown.push(shownText);
  }
  const notes: string[] = [];
  if (shown.length < found.total || found.stopped === 'cap') {
    const total = found.stopped === 'no' ? String(found.total) : `more than ${found.total}`;
    notes.push(`(${shown.length} of ${total} matching lines; narrow the pattern, path or glob, or raise max_results)`);
  }
  if (found.stopped === 'time') {
    notes.push('(the search took too long and was stopped, so there may be more; narrow the path or glob)');
  }
  return { text: shown.length === 0 && notes.length === 0 ? 'No line matches.' : [...shown, ...notes].join('\n'), isError: false };
}
