import type { Ask, CommandRoute } from './events.ts';
import type { FleetState, OpenAsk } from './state.ts';

type CommandAsk = Extract<Ask, { kind: 'command' }>;

/** How a command would run, for people. */
const routeTexts: Readonly<Record<CommandRoute, string>> = {
  direct: 'without a shell, as a command that only reads',
  sandboxed: 'in the sandbox, since nothing proves that it only reads',
  shell: 'in a shell that nothing confines, since nothing proves that it only reads',
};

/**
 * The whole plan of a command, for reading before it is allowed: the text as it is, where and how it would run, what it may change, and who wants
 * it for what. `visible` shows what a text would hide.
 */
export function commandText(
  ask: CommandAsk,
  asks: readonly Pick<OpenAsk, 'agentId'>[],
  state: Pick<FleetState, 'agents' | 'plans'>,
  visible: (text: string) => string,
): string {
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['Folder', ask.folder === '.' ? 'the workspace folder' : visible(ask.folder)],
    ['Runs', ask.route === undefined ? undefined : `${routeTexts[ask.route]}${ask.why === undefined ? '' : `. ${visible(ask.why)}`}`],
    ['May change', ask.writes === undefined ? undefined : visible(ask.writes)],
    ...asks.map(({ agentId }) => ['Asked by', whoText(agentId, state, visible)] as const),
    ['A yes holds', ask.hash === undefined ? 'once' : 'for exactly this: when a file that it runs has changed, you are asked again'],
  ];
  const lines = facts.flatMap(([name, value]) => (value === undefined ? [] : [`${name}:`.padEnd(13) + value]));
  // Every line of the command is marked, so that none can pass for one of the facts.
  const command = visible(ask.command)
    .split('\n')
    .map((line) => `| ${line}`);
  return `${[...lines, '', ...command].join('\n')}\n`;
}

function whoText(agentId: OpenAsk['agentId'], state: Pick<FleetState, 'agents' | 'plans'>, visible: (text: string) => string): string {
  const agent = state.agents[agentId];
  if (agent === undefined) {
    return 'an agent that has gone';
  }
  const task = state.plans[agent.runId]?.tasks.find((one) => one.id === agent.taskId)?.title;
  return visible(`${agent.label} (${agent.agentType})${task === undefined || task === agent.label ? '' : `, for the task “${task}”`}`);
}
