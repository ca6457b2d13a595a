import type { ToolSpec } from '../../src/core/events.ts';

/** The same prompt, tools and tool results for every client, so that only the loop around them differs. */
export const model = 'claude-sonnet-5-5';
export const system = 'You are one of many agents that look at a repository. Work with care, and say only what you saw. '.repeat(30);
export const readFile: ToolSpec = {
  name: 'read_file',
  description: 'Reads a file.',
  inputSchema: { type: 'object', properties: { path: { type: 'string' } }, required: ['path'], additionalProperties: false },
};
export const reportTool: ToolSpec = {
  name: 'report',
  description: 'Ends your work.',
  inputSchema: { type: 'object', properties: { summary: { type: 'string' } }, required: ['summary'] },
};
export const fileText = '   12\tconst value = compute(input); // a line like any other\n'.repeat(40);
