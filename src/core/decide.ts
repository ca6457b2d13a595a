import type { FleetCommand } from './commands.ts';
import { decidePlan } from './plan/decidePlan.ts';
import { type Starter, spawnAgent, startRun } from './decideStart.ts';
import type { Decision } from './decision.ts';
import type { Actor, EventOf, FleetEvent, MessageKind, Place } from './events.ts';
import type { AgentId, RunId } from './ids.ts';
import { idleTasks, refuse, released, skipTasks, withdrawDecisions } from './plan/planChange.ts';
import { dependentsOf, edgesOf, isSettled, taskOf } from './plan/planGraph.ts';
import { openAsks } from './openRequests.ts';
import { replyProblem } from './requests.ts';
import { covers } from './rights.ts';
import { agentsOfRun, emptyRuns, outcomeOf, phaseWord, subtreeOf } from './selectors.ts';
import type { Agent, FleetState, Grant, OpenAsk, Plan, Task } from './state.ts';
import { wrapUpText } from './wrapUpText.ts';

/** What `decide` may use beside state and command: fresh ids, the caps, and the look-up of workflows, agent types and models. */
export type DecideContext = Starter;

type CommandOf<T extends FleetCommand['type']> = Extract<FleetCommand, { type: T }>;

/** All rules about what is allowed: the facts a command makes, or why it is refused. Pure. */
export function decide(state: FleetState, command: FleetCommand, context: DecideContext): Decision {
  switch (command.type) {
    case 'startRun':
      return startRun(state, command, context);
    case 'spawnAgent':
      return spawnAgent(state, command, context);
    case 'sendMessage':
      return sendMessage(state, command, context);
    case 'wrapUpAgent':
      return wrapUp(state, command.agentId, command.by, context);
    case 'killAgent':
      return kill(state, command.agentId, command.by);
    case 'killAll':
      return withPlans(
        state,
        toAll(state, (agent) => agent.stage !== 'ended' && agent.killing === undefined, killing(command.by)),
        (plan) => [...skipTasks(plan, idleTasks(state, plan), 'Everything was killed', command.by), ...withdrawDecisions(plan, command.by)],
      );
    case 'pauseAgent':
      return pause(state, command);
    case 'pauseAll':
      return withPlans(
        state,
        toAll(state, isPausable, (agent) => ({ type: 'pauseAsked', agentId: agent.id, by: command.by })),
        (plan) =>
          plan.held !== undefined || plan.tasks.every(isSettled)
            ? []
            : [{ type: 'runHeld', runId: plan.runId, reason: 'paused', by: command.by }],
      );
    case 'resumeAgent':
      return resume(state, command);
    case 'resumeAll':
      return withPlans(
        state,
        toAll(state, isHeld, (agent) => ({ type: 'agentResumed', agentId: agent.id, by: command.by })),
        (plan) => (plan.held === 'paused' ? released(plan, command.by) : []),
      );
    case 'retryAgent':
      return retry(state, command);
    case 'followUpAgent':
      return followUp(state, command, context);
    case 'deleteAgent':
      return remove(state, command);
    case 'deleteEnded':
      return deleteEnded(state, command.by);
    case 'answer':
      return answer(state, command);
    case 'changePlan':
    case 'proposeChange':
    case 'settleProposal':
    case 'decide':
    case 'retryRun':
    case 'killRun':
    case 'pauseRun':
    case 'resumeRun':
    case 'publishArtefact':
    case 'reviewChanges':
      return decidePlan(state, command, context);
  }
}

function sendMessage(state: FleetState, command: CommandOf<'sendMessage'>, context: DecideContext): Decision {
  return toLive(state, command.agentId, (agent) => {
    const text = command.text.trim();
    if (text === '') {
      return refuse('invalid', 'The message is empty.', `Say what ${agent.label} should do differently.`);
    }
    const { by, kind, replyTo } = command;
    const problem = replyTo === undefined || by.kind !== 'agent' ? undefined : replyProblem(state, by.agentId, agent.id, replyTo);
    if (problem !== undefined) {
      return refuse(
        'unknown',
        problem,
        'Answer the message that you mean by the id in its tag, to the agent that sent it; nothing was sent.',
      );
    }
    const queued = message(state, context, agent, kind, by, text, command.place, command.interrupt);
    const answerable = by.kind === 'agent' && answerableKinds.has(kind) ? true : undefined;
    return {
      ok: true,
      events: [{ ...queued, ...(replyTo === undefined ? {} : { replyTo }), ...(answerable === undefined ? {} : { answerable }) }],
      accepted: { runId: agent.runId, agentId: agent.id, messageId: queued.messageId, reached: 1 },
    };
  });
}

/** What agents say to each other, as against orders and results. */
const answerableKinds: ReadonlySet<MessageKind> = new Set<MessageKind>(['info', 'request', 'warning', 'confirmation']);

function wrapUp(state: FleetState, id: AgentId, by: Actor, context: DecideContext): Decision {
  return toLive(state, id, () => {
    const reached = subtreeOf(state, id).filter((agent) => agent.stage !== 'ended' && !agent.wrappingUp);
    const first = reached[0];
    if (first === undefined) {
      return refuse('running', 'It is wrapping up already.', 'Wait for its report, or kill it.');
    }
    return accept(
      first,
      reached.length,
      reached.map((agent) => message(state, context, agent, 'wrapUp', by, wrapUpText, undefined, false)),
    );
  });
}

function kill(state: FleetState, id: AgentId, by: Actor): Decision {
  return toLive(state, id, (agent) => {
    const reached = subtreeOf(state, id).filter((other) => other.stage !== 'ended' && other.killing === undefined);
    return accept(agent, reached.length, reached.map(killing(by)));
  });
}

function killing(by: Actor) {
  return (agent: Agent): FleetEvent => ({ type: 'killAsked', agentId: agent.id, by });
}

const isPausable = (agent: Agent) => agent.stage !== 'ended' && agent.stage !== 'paused' && !agent.pausing;
const isHeld = (agent: Agent) => agent.stage === 'paused' || agent.pausing;

function pause(state: FleetState, command: CommandOf<'pauseAgent'>): Decision {
  return toLive(state, command.agentId, (agent) =>
    isPausable(agent)
      ? accept(agent, 1, [{ type: 'pauseAsked', agentId: agent.id, by: command.by }])
      : refuse('running', `${agent.label} is paused already, or about to be.`, 'Resume it to let it go on.'),
  );
}

/** A paused agent goes on; an interrupted one is continued from its history, together with the interrupted agents below it. */
function resume(state: FleetState, command: CommandOf<'resumeAgent'>): Decision {
  const agent = state.agents[command.agentId];
  if (agent === undefined) {
    return unknownAgent(command.agentId);
  }
  if (isHeld(agent)) {
    return accept(agent, 1, [{ type: 'agentResumed', agentId: agent.id, by: command.by }]);
  }
  if (outcomeOf(agent)?.kind === 'interrupted') {
    const reached = subtreeOf(state, agent.id).filter((other) => outcomeOf(other)?.kind === 'interrupted');
    return accept(agent, reached.length, [
      ...released(state.plans[agent.runId], command.by),
      ...reached.map((other): FleetEvent => ({ type: 'agentContinued', agentId: other.id, reason: 'resume', by: command.by })),
    ]);
  }
  return agent.stage === 'ended'
    ? refuse('ended', `${agent.label} has ended (${phaseWord(agent)}).`, 'Retry it if it failed, or give it a follow-up task.')
    : refuse('notPaused', `${agent.label} is at work.`, 'Nothing to resume.');
}

/** The agent goes on with its task, and what was skipped because of its failure waits for it again. */
function retry(state: FleetState, command: CommandOf<'retryAgent'>): Decision {
  return toEnded(state, command.agentId, (agent) => {
    if (outcomeOf(agent)?.kind === 'done') {
      return refuse('ended', `${agent.label} is done; there is nothing to retry.`, 'Give it a follow-up task instead.');
    }
    const plan = state.plans[agent.runId];
    const task = plan === undefined ? undefined : taskOf(plan, agent.taskId);
    const other = successorAtWork(state, agent, task);
    if (other !== undefined) {
      return refuse('running', `${other.label} is at work on this task already.`, `Wait for it, or kill it and retry ${agent.label}.`);
    }
    return accept(agent, 1, [
      ...released(plan, command.by),
      ...reopenedAfter(plan, task, command.by),
      { type: 'agentContinued', agentId: agent.id, reason: 'retry', by: command.by },
    ]);
  });
}

/** Another agent that is at work on an ended one's task: two at once would do it twice. */
function successorAtWork(state: FleetState, agent: Agent, task: Task | undefined): Agent | undefined {
  const other = task === undefined ? undefined : state.agents[task.history.at(-1)?.agentId ?? agent.id];
  return other !== undefined && other.id !== agent.id && other.stage !== 'ended' ? other : undefined;
}

function reopenedAfter(plan: Plan | undefined, task: Task | undefined, by: Actor): readonly FleetEvent[] {
  if (plan === undefined || task === undefined) {
    return [];
  }
  const after = dependentsOf(plan.tasks);
  const found = new Set(after.get(task.id) ?? []);
  for (const id of found) {
    for (const next of taskOf(plan, id)?.status === 'skipped' ? (after.get(id) ?? []) : []) {
      found.add(next);
    }
  }
  const taskIds = [...found].filter((id) => taskOf(plan, id)?.status === 'skipped');
  return taskIds.length === 0 ? [] : [{ type: 'tasksReopened', runId: plan.runId, taskIds, kind: 'retry', note: '', by }];
}

function followUp(state: FleetState, command: CommandOf<'followUpAgent'>, context: DecideContext): Decision {
  return toEnded(state, command.agentId, (agent) => {
    const task = command.task.trim();
    if (task === '') {
      return refuse('invalid', 'The task is empty.', `Say what ${agent.label} should do next.`);
    }
    const plan = state.plans[agent.runId];
    const other = successorAtWork(state, agent, plan === undefined ? undefined : taskOf(plan, agent.taskId));
    if (other !== undefined) {
      return refuse('running', `${other.label} is at work on the task of ${agent.label}.`, `Steer ${other.label}, or wait for its report.`);
    }
    return accept(agent, 1, [
      message(state, context, agent, 'followUp', command.by, task, command.place, false),
      { type: 'agentContinued', agentId: agent.id, reason: 'followUp', by: command.by },
    ]);
  });
}

function remove(state: FleetState, command: CommandOf<'deleteAgent'>): Decision {
  return toEnded(state, command.agentId, (agent) => {
    const subtree = subtreeOf(state, agent.id);
    const live = subtree.find((other) => other.stage !== 'ended');
    if (live !== undefined) {
      return refuse('running', `${live.label}, which ${agent.label} spawned, is still at work.`, 'Kill it or wait for it, then delete.');
    }
    const waiting =
      subtree.map((other) => neededBy(state, other)).find((task) => task !== undefined) ?? lastOfRun(state, agent.runId, subtree);
    if (waiting !== undefined) {
      return refuse(
        'running',
        `"${waiting.title}" is still to come, and ${agent.label} is needed for it.`,
        'Wait for it, or cancel that task in the plan.',
      );
    }
    return accept(agent, subtree.length, deletions(subtree, command.by));
  });
}

/** Deletes what has ended and holds nothing that is still at work. */
function deleteEnded(state: FleetState, by: Actor): Decision {
  const ended = Object.values(state.agents).filter((agent) =>
    subtreeOf(state, agent.id).every((other) => other.stage === 'ended' && neededBy(state, other) === undefined),
  );
  const deleted = ended.filter((agent) => lastOfRun(state, agent.runId, ended) === undefined);
  const empty = emptyRuns(state).map((run): FleetEvent => ({ type: 'runDeleted', runId: run.id, by }));
  return { ok: true, events: [...deletions(deleted, by), ...empty], accepted: { reached: deleted.length + empty.length } };
}

/** A task that has not come to its end and depends on what an agent reported; its own, when the person is still to judge the report. */
function neededBy(state: FleetState, agent: Agent): Task | undefined {
  const plan = state.plans[agent.runId];
  const { taskId } = agent;
  if (plan === undefined || taskId === undefined) {
    return undefined;
  }
  const edges = edgesOf(plan.tasks);
  const isJudged = outcomeOf(agent)?.kind === 'done';
  return plan.tasks.find((task) => !isSettled(task) && (edges.get(task.id)?.includes(taskId) === true || (isJudged && task.id === taskId)));
}

/** A task still to come in a run that would be gone with these agents: a run is there as long as it has one. */
function lastOfRun(state: FleetState, runId: RunId, deleted: readonly Agent[]): Task | undefined {
  const left = agentsOfRun(state, runId).filter((agent) => !deleted.includes(agent));
  const theirs = new Set(deleted.map((agent) => agent.taskId));
  return left.length > 0 ? undefined : state.plans[runId]?.tasks.find((task) => !isSettled(task) && !theirs.has(task.id));
}

/** Children go before their parents, so that no child is ever without one. */
function deletions(agents: readonly Agent[], by: Actor): FleetEvent[] {
  return agents.toReversed().map((agent) => ({ type: 'agentDeleted', agentId: agent.id, by }));
}

function answer(state: FleetState, command: CommandOf<'answer'>): Decision {
  const ask = state.asks[command.askId];
  if (ask === undefined) {
    return refuse('unknown', 'This has been answered already, or the agent that asked has ended.', 'Nothing was done.');
  }
  const isQuestion = ask.ask.kind === 'question';
  const fitting = isQuestion ? 'reply' : 'allow';
  if (command.answer.kind !== fitting && command.answer.kind !== 'deny') {
    return refuse('invalid', 'That answer does not fit.', isQuestion ? 'Reply with text, or deny.' : 'Allow it, or deny it with a reason.');
  }
  if (command.answer.kind === 'allow' && command.answer.scope !== undefined && hashOf(ask) === undefined) {
    return refuse('invalid', 'Only a command can be allowed for more than once.', 'Allow it without a scope.');
  }
  const answered = [ask, ...coveredBy(state, ask, command.answer)];
  return {
    ok: true,
    events: answered.map(({ askId, agentId, callId }) => ({ type: 'personAnswered', askId, agentId, callId, answer: command.answer })),
    accepted: { agentId: ask.agentId, reached: answered.length },
  };
}

/** Other open asks about the very same plan that a yes for more than one call answers too. */
function coveredBy(state: FleetState, ask: OpenAsk, answer: CommandOf<'answer'>['answer']): readonly OpenAsk[] {
  const hash = hashOf(ask);
  const asker = state.agents[ask.agentId];
  if (answer.kind !== 'allow' || answer.scope === undefined || hash === undefined || asker === undefined) {
    return [];
  }
  const grant: Grant = { hash, scope: answer.scope, agentId: asker.id, runId: asker.runId, seq: state.seq };
  return openAsks(state).filter((other) => {
    const agent = state.agents[other.agentId];
    return other.askId !== ask.askId && hashOf(other) === hash && agent !== undefined && covers(grant, agent, 0);
  });
}

function hashOf({ ask }: OpenAsk): string | undefined {
  return ask.kind === 'command' ? ask.hash : undefined;
}

function message(
  state: FleetState,
  context: DecideContext,
  to: Agent,
  kind: MessageKind,
  from: Actor,
  text: string,
  place: Place | undefined,
  interrupt: boolean,
): EventOf<'messageQueued'> {
  const messageId = context.mint('message');
  return { type: 'messageQueued', messageId, to: to.id, from, sender: senderName(state, from), kind, text, place, interrupt };
}

/** How a sender is named to a model: "person", "engine", or an agent's label and id. */
export function senderName(state: FleetState, from: Actor): string {
  if (from.kind !== 'agent') {
    return from.kind;
  }
  const agent = state.agents[from.agentId];
  return agent === undefined ? `agent ${from.agentId}` : `agent ${agent.label} (${agent.id})`;
}

function toLive(state: FleetState, id: AgentId, act: (agent: Agent) => Decision): Decision {
  const agent = state.agents[id];
  if (agent === undefined) {
    return unknownAgent(id);
  }
  if (agent.stage === 'ended' || agent.killing !== undefined) {
    return refuse('ended', `${agent.label} has ended.`, 'Give it a follow-up task to have it go on with its context kept.');
  }
  return act(agent);
}

function toEnded(state: FleetState, id: AgentId, act: (agent: Agent) => Decision): Decision {
  const agent = state.agents[id];
  if (agent === undefined) {
    return unknownAgent(id);
  }
  return agent.stage === 'ended' ? act(agent) : refuse('running', `${agent.label} is still at work.`, 'Steer it, wrap it up or kill it.');
}

function toAll(state: FleetState, which: (agent: Agent) => boolean, event: (agent: Agent) => FleetEvent): Decision {
  const agents = Object.values(state.agents).filter(which);
  return { ok: true, events: agents.map(event), accepted: { reached: agents.length } };
}

/** The same for what has not started: plans are told together with their agents. */
function withPlans(state: FleetState, decision: Decision, facts: (plan: Plan) => readonly FleetEvent[]): Decision {
  return decision.ok ? { ...decision, events: [...Object.values<Plan>(state.plans).flatMap(facts), ...decision.events] } : decision;
}

function accept(agent: Agent, reached: number, events: readonly FleetEvent[]): Decision {
  return { ok: true, events, accepted: { runId: agent.runId, agentId: agent.id, reached } };
}

function unknownAgent(id: AgentId): Decision {
  return refuse('unknown', `There is no agent ${id}.`, 'Pick one from the Fleet view.');
}
