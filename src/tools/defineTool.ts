import * as z from 'zod';
import type { Json } from '../core/json.ts';
import type { PreparedCall, Tool } from '../orchestrator/ports.ts';
import { describeIssues, findUnsafe } from './inputProblems.ts';

/** An expected failure of a tool; its message is written for the model and becomes the text of an error result. */
export class ToolError extends Error {
  constructor(text: string, options?: ErrorOptions) {
    super(text, options);
    this.name = 'ToolError';
  }
}

/** What a tool file supplies. `input` must be made of `z.strictObject` at every level. */
export interface ToolDefinition<Input extends z.ZodObject> {
  readonly name: string;
  readonly description: string;
  readonly input: Input;
  /** Works out the exact plan of a checked input. A ToolError thrown here, or in `run`, is told to the model. */
  readonly prepare: (
    input: z.output<Input>,
    agent: Parameters<Tool['prepare']>[1],
    signal: AbortSignal,
  ) => PreparedCall | Promise<PreparedCall>;
}

/**
 * Makes a tool whose input is checked against a closed schema before anything looks at it. Expected failures become refusals and error
 * results; anything else that is thrown is a defect or an abort and passes through.
 */
export function defineTool<Input extends z.ZodObject>(definition: ToolDefinition<Input>): Tool {
  const { name, description, input: schema } = definition;
  return {
    spec: { name, description, inputSchema: toInputSchema(name, schema) },
    prepare: async (input, agent, signal) => {
      const unsafe = findUnsafe(input);
      if (unsafe.length > 0) {
        return { kind: 'refused', text: refusalText(name, unsafe) };
      }
      const parsed = schema.safeParse(input);
      if (!parsed.success) {
        return { kind: 'refused', text: refusalText(name, describeIssues(parsed.error.issues, input, Object.keys(schema.shape))) };
      }
      try {
        return withExpectedErrors(await definition.prepare(parsed.data, agent, signal));
      } catch (error) {
        if (error instanceof ToolError) {
          return { kind: 'refused', text: error.message };
        }
        throw error;
      }
    },
  };
}

/** The JSON Schema a model sees; throws a TypeError when an object in it is not closed, so that a typo cannot pass unnoticed. */
function toInputSchema(name: string, schema: z.ZodObject): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, {
    io: 'input',
    override: ({ jsonSchema }) => {
      if (jsonSchema.type === 'object' && jsonSchema.additionalProperties !== false) {
        throw new TypeError(`Tool ${name}: every object of the input must be a z.strictObject`);
      }
      // The limits of safe integers say nothing to a model and cost tokens in every request.
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) {
        delete jsonSchema.maximum;
      }
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) {
        delete jsonSchema.minimum;
      }
    },
  });
  const text = JSON.stringify(rest);
  const plain: Json = JSON.parse(text);
  return plain;
}

function refusalText(name: string, problems: readonly string[]): string {
  return [
    `The input of ${name} is not valid; nothing was done.`,
    ...problems.map((problem) => `- ${problem}`),
    `Correct it and call ${name} again.`,
  ].join('\n');
}

function withExpectedErrors(call: PreparedCall): PreparedCall {
  if (call.kind === 'refused') {
    return call;
  }
  return {
    ...call,
    run: async (context, signal) => {
      try {
        return await call.run(context, signal);
      } catch (error) {
        if (error instanceof ToolError) {
          return { text: error.message, isError: true };
        }
        throw error;
      }
    },
  };
}
