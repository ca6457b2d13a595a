import type { Outcome, Workplace } from './events.ts';
import type { AgentId, AskId, RunId, TaskId } from './ids.ts';
import { manifestSummary } from './context/manifestText.ts';
import { countText, doingText, failureText, firstLine, formatCost, formatDuration, formatTokens } from './rowText.ts';
import { openRequests } from './openRequests.ts';
import { isLive, phaseWord, subtreeOf, tokensOf } from './selectors.ts';
import type { Agent, AgentPhase, FleetState, OpenAsk, Task, WaitKind } from './state.ts';

/*
 * What the fleet looks like as a tree of rows: pure functions from state to row, so that the view only has to draw.
 */

/** One row, ready to be drawn; two rows that look the same are equal field by field. */
export interface Row {
  readonly label: string;
  readonly description: string;
  /** Name of a codicon, with `~spin` when it turns. */
  readonly icon: string;
  /** Id of a theme colour, if the icon has one of its own. */
  readonly color: string | undefined;
  /** Words that menus match, such as "agent live" or "agent ended failed". */
  readonly context: string;
  readonly needsPerson: boolean;
  readonly ariaLabel: string;
}

/** Agents below `agentId` that have not ended. */
export function liveDescendants(state: FleetState, agentId: AgentId): readonly Agent[] {
  return subtreeOf(state, agentId).filter((agent) => agent.id !== agentId && isLive(agent));
}

/**
 * The row of an agent. `activeAt`: when it last did something or its model last said something, ms since the epoch. `task`: what it works on.
 * `overlap`: which file others change at the same time, in words.
 */
export function agentRow(agent: Agent, now: number, activeAt: number, task?: Task, overlap?: string): Row {
  const phase = agent.phase;
  const needsPerson = phase.kind === 'waiting' && (phase.wait === 'approval' || phase.wait === 'answer');
  const doing = doingText(agent, now);
  const type = agent.label.toLowerCase().startsWith(agent.agentType.toLowerCase()) ? undefined : agent.agentType;
  const round = task === undefined || task.round < 2 ? undefined : `round ${task.round}`;
  const description = [doing, timeText(phase, now, activeAt), overlap, round, ...agentTexts([agent]), otherModel(agent), type]
    .filter((part) => part !== undefined)
    .join(' · ');
  const { icon, color } = phaseIcon(phase);
  return {
    label: agent.label,
    description,
    icon,
    color,
    context: agentContext(agent),
    needsPerson,
    ariaLabel: `${agent.label}, ${agent.agentType} agent, ${description}`,
  };
}

/** Another model than the one that was asked for; a dated version of that one is no other. */
function otherModel({ model, requestedModel }: Agent): string | undefined {
  return model === undefined || model.startsWith(requestedModel) ? undefined : `answered by ${model}, not ${requestedModel}`;
}

/** The row of something the person is asked. */
export function askRow(open: OpenAsk, agent: Agent | undefined, others: number, now: number): Row {
  const who = agent?.label ?? 'An agent';
  const what = askText(open.ask.kind, others);
  const waited = askAge(now - open.at);
  return {
    label: firstLine(open.ask.kind === 'command' ? open.ask.command : open.ask.kind === 'write' ? open.ask.path : open.ask.title, 80),
    description: `${who} ${what} · ${waited}`,
    icon: open.ask.kind === 'command' ? 'terminal' : open.ask.kind === 'write' ? 'edit' : 'question',
    color: 'charts.yellow',
    context: `ask ${open.ask.kind}`,
    needsPerson: true,
    ariaLabel: `${who} ${what}: ${open.ask.title}, waiting for ${waited}`,
  };
}

/** The row above everything the person is asked; undefined while nothing is. */
export function needsYouRow(state: FleetState): Row | undefined {
  const requests = openRequests(state);
  if (requests.length === 0) {
    return undefined;
  }
  const description = countText(requests.length, 'request');
  return {
    label: 'Needs you',
    description,
    icon: 'bell-dot',
    color: 'charts.yellow',
    context: 'needsYou',
    needsPerson: true,
    ariaLabel: `Needs you, ${description}`,
  };
}

/** What an ask is, as the end of a sentence that begins with the agent. */
export const askTexts = {
  command: 'wants to run a command',
  write: 'wants to change a file',
  question: 'asks a question',
} as const satisfies Record<OpenAsk['ask']['kind'], string>;

/** What an ask is when others ask for the very same: "wants to run a command, like 2 others". */
export function askText(kind: OpenAsk['ask']['kind'], others: number): string {
  return others === 0 ? askTexts[kind] : `${askTexts[kind]}, like ${countText(others, 'other')}`;
}

/** Where an agent's type is defined, and what its definition asks for and is not done. */
export interface TypeDefinition {
  readonly source?: { readonly path?: string | undefined } | undefined;
  readonly notHonoured?: readonly { readonly field: string; readonly why: string }[] | undefined;
}

/** Named facts of an agent, for its hover: what the row has no room for. `definition`: of its type, as it is now. */
export function agentFacts(
  agent: Agent,
  providerLabel: string,
  definition?: TypeDefinition,
): readonly { readonly name: string; readonly value: string }[] {
  const { usage } = agent;
  const answered = agent.model !== undefined && agent.model !== agent.requestedModel ? `, answered by ${agent.model}` : '';
  const cacheWrite = usage.cacheWrite5m + usage.cacheWrite1h;
  const facts = [
    { name: 'Task', value: agent.brief.objective },
    { name: 'Type', value: typeText(agent.agentType, definition) },
    { name: 'Model', value: `${agent.requestedModel}${answered} (effort ${agent.effort})` },
    { name: 'Provider', value: providerLabel },
    {
      name: 'Tokens',
      value: `${formatTokens(usage.input)} input, ${formatTokens(usage.cacheRead)} cache read, ${formatTokens(cacheWrite)} cache write, ${formatTokens(usage.output)} output`,
    },
    { name: 'Cost', value: formatCost(agent.cost, agent.costKnown) },
    { name: 'Turn', value: String(agent.turn) },
  ];
  if (agent.manifest !== undefined) {
    facts.push({ name: 'Given', value: manifestSummary(agent.manifest) });
  }
  if (agent.workplace !== undefined) {
    facts.push({ name: 'Works in', value: workplaceText(agent, agent.workplace) });
  }
  if (agent.filesRead.length > 0) {
    facts.push({ name: 'Files read', value: listText(agent.filesRead) });
  }
  if (agent.filesChanged.length > 0) {
    facts.push({ name: 'Files changed', value: listText(agent.filesChanged) });
  }
  if (agent.mailbox.length > 0) {
    facts.push({ name: 'Unread messages', value: String(agent.mailbox.length) });
  }
  if (agent.lastFailure !== undefined) {
    facts.push({ name: 'Last failure', value: failureText(agent.lastFailure) });
  }
  if (agent.phase.kind === 'ended' && agent.phase.outcome.kind === 'done') {
    facts.push({ name: 'Report', value: agent.phase.outcome.report.summary });
  }
  return facts;
}

function typeText(agentType: string, { source, notHonoured = [] }: TypeDefinition = {}): string {
  const from = source?.path === undefined ? agentType : `${agentType}, from ${source.path}`;
  const reasons = notHonoured.map(({ field, why }) => `${field}: ${why}`);
  return reasons.length === 0 ? from : `${from}. Not done: ${reasons.join(' ')}`;
}

/** Below this a silence is nothing a person needs to know. */
const quietMs = 5000;

function timeText(phase: AgentPhase, now: number, activeAt: number): string | undefined {
  switch (phase.kind) {
    case 'thinking':
    case 'runningTools': {
      const silent = now - Math.max(activeAt, phase.since);
      return silent < quietMs ? undefined : `silent ${formatDuration(coarse(silent))}`;
    }
    case 'waiting': {
      const waited = now - phase.since;
      // A lead that waits for its agents shows their progress instead, row by row; a wait with a known end says when that is.
      return waited < quietMs || phase.wait === 'children' || phase.until !== undefined
        ? undefined
        : `for ${formatDuration(coarse(waited))}`;
    }
    case 'queued':
    case 'paused':
    case 'ended':
      return undefined;
  }
}

/** How long something has been asked, as a row tells it. */
export function askAge(ms: number): string {
  return formatDuration(coarse(ms));
}

/** A time that changes only every few seconds: a row that is redrawn every second loses the hover a person is about to read. */
function coarse(ms: number): number {
  const step = ms < 30_000 ? 5000 : 10_000;
  return Math.floor(ms / step) * step;
}

/** What agents have used, as parts of a row. */
export function agentTexts(agents: readonly Agent[]): readonly string[] {
  let tokens = 0;
  let cost = 0;
  let known = true;
  for (const agent of agents) {
    tokens += tokensOf(agent);
    cost += agent.cost;
    known &&= agent.costKnown;
  }
  if (tokens === 0) {
    return [];
  }
  const text = `${formatTokens(tokens)} tok`;
  return cost === 0 ? [text] : [text, formatCost(cost, known)];
}

function agentContext(agent: Agent): string {
  const name = phaseWord(agent);
  switch (agent.phase.kind) {
    case 'ended':
      return `agent ended ${name}`;
    case 'paused':
      return 'agent live paused';
    default:
      return ['agent live', name, agent.pausing ? 'pausing' : undefined, agent.wrappingUp ? 'wrappingUp' : undefined]
        .filter((word) => word !== undefined)
        .join(' ');
  }
}

function phaseIcon(phase: AgentPhase): { readonly icon: string; readonly color: string | undefined } {
  switch (phase.kind) {
    case 'queued':
      return { icon: 'circle-large-outline', color: undefined };
    case 'thinking':
      return { icon: 'loading~spin', color: 'charts.blue' };
    case 'runningTools':
      return { icon: 'gear~spin', color: 'charts.blue' };
    case 'waiting':
      return waitIcons[phase.wait];
    case 'paused':
      return { icon: 'debug-pause', color: 'charts.yellow' };
    case 'ended':
      return outcomeIcons[phase.outcome.kind];
  }
}

const waitIcons = {
  dependency: { icon: 'circle-large-outline', color: undefined },
  slot: { icon: 'circle-large-outline', color: undefined },
  rateLimit: { icon: 'watch', color: 'charts.yellow' },
  network: { icon: 'watch', color: 'charts.yellow' },
  budget: { icon: 'watch', color: 'charts.yellow' },
  children: { icon: 'organization', color: 'charts.blue' },
  lease: { icon: 'lock', color: 'charts.blue' },
  approval: { icon: 'report', color: 'charts.yellow' },
  answer: { icon: 'question', color: 'charts.yellow' },
  reply: { icon: 'comment-discussion', color: 'charts.blue' },
} as const satisfies Record<WaitKind, { icon: string; color: string | undefined }>;

/** Icons of how things end. */
export const outcomeIcons = {
  done: { icon: 'pass-filled', color: 'testing.iconPassed' },
  failed: { icon: 'error', color: 'testing.iconFailed' },
  killed: { icon: 'circle-slash', color: 'descriptionForeground' },
  interrupted: { icon: 'debug-disconnect', color: 'charts.yellow' },
} as const satisfies Record<Outcome['kind'], { icon: string; color: string }>;

const listedFiles = 5;

function listText(paths: readonly string[]): string {
  const more = paths.length - listedFiles;
  return `${paths.length}: ${paths.slice(0, listedFiles).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** The id of whatever a row stands for. */
export type RowTarget =
  | { readonly kind: 'needsYou' }
  | { readonly kind: 'ask'; readonly askId: AskId }
  | { readonly kind: 'run'; readonly runId: RunId }
  | { readonly kind: 'task'; readonly runId: RunId; readonly taskId: TaskId }
  | { readonly kind: 'agent'; readonly agentId: AgentId };

function workplaceText({ id, workplaceGone }: Agent, { folder, madeFor, notes }: Workplace): string {
  const whose = madeFor === id ? 'own worktree' : 'a worktree it goes on in';
  const kept = workplaceGone?.salvage === undefined ? '' : `, its work is kept as ${workplaceGone.salvage}`;
  const gone = workplaceGone === undefined ? '' : `, removed${kept}`;
  return [`${whose}${gone}: ${folder}`, ...notes].join('. ');
}
