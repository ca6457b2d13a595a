import type { Json } from '../../src/core/json.ts';
import { reportSchema } from '../../src/core/events.ts';
import { toId } from '../../src/core/ids.ts';
import type { PreparedCall, Tool, ToolContext, ToolOutcome } from '../../src/orchestrator/ports.ts';
import type { Gate } from './gate.ts';

type Input = { readonly [key: string]: Json };

/** A tool for engine tests: its input is taken as it is. */
export function testTool(
  name: string,
  run: (input: Input, context: ToolContext, signal: AbortSignal) => Promise<ToolOutcome> | ToolOutcome,
  options: Partial<Omit<Extract<PreparedCall, { kind: 'ready' }>, 'kind' | 'run'>> = {},
): Tool {
  return {
    spec: { name, description: name, inputSchema: { type: 'object' } },
    prepare: async (input) => ({
      kind: 'ready',
      title: name,
      outside: false,
      ...options,
      run: async (context, signal) => run(asInput(input), context, signal),
    }),
  };
}

function asInput(input: Json): Input {
  return typeof input === 'object' && input !== null && !Array.isArray(input) ? (input as Input) : {};
}

const ok = (text: string): ToolOutcome => ({ text, isError: false });

/** The coordination tools and the report in their shortest form, so that a failing engine test points at the engine. */
export const engineTools: readonly Tool[] = [
  testTool('spawn_agent', (input, { coordination }) => {
    const result = coordination.spawn({ label: String(input.label), agentType: 'general', brief: { objective: String(input.label) } });
    return result.ok ? ok(`Spawned ${result.accepted.agentId}`) : { text: result.rejection.message, isError: true };
  }),
  testTool(
    'wait_for_agents',
    async (_, { coordination }, signal) => {
      await coordination.waitForMessages(signal);
      return ok('woken');
    },
    { waitsFor: 'children' },
  ),
  testTool('kill_agent', (input, { coordination }) => {
    const target = coordination.agents().find((agent) => agent.label === input.label);
    const result = coordination.kill(target?.id ?? toId('agent', 'nobody'));
    return result.ok ? ok('killed') : { text: result.rejection.message, isError: true };
  }),
  testTool('report', (input) => ({ text: 'Reported.', isError: false, report: reportSchema.parse(input) })),
];

/** A tool that does nothing until its gate opens, and stops at once when told to. */
export function gatedTool(name: string, gate: Gate): Tool {
  return testTool(name, async (_, __, signal) => {
    await gate.pass(signal);
    return ok(`${name} done`);
  });
}
