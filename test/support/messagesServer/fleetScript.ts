import type { Piece, Reply } from './reply.ts';
import type { SeenRequest } from './server.ts';
import { openingOf, type WireRequest } from './wire.ts';

/** How a scripted fleet behaves. */
export interface FleetScriptOptions {
  /** How many workers a lead spawns. */
  readonly workers: number;
  /** How many turns with tool calls a worker takes before it reports. */
  readonly turns: number;
  /** How long a reply takes to begin, in ms; each worker's own is up to twice as long, by its number. */
  readonly firstMs: number;
  readonly betweenMs: number;
  /** Characters per delta. */
  readonly deltaChars: number;
}

/** Work of a kind that any repository allows; a worker calls the first of these tools that it has, in turns. */
const work: readonly (readonly [string, Extract<Piece, { type: 'tool_use' }>['input']])[] = [
  ['list_files', {}],
  ['search_text', { pattern: 'function', max_results: 5 }],
  ['read_file', { path: 'package.json' }],
];

/** Replies for whole runs: a lead (who can spawn) spawns workers, waits for all their reports and reports; a worker looks around and reports. */
export function createFleetScript(options: FleetScriptOptions): (seen: SeenRequest) => Reply {
  return (seen) => {
    const isLead = toolNames(seen.request).has('spawn_agent') && !/Worker \d/.test(openingOf(seen.request));
    const pieces = isLead ? leadPieces(seen, options) : workerPieces(seen, options);
    const slowness = isLead ? 1 : 1 + (numberIn(JSON.stringify(seen.request.messages[0])) % 10) / 10;
    const pace = { first: Math.round(options.firstMs * slowness), between: options.betweenMs };
    return { pieces, pace, deltaChars: options.deltaChars };
  };
}

function leadPieces({ turn, request }: SeenRequest, { workers }: FleetScriptOptions): readonly Piece[] {
  if (turn === 0) {
    const spawns = Array.from({ length: workers }, (_, index): Piece => {
      const label = `Worker ${index + 1}`;
      return {
        type: 'tool_use',
        name: 'spawn_agent',
        input: { label, agent_type: 'general', objective: `${label}: look around and report what you see.` },
      };
    });
    return [{ type: 'text', text: `I divide this among ${workers} workers.` }, ...spawns];
  }
  const reports = JSON.stringify(request.messages).split('kind=\\"report\\"').length - 1;
  return reports < workers
    ? [{ type: 'tool_use', name: 'wait_for_agents', input: {} }]
    : [
        {
          type: 'tool_use',
          name: 'report',
          input: { summary: `All ${workers} workers have reported. The repository was looked at from every side.` },
        },
      ];
}

function workerPieces({ turn, request }: SeenRequest, { turns }: FleetScriptOptions): readonly Piece[] {
  const names = toolNames(request);
  const able = work.filter(([name]) => names.has(name));
  const next = able[turn % Math.max(1, able.length)];
  if (turn < turns && next !== undefined) {
    const [name, input] = next;
    return [
      {
        type: 'thinking',
        thinking: `Turn ${turn + 1}: I know too little yet, so I look further before I say anything about this repository.`,
      },
      { type: 'tool_use', name, input: input ?? {} },
    ];
  }
  return [
    {
      type: 'tool_use',
      name: 'report',
      input: { summary: `I took ${turn} turns to look around, and found the repository in order and easy to find one's way in.` },
    },
  ];
}

const toolNames = (request: WireRequest): ReadonlySet<unknown> => new Set(request.tools.map((tool) => tool['name']));
const numberIn = (text: string): number => Number(/(?:Worker|Agent) (\d+)/.exec(text)?.[1] ?? 0);
