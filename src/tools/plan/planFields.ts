import * as z from 'zod';
import { prioritySchema } from '../../core/events.ts';
import { isTaskIdText } from '../../core/ids.ts';
import type { AgentType } from '../../orchestrator/ports.ts';

const artefactNamePattern = /^[\p{L}\p{N}](?:[\p{L}\p{N} ._/-]*[\p{L}\p{N}])?$/u;

/** Whether text may name an artefact: letters and digits of any script, blanks, `.`, `_`, `/` and `-`, beginning and ending with a letter or a digit. */
export function isArtefactName(text: string): boolean {
  return artefactNamePattern.test(text);
}

const artefactNames = z
  .array(z.string().min(1).max(120).refine(isArtefactName, 'a name of letters, digits, blanks, dots, dashes, slashes and underscores'))
  .max(20);
const taskName = z
  .string()
  .regex(/^[A-Za-z0-9][\w.-]{0,63}$/, 'a task id of 1 to 64 letters, digits, dots, dashes and underscores')
  .refine(isTaskIdText, 'another task id than what every object has');
const lineText = z.string().min(1).max(2000);

/** How the fields of a task are described to models. `types` lists the agent types. */
function fieldsOf(types: string) {
  return {
    title: z.string().min(1).max(120).describe('The task in a few words, for people.'),
    agent_type: z.string().min(1).max(80).describe(types),
    objective: z
      .string()
      .min(1)
      .max(20_000)
      .describe('What to achieve, complete in itself: its agent knows nothing but this and the reports of the tasks it depends on.'),
    paths: z.array(z.string().min(1).max(1000)).max(200).optional().describe('Files and folders the task is about.'),
    focus: z.string().max(4000).optional().describe('What to look at within them.'),
    context: z.string().max(40_000).optional().describe('Facts, decisions and findings that it needs.'),
    output_format: z.string().max(4000).optional().describe('What its report must contain.'),
    done_criteria: z.array(lineText).max(30).optional().describe('How its agent knows that it is done.'),
    depends_on: z.array(taskName).max(100).optional().describe('Ids of the tasks whose reports it needs; it starts when they are done.'),
    priority: prioritySchema.optional(),
    attempts: z.number().int().min(1).max(5).optional().describe('How often it is tried when it fails; 1 without it.'),
    needs: artefactNames.optional().describe('Names of artefacts that must be published before it starts.'),
    publishes: artefactNames.optional().describe('Names of artefacts it hands to others.'),
  };
}

/** The input of a change of plan. */
export function changeSchema(agentTypes: readonly Pick<AgentType, 'name' | 'description'>[]) {
  const fields = fieldsOf(agentTypes.map(({ name, description }) => `${name}: ${description}`).join(' '));
  const id = taskName.describe('Short id, unique in the plan, for example tests or api-docs.');
  const { title, agent_type, objective, ...rest } = fields;
  return z.strictObject({
    reason: z.string().min(1).max(2000).describe('Why, in a sentence; it is recorded with the change.'),
    add: z
      .array(z.strictObject({ id, ...fields }))
      .max(100)
      .optional(),
    edit: z
      .array(z.strictObject({ id, title: title.optional(), agent_type: agent_type.optional(), objective: objective.optional(), ...rest }))
      .max(100)
      .optional()
      .describe('Tasks with the fields that are to be different; what is left out stays.'),
    cancel: z.array(taskName).max(100).optional().describe('Ids of tasks that are not to be done.'),
  });
}

/** A checked change of plan as a model asked for it. */
export type ChangeInput = z.output<ReturnType<typeof changeSchema>>;
/** A task to add. */
export type AddedTask = NonNullable<ChangeInput['add']>[number];
/** A task to edit. */
export type EditedTask = NonNullable<ChangeInput['edit']>[number];
