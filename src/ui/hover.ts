import * as vscode from 'vscode';
import type { TrainRequest } from '../core/train/trainRequest.ts';
import { agentFacts, askTexts, type Row, type TypeDefinition } from '../core/rows.ts';
import { taskFacts } from '../core/plan/planRows.ts';
import type { Agent, Decision, FleetState, OpenAsk, Plan, Run, Task } from '../core/state.ts';

/** Commands a hover may link to. All of them only show something or ask first. */
const linked = { enabledCommands: ['flotilla.openTranscript', 'flotilla.steerAgent', 'flotilla.reviewApprovals'] };

/** The longest text of one fact; the transcript has the whole. */
const longest = 400;

/** What an agent's row has no room for. Everything an agent or a model wrote goes in as escaped text. */
export function agentHover(agent: Agent, row: Row, providerLabel: string, definition: TypeDefinition | undefined): vscode.MarkdownString {
  const hover = beginHover(row.icon, row.label, row.description);
  for (const { name, value } of agentFacts(agent, providerLabel, definition)) {
    hoverFact(hover, name, value);
  }
  const argument = { kind: 'agent', agentId: agent.id };
  const links = [link('Open Transcript', 'flotilla.openTranscript', argument)];
  if (agent.phase.kind !== 'ended') {
    links.push(link('Steer…', 'flotilla.steerAgent', argument));
  }
  return hover.appendMarkdown(`\n\n---\n\n${links.join(' · ')}`);
}

export function runHover(run: Run, row: Row, state: FleetState): vscode.MarkdownString {
  const hover = beginHover(row.icon, row.label, row.description);
  hoverFact(hover, 'Task', run.task);
  hoverFact(hover, 'Started', new Date(run.startedAt).toLocaleString());
  const failed = Object.values(state.agents).filter((agent) => agent.runId === run.id && agent.phase.kind === 'ended');
  for (const agent of failed) {
    if (agent.phase.kind === 'ended' && agent.phase.outcome.kind === 'failed') {
      hoverFact(hover, `${agent.label} failed`, agent.phase.outcome.failure.message);
    }
  }
  return hover;
}

export function askHover(open: OpenAsk, agent: Agent | undefined): vscode.MarkdownString {
  const hover = beginHover('report', agent?.label ?? 'An agent', askTexts[open.ask.kind]);
  hoverFact(hover, 'Asked', open.ask.title);
  return hover.appendMarkdown(`\n\n---\n\n${link('Review…', 'flotilla.reviewApprovals', open.askId)}`);
}

export function decisionHover({ askId, ask }: Decision): vscode.MarkdownString {
  const hover = beginHover('report', ask.title, 'your decision');
  hoverFact(hover, 'About', ask.detail);
  hoverFact(hover, 'Choices', ask.options.map((option) => option.label).join(' / '));
  return hover.appendMarkdown(`\n\n---\n\n${link('Review…', 'flotilla.reviewApprovals', askId)}`);
}

export function trainHover({ askId, title, detail, options }: TrainRequest): vscode.MarkdownString {
  const hover = beginHover('git-merge', title, 'merge');
  hoverFact(hover, 'About', detail);
  hoverFact(hover, 'Choices', options.map((option) => option.label).join(' / '));
  return hover.appendMarkdown(`\n\n---\n\n${link('Review…', 'flotilla.reviewApprovals', askId)}`);
}

export function taskHover(plan: Plan, task: Task, row: Row): vscode.MarkdownString {
  const hover = beginHover(row.icon, row.label, row.description);
  for (const { name, value } of taskFacts(plan, task)) {
    hoverFact(hover, name, value);
  }
  return hover;
}

/** A hover with its first lines. What anybody wrote is shown as it is. */
export function beginHover(icon: string, title: string, subtitle: string): vscode.MarkdownString {
  const hover = new vscode.MarkdownString('', true);
  hover.isTrusted = linked;
  return hover.appendMarkdown(`$(${icon}) **${escaped(title)}**\n\n${escaped(subtitle)}`);
}

/** One more line of a hover. */
export function hoverFact(hover: vscode.MarkdownString, name: string, value: string): void {
  const cut = value.length > longest ? `${value.slice(0, longest)}…` : value;
  hover.appendMarkdown(`\n\n**${escaped(name)}:** ${escaped(cut)}`);
}

/** Text that is shown as it is, icons and links included; with plain blanks, so that long lines wrap. */
function escaped(text: string): string {
  return new vscode.MarkdownString('', true).appendText(text.replace(/\s+/g, ' ').trim()).value.replaceAll('&nbsp;', ' ');
}

function link(title: string, command: string, argument: unknown): string {
  return `[${title}](command:${command}?${encodeURIComponent(JSON.stringify([argument]))})`;
}
