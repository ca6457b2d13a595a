import * as vscode from 'vscode';
import type { Answer, FleetEvent } from '../core/events.ts';
import type { CommandResult } from '../core/commands.ts';
import { type OpenRequest, openRequests, requestOf } from '../core/openRequests.ts';
import { commandText } from '../core/approvalText.ts';
import { askText } from '../core/rows.ts';
import { isTrainEvent } from '../core/train/train.ts';
import type { OpenAsk } from '../core/state.ts';
import type { FleetControl } from '../orchestrator/ports.ts';
import { type CommandReply, cancelled, done, refused, toReply } from './commandReply.ts';
import { askDecision } from './decisions.ts';
import { type AskTrainDeps, answerTrain, askTrain } from './train/askTrain.ts';
import { noIcons } from './plainText.ts';
import type { PlanDocuments } from './planDocuments.ts';

/** What a review needs beside the fleet. */
export interface ReviewDeps extends AskTrainDeps {
  readonly plans: PlanDocuments;
  /** Makes characters visible that could hide what a plan does. */
  readonly visible: (text: string) => string;
}

/** What a person decided about one ask: an answer, to leave it for later, or to stop reviewing. */
type Verdict = Answer | 'later' | 'stop';
type AskRequest = Extract<OpenRequest, { kind: 'ask' }>;

/** A plan longer than this is shown in an editor, where it can be scrolled, and not in a dialog. */
const dialogLines = 20;
const dialogCharacters = 1500;

/**
 * Asks the person about everything that waits, one by one, beginning with `first`. What is shown is the exact plan; closing a question
 * leaves it and all that follow for later.
 */
export async function reviewApprovals(fleet: FleetControl, deps: ReviewDeps, first: string | undefined): Promise<CommandReply> {
  const seen = new Set<string>();
  let reached = 0;
  for (let open = nextRequest(fleet, seen, first); open !== undefined; open = nextRequest(fleet, seen, undefined)) {
    const request = open;
    seen.add(request.askId);
    const result = await whileAsked(fleet, request, (token) => settle(fleet, request, deps, token));
    if (result === 'stop') {
      return reached === 0 ? cancelled : { ...done, reached };
    }
    if (result !== 'later') {
      if (!result.ok) {
        return toReply(result);
      }
      reached += 1;
    }
  }
  if (seen.size === 0) {
    return refused({ code: 'unknown', message: 'Nothing waits for your approval.', next: '' });
  }
  return { ...done, reached };
}

function nextRequest(fleet: FleetControl, seen: ReadonlySet<string>, first: string | undefined): OpenRequest | undefined {
  const waiting = openRequests(fleet.state).filter((open) => !seen.has(open.askId));
  return waiting.find((open) => open.askId === first) ?? waiting[0];
}

/** The facts that can end a request. */
const endsRequests: ReadonlySet<FleetEvent['type']> = new Set(['personAnswered', 'decisionAnswered', 'agentEnded', 'agentDeleted']);

/** Takes a question back from the screen when it is answered elsewhere or its asker has ended; then the next one comes. */
async function whileAsked(
  fleet: FleetControl,
  { askId }: OpenRequest,
  ask: (token: vscode.CancellationToken) => Promise<CommandResult | 'later' | 'stop'>,
): Promise<CommandResult | 'later' | 'stop'> {
  const source = new vscode.CancellationTokenSource();
  const watching = fleet.subscribe((entries) => {
    if (entries.some(({ event }) => endsRequests.has(event.type) || isTrainEvent(event)) && requestOf(fleet.state, askId) === undefined) {
      source.cancel();
    }
  });
  try {
    return await ask(source.token);
  } finally {
    watching.dispose();
    source.dispose();
  }
}

/** Asks, and carries out the answer unless the request is gone meanwhile. */
async function settle(
  fleet: FleetControl,
  request: OpenRequest,
  deps: ReviewDeps,
  token: vscode.CancellationToken,
): Promise<CommandResult | 'later' | 'stop'> {
  if (request.kind === 'train') {
    return await settleTrain(fleet, request, deps, token);
  }
  const { askId } = request;
  const answer =
    request.kind === 'ask'
      ? await decideOn(fleet, request, deps, token)
      : await askDecision(request.decision, decisionTitle(fleet, request), deps, token);
  if (requestOf(fleet.state, askId) === undefined) {
    return 'later';
  }
  if (answer === 'later' || answer === 'stop') {
    return answer;
  }
  return 'choice' in answer ? fleet.execute({ type: 'decide', askId, ...answer }) : answerAll(fleet, request, answer);
}

/** After the files were opened to be resolved by hand, the person is left to it. */
async function settleTrain(
  fleet: FleetControl,
  { askId, request }: Extract<OpenRequest, { kind: 'train' }>,
  deps: ReviewDeps,
  token: vscode.CancellationToken,
): Promise<CommandResult | 'later' | 'stop'> {
  const run = fleet.state.runs[request.train.runId]?.label ?? 'A run';
  const answer = await askTrain(request, `${run}: merge${waitingText(fleet)}`, deps, token);
  if (answer === 'later' || answer === 'stop' || requestOf(fleet.state, askId) === undefined) {
    return answer === 'stop' ? 'stop' : 'later';
  }
  const result = await answerTrain(fleet.state, askId, answer, deps);
  return result.ok && answer.choice === 'openByHand' ? 'stop' : result;
}

/** Gives the answer to all that ask for the very same, as they were when the person saw it. */
function answerAll(fleet: FleetControl, request: OpenRequest, answer: Answer): CommandResult {
  const result = fleet.execute({ type: 'answer', askId: request.askId, answer });
  for (const { askId } of request.kind === 'ask' ? request.same : []) {
    if (requestOf(fleet.state, askId) !== undefined) {
      fleet.execute({ type: 'answer', askId, answer });
    }
  }
  return result;
}

function decisionTitle(fleet: FleetControl, { decision }: Extract<OpenRequest, { kind: 'decision' }>): string {
  const run = fleet.state.runs[decision.runId]?.label ?? 'A run';
  return `${run}: your decision${waitingText(fleet)}`;
}

function waitingText(fleet: FleetControl): string {
  const waiting = openRequests(fleet.state).length;
  return waiting > 1 ? ` (${waiting} wait for you)` : '';
}

async function decideOn(fleet: FleetControl, request: AskRequest, deps: ReviewDeps, token: vscode.CancellationToken): Promise<Verdict> {
  const { ask: open, same } = request;
  const who = fleet.state.agents[open.agentId]?.label ?? 'An agent';
  const title = `${who} ${askText(open.ask.kind, same.length)}${waitingText(fleet)}`;
  switch (open.ask.kind) {
    case 'question':
      return await askQuestion(title, open.ask, token);
    case 'command': {
      const text = commandText(open.ask, [open, ...same], fleet.state, deps.visible);
      if (text.length <= dialogCharacters && text.split('\n').length <= dialogLines) {
        return await askInDialog(title, text, open.ask.hash !== undefined, token);
      }
      await deps.plans.showText(open.askId, 'command.txt', text);
      const choices = [allowOnce, ...(open.ask.hash === undefined ? [] : wider), ...otherwise];
      return await closing(deps, open, () => askInList(title, 'Run the command shown in the editor?', choices, token));
    }
    case 'write': {
      await deps.plans.showChange(open, open.ask);
      const path = deps.visible(open.ask.path);
      const concern = open.ask.concern === undefined ? '' : ` ${deps.visible(open.ask.concern)}`;
      return await closing(deps, open, () =>
        askInList(title, `Make the change shown in the editor to ${path}?${concern}`, [allowOnce, ...otherwise], token),
      );
    }
  }
}

async function closing(deps: ReviewDeps, open: OpenAsk, ask: () => Promise<Verdict>): Promise<Verdict> {
  try {
    return await ask();
  } finally {
    await deps.plans.close(open.askId);
  }
}

interface Choice {
  readonly label: string;
  readonly verdict: Answer | 'reason' | 'later';
}

const allowOnce: Choice = { label: '$(check) Allow once', verdict: { kind: 'allow' } };
/** For exactly this plan; another one is asked about again. */
const wider: readonly Choice[] = [
  { label: '$(check-all) Allow this again for the agent', verdict: { kind: 'allow', scope: 'agent' } },
  { label: '$(check-all) Allow this again for the run', verdict: { kind: 'allow', scope: 'run' } },
  { label: '$(check-all) Allow this again until the window closes', verdict: { kind: 'allow', scope: 'window' } },
];
const otherwise: readonly Choice[] = [
  { label: '$(close) Deny', verdict: { kind: 'deny' } },
  { label: '$(comment) Deny with a reason…', verdict: 'reason' },
  { label: '$(clock) Later', verdict: 'later' },
];

interface Button extends vscode.MessageItem {
  readonly pick: 'once' | 'again' | 'deny' | 'reason' | 'later';
}

/** The whole plan with the choices below it, none of it covered by anything. */
async function askInDialog(title: string, detail: string, mayWiden: boolean, token: vscode.CancellationToken): Promise<Verdict> {
  const again: readonly Button[] = mayWiden ? [{ title: 'Allow Again…', pick: 'again' }] : [];
  const picked = await vscode.window.showInformationMessage<Button>(
    title,
    { modal: true, detail },
    { title: 'Allow Once', pick: 'once' },
    ...again,
    { title: 'Deny', pick: 'deny' },
    { title: 'Deny with Reason…', pick: 'reason' },
    { title: 'Later', pick: 'later', isCloseAffordance: true },
  );
  switch (picked?.pick) {
    case 'once':
      return { kind: 'allow' };
    case 'again':
      return await askInList(title, 'For whom is exactly this allowed from now on?', wider, token);
    case 'deny':
      return { kind: 'deny' };
    case 'reason':
      return await askReason();
    default:
      return 'stop';
  }
}

async function askInList(
  title: string,
  placeHolder: string,
  choices: readonly Choice[],
  token: vscode.CancellationToken,
): Promise<Verdict> {
  const picked = await vscode.window.showQuickPick(choices, { title, placeHolder, ignoreFocusOut: true }, token);
  if (picked === undefined) {
    return 'stop';
  }
  return picked.verdict === 'reason' ? await askReason() : picked.verdict;
}

async function askReason(): Promise<Verdict> {
  const reason = await vscode.window.showInputBox({
    title: 'Why not?',
    prompt: 'The agent reads this and looks for another way.',
    ignoreFocusOut: true,
  });
  return reason === undefined ? 'stop' : { kind: 'deny', ...(reason.trim() === '' ? {} : { reason: reason.trim() }) };
}

async function askQuestion(
  title: string,
  ask: Extract<OpenAsk['ask'], { kind: 'question' }>,
  token: vscode.CancellationToken,
): Promise<Verdict> {
  if (ask.options.length > 0) {
    const own = { label: '$(comment) Another answer…', option: undefined };
    const items = [...ask.options.map((option) => ({ label: noIcons(option), option })), own];
    const picked = await vscode.window.showQuickPick(items, { title, placeHolder: ask.title, ignoreFocusOut: true }, token);
    if (picked === undefined) {
      return 'stop';
    }
    if (picked.option !== undefined) {
      return { kind: 'reply', text: picked.option };
    }
  }
  const text = await vscode.window.showInputBox({ title, prompt: ask.title, ignoreFocusOut: true, validateInput: notBlank }, token);
  return text === undefined ? 'stop' : { kind: 'reply', text };
}

function notBlank(text: string): string | undefined {
  return text.trim() === '' ? 'Write an answer, or press Escape to answer later.' : undefined;
}
