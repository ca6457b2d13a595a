import type { Tool, ToolBox } from '../orchestrator/ports.ts';

/** Puts all tools where agents can be given theirs. Throws when two tools share a name, and later when an agent type names one that does not exist. */
export function createToolBox(tools: readonly Tool[]): ToolBox {
  const toolByName = new Map<string, Tool>();
  for (const tool of tools) {
    if (toolByName.has(tool.spec.name)) {
      throw new Error(`Two tools are called ${tool.spec.name}`);
    }
    toolByName.set(tool.spec.name, tool);
  }
  return {
    find: (name) => toolByName.get(name),
    specsFor: (agentType) =>
      agentType.tools.map((name) => {
        const tool = toolByName.get(name);
        if (tool === undefined) {
          throw new Error(`The agent type ${agentType.name} names the tool ${name}, which does not exist`);
        }
        return tool.spec;
      }),
  };
}
