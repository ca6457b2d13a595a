import * as z from 'zod';
import type { Json } from '../../../src/core/json.ts';

const text = z.string().min(1);
const lines = z.number().int().positive();
const severity = z.enum(['high', 'medium', 'low', 'info']);
const priority = z.enum(['high', 'medium', 'low']);
const finding = z.strictObject({ text, path: text.optional(), line: lines.optional(), severity: severity.optional() });

const shapes: ReadonlyMap<string, z.ZodType> = new Map<string, z.ZodType>([
  ['read_file', z.strictObject({ path: text, from_line: lines.optional(), to_line: lines.optional() })],
  ['list_files', z.strictObject({ path: text.optional(), depth: lines.optional() })],
  ['find_files', z.strictObject({ glob: text, path: text.optional() })],
  [
    'search_text',
    z.strictObject({
      pattern: text,
      path: text.optional(),
      glob: text.optional(),
      literal: z.boolean().optional(),
      ignore_case: z.boolean().optional(),
      max_results: lines.optional(),
    }),
  ],
  ['edit_file', z.strictObject({ path: text, old_text: text, new_text: z.string(), replace_all: z.boolean().optional() })],
  ['write_file', z.strictObject({ path: text, content: z.string() })],
  ['run_command', z.strictObject({ command: text, folder: text.optional(), timeout_seconds: z.number().positive().optional() })],
  ['ask_person', z.strictObject({ question: text, options: z.array(text).optional() })],
  [
    'report',
    z.strictObject({
      summary: text,
      findings: z.array(finding).optional(),
      files_read: z.array(text).optional(),
      files_changed: z.array(text).optional(),
      recommendations: z.array(z.strictObject({ text, priority })).optional(),
      open_questions: z.array(text).optional(),
      notes: z.array(text).optional(),
    }),
  ],
  [
    'spawn_agent',
    z.strictObject({
      label: text.max(80),
      agent_type: text,
      objective: text,
      paths: z.array(text).min(1).optional(),
      focus: text.optional(),
      context: text.optional(),
      output_format: text.optional(),
      done_criteria: z.array(text).optional(),
      model: text.optional(),
      effort: text.optional(),
    }),
  ],
  ['wait_for_agents', z.strictObject({})],
  ['list_agents', z.strictObject({})],
  ['steer_agent', z.strictObject({ agent_id: text, text, interrupt: z.boolean().optional() })],
  ['wrap_up_agent', z.strictObject({ agent_id: text })],
  ['kill_agent', z.strictObject({ agent_id: text })],
]);

/** What is wrong with the input of a call by the fixed shapes of the tools, or undefined. */
export function inputProblem(name: string, input: Readonly<Record<string, Json>>): string | undefined {
  const shape = shapes.get(name);
  return shape === undefined ? 'no such tool' : shape.safeParse(input).error?.message;
}
