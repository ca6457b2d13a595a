import type { Decision } from '../decision.ts';
import type { Actor, FleetEvent } from '../events.ts';
import { settleProposal } from './decideProposal.ts';
import type { AgentId, MintId } from '../ids.ts';
import { cancelTasks, idleTasks, type PlanCommand, type PlanDecider, refuse, released, skipTasks } from './planChange.ts';
import { taskOf } from './planGraph.ts';
import { agentTasks, assigneeOf } from './planQueue.ts';
import { nextRound, ownerNews, settled } from './planSettle.ts';
import { agentsOfRun, isLive, outcomeOf } from '../selectors.ts';
import { wrapUpText } from '../wrapUpText.ts';
import type { Decision as Question, FleetState, Plan, Task } from '../state.ts';

type Answer = Extract<PlanCommand, { type: 'decide' }>;

/** The facts of a person's answer to something the engine asked: the answer and all that follows from it, in one commit. */
export function answerDecision(state: FleetState, plan: Plan, command: Answer, context: PlanDecider): Decision {
  const question = plan.decisions.find((decision) => decision.askId === command.askId && decision.answer === undefined);
  if (question === undefined) {
    return refuse('unknown', 'This has been decided already.', 'Nothing was done.');
  }
  if (command.by.kind === 'agent') {
    return refuse('invalid', 'Only the person can decide this.', 'Wait for the answer; it comes as a message.');
  }
  const choices = question.ask.options.map((option) => option.choice);
  if (!choices.includes(command.choice)) {
    return refuse('invalid', `"${command.choice}" is none of the choices.`, `Choose one of: ${choices.join(', ')}.`);
  }
  const { runId } = plan;
  const answered: FleetEvent = {
    type: 'decisionAnswered',
    askId: command.askId,
    runId,
    choice: command.choice,
    text: textOf(command),
    by: command.by,
  };
  const follow = consequences(state, plan, question, command, context);
  return 'ok' in follow
    ? follow
    : { ok: true, events: [answered, ...goesOn(plan, command.by), ...follow], accepted: { runId, taskId: question.taskId, reached: 1 } };
}

/** Who answers after a reload means the run to go on; what the person has paused stays so until the person resumes it. */
function goesOn(plan: Plan, by: Actor): readonly FleetEvent[] {
  return plan.held === 'paused' ? [] : released(plan, by);
}

function textOf({ text }: Answer): string | undefined {
  const trimmed = text?.trim() ?? '';
  return trimmed === '' ? undefined : trimmed;
}

function consequences(
  state: FleetState,
  plan: Plan,
  question: Question,
  command: Answer,
  context: PlanDecider,
): readonly FleetEvent[] | Extract<Decision, { ok: false }> {
  const task = taskOf(plan, question.taskId);
  switch (question.purpose) {
    case 'fanOut':
      return command.choice === 'decline' ? declined(state, plan, command.by, context.mint) : [];
    case 'gate':
    case 'rounds':
      return task === undefined ? [] : judged(state, plan, task, command, context);
    case 'proposal': {
      if (question.proposalId === undefined) {
        return [];
      }
      const accept = command.choice === 'accept';
      const decision = settleProposal(
        state,
        plan,
        { proposalId: question.proposalId, accept, reason: textOf(command), by: command.by },
        context,
      );
      return decision.ok ? decision.events.filter((event) => event.type !== 'decisionAnswered') : decision;
    }
    case 'stuck':
      return unstuck(state, question, command, context);
    case 'budget':
      return overBudget(state, plan, command, context);
  }
}

/** What would have fanned out is cancelled, and whoever asked for it is told; what is at work goes on. */
function declined(state: FleetState, plan: Plan, by: Actor, mint: MintId): readonly FleetEvent[] {
  const reason = 'The person declined to start so many agents';
  const unstarted = agentTasks(plan).filter((task) => task.status === 'waiting' && task.history.length === 0);
  return [...cancelTasks(plan, unstarted, reason, by), ...ownerNews(state, unstarted, 'cancelled', reason, by, mint)];
}

/** A person's verdict on a gate, or on a review that has used up its rounds. */
function judged(state: FleetState, plan: Plan, task: Task, command: Answer, { mint }: PlanDecider): readonly FleetEvent[] {
  const text = textOf(command);
  switch (command.choice) {
    case 'approve':
    case 'accept':
      return settled(state, plan, task, { status: 'done', verdict: 'approve', reason: text }, mint, command.by);
    case 'again':
    case 'changes': {
      const backTo = task.gate?.backTo;
      if (backTo === undefined) {
        return [];
      }
      const agent = assigneeOf(state, task);
      const outcome = agent === undefined ? undefined : outcomeOf(agent);
      const found = outcome?.kind === 'done' ? `The review found:\n\n${outcome.report.summary}` : undefined;
      const own = text === undefined ? undefined : `The person asks for changes: ${text}`;
      return nextRound(plan, task, backTo, [own, found].filter((part) => part !== undefined).join('\n\n'), command.by);
    }
    default:
      return settled(
        state,
        plan,
        task,
        { status: 'failed', verdict: 'changes', reason: text === undefined ? 'you rejected it' : `you rejected it: ${text}` },
        mint,
        command.by,
      );
  }
}

function unstuck(state: FleetState, { agentId }: Question, { choice, by }: Answer, { mint }: PlanDecider): readonly FleetEvent[] {
  const agent = agentId === undefined ? undefined : state.agents[agentId];
  if (agent === undefined || !isLive(agent) || agent.killing !== undefined || choice === 'goOn') {
    return [];
  }
  return choice === 'kill' ? [{ type: 'killAsked', agentId: agent.id, by }] : [wrapUpMessage(agent.id, by, mint)];
}

/** Finishing means: nothing new starts, and whoever is at work reports what there is. */
function overBudget(state: FleetState, plan: Plan, { choice, by }: Answer, { mint }: PlanDecider): readonly FleetEvent[] {
  if (choice === 'raise') {
    return [];
  }
  const live = agentsOfRun(state, plan.runId).filter((agent) => isLive(agent) && agent.killing === undefined);
  const reason = 'The budget of the run is used up';
  const idle = idleTasks(state, plan);
  const skipped = skipTasks(plan, idle, reason, by);
  return choice === 'kill'
    ? [...skipped, ...live.map((agent): FleetEvent => ({ type: 'killAsked', agentId: agent.id, by }))]
    : [
        ...skipped,
        ...ownerNews(state, idle, 'skipped', reason, by, mint),
        ...live.filter((agent) => !agent.wrappingUp).map((agent) => wrapUpMessage(agent.id, by, mint)),
      ];
}

function wrapUpMessage(to: AgentId, from: Actor, mint: MintId): FleetEvent {
  return {
    type: 'messageQueued',
    messageId: mint('message'),
    to,
    from,
    sender: from.kind,
    kind: 'wrapUp',
    text: wrapUpText,
    interrupt: false,
  };
}
