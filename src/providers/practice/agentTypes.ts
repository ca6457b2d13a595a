import type { ToolSpec } from '../../core/events.ts';

/** The first of the wanted agent types that there is, by what a tool's description and schema say; without the tool, the first wanted. */
export function knownType(specs: readonly ToolSpec[], tool: string, wanted: readonly string[]): string {
  const spec = specs.find((entry) => entry.name === tool);
  const known = spec === undefined ? wanted.join(' ') : `${spec.description} ${JSON.stringify(spec.inputSchema)}`;
  return wanted.find((name) => new RegExp(`\\b${name}\\b`).test(known)) ?? 'general';
}
