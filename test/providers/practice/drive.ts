import type { Block } from '../../../src/core/events.ts';
import { type HistoryMessage, renderMessage, type UserPart } from '../../../src/core/history.ts';
import { toId } from '../../../src/core/ids.ts';
import type { Json } from '../../../src/core/json.ts';
import { renderReport } from '../../../src/core/brief/reportText.ts';
import { type Brief, reportSchema, type Report, type ToolSpec } from '../../../src/core/events.ts';
import { emptyOpeningContext, type OpeningContext } from '../../../src/core/context/openingContext.ts';
import { decideReply } from '../../../src/providers/practice/decideReply.ts';
import type { Planned, PlannedCall } from '../../../src/providers/practice/planned.ts';
import { field } from '../../../src/providers/practice/story.ts';
import type { ToolAnswer } from './simulatedTools.ts';
import { renderBrief } from '../../../src/workflows/renderBrief.ts';
import { createRenderOpening } from '../../../src/workflows/renderOpening.ts';
import { fakeTask } from '../../support/fakePlan.ts';
import { inputProblem } from './toolShapes.ts';

const tool = (name: string): ToolSpec => ({
  name,
  description: name === 'spawn_agent' ? 'Agent types: scout, general.' : name,
  inputSchema: {},
});
const leadNames =
  'spawn_agent message_agent wait_for_agents list_agents steer_agent wrap_up_agent kill_agent read_file list_files find_files search_text write_note read_note ask_person report';
const scoutNames = 'read_file list_files find_files search_text write_note read_note message_agent ask_person report';
export const leadTools: readonly ToolSpec[] = leadNames.split(' ').map(tool);
export const scoutTools: readonly ToolSpec[] = scoutNames.split(' ').map(tool);
export const workTools: readonly ToolSpec[] = `${scoutNames} edit_file write_file run_command`.split(' ').map(tool);

const taking = 'propose_change view_plan publish_artefact read_artefact hand_over';
const planned: Readonly<Record<string, ToolSpec>> = {
  change_plan: {
    name: 'change_plan',
    description: 'change_plan',
    inputSchema: { agent_type: 'scout builder reviewer tester analyst general' },
  },
  propose_change: { name: 'propose_change', description: 'propose_change', inputSchema: { agent_type: 'scout general' } },
  spawn_agent: {
    name: 'spawn_agent',
    description: 'spawn_agent',
    inputSchema: { properties: { agent_type: 'scout builder reviewer general', depends_on: {} } },
  },
};
const toolsOf = (names: string): readonly ToolSpec[] => names.split(' ').map((name) => planned[name] ?? tool(name));

/** The tools of each built-in agent type in runs with a plan. */
export const typeTools: Readonly<Record<string, readonly ToolSpec[]>> = {
  lead: toolsOf(`${leadNames} change_plan settle_proposal view_plan read_artefact hand_over`),
  planner: toolsOf(`${scoutNames} change_plan view_plan read_artefact hand_over`),
  scout: toolsOf(`${scoutNames} ${taking}`),
  analyst: toolsOf(`${scoutNames} ${taking}`),
  builder: toolsOf(`${scoutNames} edit_file write_file run_command ${taking}`),
  general: toolsOf(`${scoutNames} edit_file write_file run_command ${taking}`),
  reviewer: toolsOf(`${scoutNames} run_command ${taking}`),
  tester: toolsOf(`${scoutNames} run_command ${taking}`),
  writer: toolsOf(`${scoutNames} edit_file write_file run_command ${taking}`),
};

/** An agent of a built-in type, told the part it plays, on a brief and what it is given beside it. */
export function agentOf(type: string, brief: Brief, given: Partial<OpeningContext> = {}): DrivenAgent {
  const tools = typeTools[type] ?? [];
  const agentType = { name: type, description: '', system: '', tools: tools.map((spec) => spec.name), role: 'worker' as const };
  const { opening } = createRenderOpening(() => ['sample'])({ brief }, { label: type, agentType }, { ...emptyOpeningContext, ...given });
  return new DrivenAgent(opening, tools, `All agents are told this.\n\n# Your part: ${type}\nAnd this.`);
}

/** The report of an earlier task as an agent is given it. */
export function handed(id: string, report: Partial<Report> & Pick<Report, 'summary'>): OpeningContext['reports'][number] {
  return { task: fakeTask(id, { title: `Task ${id}` }), agentLabel: `${id}-agent`, report: reportSchema.parse(report) };
}

/** The calls an agent has made by a name, in order. */
export function callsOf(agent: DrivenAgent, name: string): readonly Readonly<Record<string, Json>>[] {
  return agent.replies.flatMap((reply) => reply.flatMap((block) => (block.kind === 'call' && block.name === name ? [block.input] : [])));
}

/** A message as it is delivered to an agent. */
export function message(
  text: string,
  kind: Parameters<typeof renderMessage>[0]['kind'] = 'steer',
  sender = 'person',
  place?: { path: string; line?: number },
  messageId?: string,
): string {
  const answerable = messageId === undefined ? {} : { messageId: toId('message', messageId), answerable: true as const };
  return renderMessage({ sender, kind, text, place, ...answerable });
}

/** An agent that is moved turn by turn, so that a test can look and interfere between any two. */
export class DrivenAgent {
  readonly messages: HistoryMessage[] = [];
  pending: UserPart[];
  /** The blocks of each reply. */
  readonly replies: (readonly Planned[])[] = [];
  /** Set when the agent has ended. */
  report: Report | undefined;
  readonly #tools: readonly ToolSpec[];

  readonly #system: string;

  constructor(opening: string, tools: readonly ToolSpec[], system = '') {
    this.pending = [{ kind: 'text', text: opening }];
    this.#tools = tools;
    this.#system = system;
  }

  hear(text: string): void {
    this.pending.push({ kind: 'text', text });
  }

  /** One request and its reply; throws when the reply is one that no engine could run. */
  reply(): readonly PlannedCall[] {
    this.messages.push({ role: 'user', parts: this.pending });
    this.pending = [];
    const planned = decideReply({ messages: this.messages, tools: this.#tools, system: this.#system });
    this.replies.push(planned);
    const turn = this.replies.length;
    const names = new Set(this.#tools.map((spec) => spec.name));
    const calls = planned.filter((block) => block.kind === 'call');
    for (const entry of calls) {
      const problem = names.has(entry.name) ? inputProblem(entry.name, entry.input) : 'the agent has no such tool';
      if (problem !== undefined) {
        throw new Error(`${entry.name} ${JSON.stringify(entry.input)}: ${problem}`);
      }
    }
    this.messages.push({ role: 'assistant', blocks: planned.map((block, index) => toBlock(block, `${turn}-${index}`)) });
    return calls;
  }

  /** Answers the calls of the last reply in order. */
  answer(answers: readonly ToolAnswer[]): void {
    const blocks = this.messages.at(-1);
    const ids = blocks?.role === 'assistant' ? blocks.blocks.flatMap((block) => (block.kind === 'toolCall' ? [block.callId] : [])) : [];
    this.pending = ids.map((callId, index) => ({
      kind: 'toolResult',
      callId,
      text: answers[index]?.text ?? 'Done.',
      isError: answers[index]?.isError ?? false,
    }));
  }

  /** The text of the last reply. */
  get said(): string {
    return (this.replies.at(-1) ?? []).flatMap((block) => (block.kind === 'text' ? [block.text] : [])).join('\n');
  }
}

function toBlock(block: Planned, id: string): Block {
  switch (block.kind) {
    case 'call':
      return { kind: 'toolCall', callId: toId('call', id), name: block.name, input: block.input };
    case 'thinking':
      return { kind: 'thinking', text: block.text, raw: null };
    case 'text':
      return { kind: 'text', text: block.text };
  }
}

/** The report a report call makes. */
export function toReport(input: Readonly<Record<string, Json>>): Report {
  const { files_read, files_changed, open_questions, ...rest } = input;
  return reportSchema.parse({ ...rest, filesRead: files_read, filesChanged: files_changed, openQuestions: open_questions });
}

/** Runs the work tools. */
export interface ToolRunner {
  run(name: string, input: Readonly<Record<string, Json>>): ToolAnswer | Promise<ToolAnswer>;
}

/** Interferes with a call: an answer instead of the tool's own. */
export type Interfere = (planned: PlannedCall, turn: number) => ToolAnswer | undefined;

/** Moves an agent without children to its report; throws if it has none after `limit` turns. */
export async function runWorker(
  agent: DrivenAgent,
  tools: ToolRunner,
  interfere: Interfere = () => undefined,
  limit = 25,
): Promise<Report> {
  for (let turn = 0; turn < limit; turn++) {
    const calls = agent.reply();
    if (calls.length === 0) {
      return reportSchema.parse({ summary: agent.said });
    }
    const answers: ToolAnswer[] = [];
    for (const entry of calls) {
      answers.push(interfere(entry, turn) ?? (await tools.run(entry.name, entry.input)));
    }
    const ended = calls.findIndex((entry, index) => entry.name === 'report' && answers[index]?.isError === false);
    agent.answer(answers);
    if (ended >= 0) {
      agent.report = toReport(calls[ended]?.input ?? {});
      return agent.report;
    }
  }
  throw new Error(`No report after ${limit} turns`);
}

/** A lead's run over simulated tools: children work while it waits, one report for each wait. */
export async function runLead(
  task: string,
  tools: ToolRunner,
  interfere: Interfere = () => undefined,
  limit = 70,
): Promise<{ lead: DrivenAgent; children: Map<string, DrivenAgent>; report: Report }> {
  const lead = new DrivenAgent(openingOf({ objective: task }), leadTools);
  const children = new Map<string, DrivenAgent>();
  const reported = new Set<string>();
  for (let turn = 0; turn < limit; turn++) {
    const calls = lead.reply();
    const news: string[] = [];
    const answerOne = async (entry: PlannedCall): Promise<ToolAnswer> => {
      const instead = interfere(entry, turn);
      if (instead !== undefined) {
        return instead;
      }
      if (entry.name === 'spawn_agent') {
        const id = `ag-${children.size + 1}`;
        children.set(id, new DrivenAgent(openingOf(entry.input), entry.input['agent_type'] === 'scout' ? scoutTools : workTools));
        return { text: `Spawned ${id} (${field(entry.input, 'label')})`, isError: false };
      }
      if (entry.name === 'wait_for_agents') {
        const next = [...children].find(([id]) => !reported.has(id));
        if (next !== undefined) {
          const [id, child] = next;
          reported.add(id);
          news.push(message(renderReport(await runWorker(child, tools)), 'report', `agent child (${id})`));
        }
        return { text: next === undefined ? 'None of your agents is at work.' : 'A message is waiting.', isError: false };
      }
      return tools.run(entry.name, entry.input);
    };
    const answers: ToolAnswer[] = [];
    for (const entry of calls) {
      answers.push(await answerOne(entry));
    }
    const ended = calls.find((entry) => entry.name === 'report');
    if (ended !== undefined || calls.length === 0) {
      return { lead, children, report: ended === undefined ? reportSchema.parse({ summary: lead.said }) : toReport(ended.input) };
    }
    lead.answer(answers);
    for (const text of news) {
      lead.hear(text);
    }
  }
  throw new Error(`No report after ${limit} turns`);
}

/** A spawned agent's opening as the engine renders it. */
export function openingOf(input: Readonly<Record<string, Json>>): string {
  const paths = Array.isArray(input['paths']) ? input['paths'].map((path) => `${path}`) : [];
  const brief = {
    objective: field(input, 'objective') ?? '',
    scope: { paths, focus: field(input, 'focus') },
    context: field(input, 'context'),
  };
  return renderBrief(brief, { label: 'agent', folders: ['sample'] });
}
