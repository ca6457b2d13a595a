import type { AgentId } from '../core/ids.ts';
import type { Tool } from '../orchestrator/ports.ts';

/** Tools that work where their agent works. `at`: the tools of an agent's own folder; undefined when it works in the open ones. */
export function placedTools(open: readonly Tool[], at: (agentId: AgentId) => readonly Tool[] | undefined): readonly Tool[] {
  return open.map((tool) => ({
    get spec() {
      return tool.spec;
    },
    prepare: (input, agent, signal) => {
      const own = at(agent.id)?.find((one) => one.spec.name === tool.spec.name);
      return (own ?? tool).prepare(input, agent, signal);
    },
  }));
}
