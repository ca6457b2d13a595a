import * as vscode from 'vscode';
import type { Place } from '../../core/events.ts';
import { workOnFile } from '../../core/fileWork.ts';
import { type AgentId, isIdText, toId } from '../../core/ids.ts';
import { isLive } from '../../core/selectors.ts';
import type { FleetControl } from '../../orchestrator/ports.ts';
import { type CommandReply, cancelled, refused, toReply } from '../commandReply.ts';
import { agentOfTarget, offeredAgents, pickAgent, toGiven } from '../targets.ts';
import { type CommandDeps, type CommandTable, withWritableFleet } from './commandDeps.ts';
import { type AgentTypeFacts, askTask, begin, notReady, pickType, spawnOn } from './runCommands.ts';

/** What the commands in an editor need. */
export interface EditorCommandDeps extends CommandDeps {
  readonly agentTypes: () => readonly AgentTypeFacts[];
  /** The path of a file as agents write it; undefined outside the workspace. */
  readonly display: (uri: vscode.Uri) => string | undefined;
}

/** The commands that take the place a person looks at along. */
export function createEditorCommands(deps: EditorCommandDeps): CommandTable {
  return {
    'flotilla.steerFromEditor': (first, second) => withWritableFleet(deps.door, (fleet) => steer(deps, fleet, first, second)),
    'flotilla.spawnFromEditor': (first, second) => withWritableFleet(deps.door, (fleet) => spawn(deps, fleet, first, second)),
  };
}

/** From code: `(agentId, message)`. The place is the selection of the active editor, or its cursor. */
async function steer(deps: EditorCommandDeps, fleet: FleetControl, first: unknown, second: unknown): Promise<CommandReply> {
  const look = lookAt(deps);
  if (look === undefined) {
    return noEditor;
  }
  const agentId = await chooseAgent(deps, fleet, first, look.place);
  if (agentId === 'none') {
    const next = 'Use "Flotilla: Spawn Agent from Editor" to start one here.';
    return refused({ code: 'unknown', message: 'No agent is at work that could be steered.', next });
  }
  if (agentId === undefined) {
    return cancelled;
  }
  const label = fleet.state.agents[agentId]?.label ?? agentId;
  const text = typeof second === 'string' ? second : await askInstruction(`Steer ${label} · ${placeText(look.place)}`);
  if (text === undefined) {
    return cancelled;
  }
  if (text.trim() === '') {
    return refused({ code: 'invalid', message: 'The message is empty.', next: `Say what ${label} should do differently.` });
  }
  return toReply(fleet.execute({ type: 'sendMessage', agentId, kind: 'steer', text: withExcerpt(text, look.excerpt), place: look.place }));
}

/** From code: `(task, agentType?)`. */
async function spawn(deps: EditorCommandDeps, fleet: FleetControl, first: unknown, second: unknown): Promise<CommandReply> {
  const look = lookAt(deps);
  if (look === undefined) {
    return noEditor;
  }
  const failure = await notReady(deps);
  if (failure !== undefined) {
    return failure;
  }
  const byCode = typeof first === 'string';
  const agentType = byCode ? (typeof second === 'string' ? second : 'general') : await pickType(deps.agentTypes());
  if (agentType === undefined) {
    return cancelled;
  }
  const title = `Spawn Agent · ${placeText(look.place)}`;
  const task = byCode ? first : await askTask(title, `What should the ${agentType} do here?`, deps.provider.label());
  if (task === undefined) {
    return cancelled;
  }
  if (task.trim() === '') {
    return refused({ code: 'invalid', message: 'The task is empty.', next: 'Say in a sentence or two what the agent should achieve.' });
  }
  const objective = withExcerpt(task, look.excerpt);
  return begin(deps, fleet, { type: 'spawnAgent', spawn: spawnOn(objective, agentType, [look.place.path], placeText(look.place)) });
}

const noEditor = refused({
  code: 'invalid',
  message: 'There is no file of this workspace in the active editor.',
  next: 'Open one and put the cursor where the agent should look.',
});

/** What the person looks at. `excerpt` is empty when nothing is selected. */
interface Look {
  readonly place: Place;
  readonly excerpt: string;
}

/** More of a selection than this is left to the agent to read. */
const longestExcerpt = 4000;

function lookAt(deps: EditorCommandDeps): Look | undefined {
  const editor = vscode.window.activeTextEditor;
  const path = editor === undefined ? undefined : deps.display(editor.document.uri);
  if (editor === undefined || path === undefined) {
    return undefined;
  }
  const { selection, document } = editor;
  // A selection that ends at the start of a line does not mean that line.
  const last = selection.end.line > selection.start.line && selection.end.character === 0 ? selection.end.line - 1 : selection.end.line;
  const place: Place = { path, line: selection.start.line + 1, endLine: last + 1 };
  const text = document.getText(selection);
  return { place, excerpt: text.length > longestExcerpt ? `${text.slice(0, longestExcerpt)}\n…` : text };
}

function withExcerpt(text: string, excerpt: string): string {
  if (excerpt.trim() === '') {
    return text;
  }
  const longestRun = Math.max(0, ...[...excerpt.matchAll(/`+/g)].map((match) => match[0].length));
  const fence = '`'.repeat(Math.max(3, longestRun + 1));
  return `${text.trim()}\n\n${fence}\n${excerpt}\n${fence}`;
}

function placeText({ path, line, endLine }: Place): string {
  if (line === undefined) {
    return path;
  }
  return endLine === undefined || endLine === line ? `${path}:${line}` : `${path}:${line}-${endLine}`;
}

async function chooseAgent(
  deps: EditorCommandDeps,
  fleet: FleetControl,
  argument: unknown,
  place: Place,
): Promise<AgentId | 'none' | undefined> {
  const given = toGiven(argument);
  if (given.by === 'code') {
    return isIdText(given.id) ? toId('agent', given.id) : 'none';
  }
  const target = given.by === 'row' ? agentOfTarget(fleet.state, given.target) : undefined;
  if (target !== undefined) {
    return target;
  }
  const here = new Map(workOnFile(fleet.state, place.path).map((work) => [work.agentId, work]));
  const question = {
    title: `Steer · ${placeText(place)}`,
    placeholder: 'Which agent should look here? Those that work on this file come first.',
    fits: isLive,
    likely: (agent: { readonly id: AgentId; readonly filesRead: readonly string[] }) =>
      here.has(agent.id) ? 2 : agent.filesRead.includes(place.path) ? 1 : 0,
  };
  return offeredAgents(fleet.state, question).length === 0 ? 'none' : await pickAgent(fleet.state, question, deps.now());
}

async function askInstruction(title: string): Promise<string | undefined> {
  return await vscode.window.showInputBox({
    title,
    prompt: 'The file, the lines and the selected text go along.',
    placeHolder: 'What should it do here?',
    ignoreFocusOut: true,
    validateInput: (value) => (value !== '' && value.trim() === '' ? 'Write a sentence or two.' : undefined),
  });
}
