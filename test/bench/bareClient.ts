import { Anthropic } from '@anthropic-ai/sdk';
import { type Client, serveClient } from './clientProcess.ts';
import { fileText, model, readFile, reportTool, system } from './load.ts';
import type { Work } from './messages.ts';

/** The loop everyone writes first: stream, wait for the message, answer its calls, again. */
serveClient(async ({ url, key, agents }: Work): Promise<Client> => {
  const client = new Anthropic({ apiKey: key, baseURL: url, openTelemetry: false });
  const tools: Anthropic.Tool[] = [readFile, reportTool].map(({ name, description }) => ({
    name,
    description,
    input_schema: { type: 'object' },
  }));
  let ended = 0;
  const runAgent = async (number: number, onTurn: (turn: number) => void): Promise<void> => {
    const messages: Anthropic.MessageParam[] = [{ role: 'user', content: `Agent ${number + 1}: look around and report.` }];
    for (let turn = 1; ; turn++) {
      const message = await client.messages.stream({ model, max_tokens: 64_000, system, tools, messages }).finalMessage();
      onTurn(turn);
      const calls = message.content.flatMap((block) => (block.type === 'tool_use' ? [block] : []));
      if (calls.length === 0 || calls.some(({ name }) => name === 'report')) {
        ended++;
        return;
      }
      messages.push({ role: 'assistant', content: message.content });
      messages.push({ role: 'user', content: calls.map(({ id }) => ({ type: 'tool_result', tool_use_id: id, content: fileText })) });
    }
  };
  return {
    run: async (halfway) => {
      let told = false;
      const onTurn = (turn: number): void => {
        if (!told && turn === 3) {
          told = true;
          halfway();
        }
      };
      await Promise.all(Array.from({ length: agents }, (_, number) => runAgent(number, onTurn)));
      if (ended !== agents) {
        throw new Error(`${ended} of ${agents} agents ended`);
      }
    },
    close: async () => undefined,
  };
});
