import * as z from 'zod';
import type { Output } from '../core/events.ts';
import type { AgentId } from '../core/ids.ts';
import type { BlobPort, Tool } from '../orchestrator/ports.ts';
import { defineTool, ToolError } from './defineTool.ts';
import { fromField, pageOf } from './textPage.ts';

export interface ReadOutputDeps {
  /** The output of a call of the agent, by the name its model was told. */
  readonly find: (agentId: AgentId, name: string) => Output | undefined;
  readonly blobs: Pick<BlobPort, 'get'>;
}

/** The tool `read_output`: the rest of a result that was too long to be told whole. */
export function createReadOutputTool({ find, blobs }: ReadOutputDeps): Tool {
  return defineTool({
    name: 'read_output',
    description:
      'Reads on in a long result of an earlier call of yours that was cut; the cut names the output. Running the call again only to see more of it wastes time.',
    input: z.strictObject({ output: z.string().describe('Name of the output, for example 12.2.'), from: fromField }),
    prepare: ({ output: name, from }, agent) => ({
      kind: 'ready',
      title: `Read on in output ${name}`,
      outside: false,
      run: async () => {
        const output = find(agent.id, name);
        if (output === undefined) {
          throw new ToolError(`You have no output ${name}. The place where a result was cut names it.`);
        }
        const text = output.blob === undefined ? output.text : await blobs.get(output.blob.hash);
        return { text: pageOf(text, from), isError: false, paged: true };
      },
    }),
  });
}
