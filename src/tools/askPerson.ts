import * as z from 'zod';
import { firstLine } from '../core/rowText.ts';
import type { Tool } from '../orchestrator/ports.ts';
import { defineTool, ToolError } from './defineTool.ts';

/** The tool `ask_person`: a question only the person can answer; the call waits for the answer. */
export function createAskPersonTool(): Tool {
  return defineTool({
    name: 'ask_person',
    description:
      'Asks the person a question and waits for the answer, which may take long. Only for what neither the workspace nor your brief can tell and what you cannot decide with a stated assumption. Offer options when there are a few clear ones.',
    input: z.strictObject({
      question: z.string().min(1).max(4000).describe('The question with all that is needed to answer it.'),
      options: z.array(z.string().min(1).max(200)).max(8).optional(),
    }),
    prepare: ({ question, options }) => {
      if (question.trim() === '') {
        throw new ToolError('The question is empty; nobody was asked.');
      }
      return {
        kind: 'ready',
        title: `Ask: ${firstLine(question, 80)}`,
        outside: false,
        waitsFor: 'answer',
        run: async (context) => {
          const answer = await context.askPerson(question.trim(), options ?? []);
          const text =
            answer.trim() === ''
              ? 'The person gave no answer. Go on with a stated assumption, or report the question as open.'
              : `The person answered: ${answer}`;
          return { text, isError: false };
        },
      };
    },
  });
}
