import type { Tool } from '../orchestrator/ports.ts';

/**
 * A tool that is made anew when the list it is about becomes another one, and stays the very same as long as the list does: its description is at
 * the beginning of prompts, which are cached only while they are alike. An agent keeps the description it was started with.
 */
export function followingTool<T>(list: () => T, make: (list: T) => Tool): Tool {
  let made: { readonly of: T; readonly tool: Tool } | undefined;
  const current = (): Tool => {
    const of = list();
    if (made === undefined || made.of !== of) {
      made = { of, tool: make(of) };
    }
    return made.tool;
  };
  return {
    get spec() {
      return current().spec;
    },
    prepare: (input, agent, signal) => current().prepare(input, agent, signal),
  };
}
