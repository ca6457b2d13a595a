import * as z from 'zod';
import type { Json } from '../../../src/core/json.ts';

const text = z.string().min(1);
const lines = z.number().int().positive();
const severity = z.enum(['high', 'medium', 'low', 'info']);
const priority = z.enum(['high', 'medium', 'low']);
const finding = z.strictObject({ text, path: text.optional(), line: lines.optional(), severity: severity.optional() });

const taskFields = {
  objective: text.optional(),
  paths: z.array(text).min(1).optional(),
  focus: text.optional(),
  context: text.optional(),
  output_format: text.optional(),
  done_criteria: z.array(text).optional(),
  depends_on: z.array(text).optional(),
  priority: priority.optional(),
  attempts: lines.optional(),
  needs: z.array(text).optional(),
  publishes: z.array(text).optional(),
};
const taskName = z.string().regex(/^[A-Za-z0-9][\w.-]{0,63}$/);
const planChange = z.strictObject({
  reason: text,
  add: z
    .array(z.strictObject({ ...taskFields, id: taskName, title: text, agent_type: text, objective: text }))
    .min(1)
    .optional(),
  edit: z
    .array(z.strictObject({ ...taskFields, id: taskName, title: text.optional(), agent_type: text.optional() }))
    .min(1)
    .optional(),
  cancel: z.array(taskName).min(1).optional(),
});

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
      verdict: z.enum(['approve', 'changes']).optional(),
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
      task_id: taskName.optional(),
      depends_on: z.array(text).min(1).optional(),
      priority: priority.optional(),
      needs: z.array(text).optional(),
      publishes: z.array(text).optional(),
    }),
  ],
  ['wait_for_agents', z.strictObject({})],
  ['list_agents', z.strictObject({})],
  ['steer_agent', z.strictObject({ agent_id: text, text, interrupt: z.boolean().optional() })],
  ['wrap_up_agent', z.strictObject({ agent_id: text })],
  ['kill_agent', z.strictObject({ agent_id: text })],
  ['change_plan', planChange],
  ['propose_change', planChange],
  ['settle_proposal', z.strictObject({ proposal_id: text, accept: z.boolean(), reason: text.optional() })],
  ['view_plan', z.strictObject({})],
  ['publish_artefact', z.strictObject({ name: text, content: text })],
  ['read_artefact', z.strictObject({ name: text })],
  ['hand_over', z.strictObject({ done: text, left: text, findings: z.array(finding).optional(), files: z.array(text).optional() })],
  [
    'message_agent',
    z.strictObject({
      agent_id: text,
      kind: z.enum(['info', 'request', 'warning', 'confirmation']),
      text,
      reply_to: text.optional(),
      wait_minutes: lines.max(30).optional(),
    }),
  ],
]);

/** What is wrong with the input of a call by the fixed shapes of the tools, or undefined. */
export function inputProblem(name: string, input: Readonly<Record<string, Json>>): string | undefined {
  const shape = shapes.get(name);
  return shape === undefined ? 'no such tool' : shape.safeParse(input).error?.message;
}
