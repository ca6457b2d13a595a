import assert from 'node:assert/strict';
import type { Gate } from '../../../src/core/events.ts';
import { taskSpecSchema } from '../../../src/core/events.ts';
import { type AgentId, toId } from '../../../src/core/ids.ts';
import { changedForAgent, commandsRunBy, gateOfAgent, ranOk } from '../../../src/core/brief/reportEvidence.ts';
import { type Agent, emptyFleet, type FleetState, type Task, type ToolCall } from '../../../src/core/state.ts';
import { createReportEvidence } from '../../../src/orchestrator/reportEvidence.ts';
import { fakeAgent } from '../../tools/fakes.ts';

const runId = toId('run', 'r1');
const id = (text: string): AgentId => toId('agent', text);

function task(name: string, agents: readonly (readonly [agent: string, startedAt: number])[], more: Partial<Task> = {}): Task {
  return {
    ...taskSpecSchema.parse({ id: name, title: name, agentType: 'general', brief: { objective: name } }),
    status: 'running',
    history: agents.map(([agent, startedAt], at) => ({ agentId: id(agent), round: at + 1, startedAt })),
    round: 1,
    tries: 1,
    addedAt: 0,
    addedBy: { kind: 'person' },
    ...more,
  };
}

function on(name: string, changes: Partial<Agent> = {}): Agent {
  return fakeAgent(name, { taskId: taskSpecSchema.shape.id.parse(name), ...changes });
}

function ran(command: string, exitCode: number | null, startedAt: number): ToolCall {
  return {
    callId: toId('call', `c${startedAt}`),
    name: 'run_command',
    title: '',
    startedAt,
    effects: [{ kind: 'ran', command, exitCode }],
  };
}

function state(agents: readonly Agent[], tasks: readonly Task[], calls: readonly ToolCall[] = []): FleetState {
  const turn = { number: 1, startedAt: 0, delivered: [], blocks: [], calls, failures: [] };
  return {
    ...emptyFleet,
    agents: Object.fromEntries(agents.map((agent) => [agent.id, agent])),
    transcripts: { [id('judge')]: { opening: '', turns: [turn] } },
    plans: { [runId]: { runId, tasks, revisions: [], proposals: [], artefacts: [], decisions: [] } },
  };
}

describe('evidence for a report', () => {
  it('knows the gate of the task an agent works on', () => {
    const gate: Gate = { kind: 'verdict', rounds: 2 };
    const fleet = state([on('judge'), on('other')], [task('judge', [['judge', 0]], { gate }), task('other', [])]);
    assert.deepEqual([gateOfAgent(fleet, id('judge')), gateOfAgent(fleet, id('other'))], [gate, undefined]);
    assert.equal(gateOfAgent(fleet, id('nobody')), undefined);
  });

  it('counts the last run of exactly that command', () => {
    const calls = [
      ran('npm test', 1, 1),
      ran(' npm test\n', 0, 2),
      ran('npm run lint', 0, 3),
      ran('npm run lint', 2, 4),
      ran('x', null, 5),
    ];
    const fleet = state([on('judge')], [task('judge', [['judge', 0]])], calls);
    const ok = (command: string) => ranOk(fleet, id('judge'), command);
    assert.deepEqual([ok('npm test'), ok('npm run lint'), ok('x'), ok('npm'), ok('npm test | tail')], [true, false, false, false, false]);
  });

  it('counts nothing that was run in an earlier round', () => {
    const calls = [ran('npm test', 0, 5), ran('ls', 0, 15)];
    const rounds = task('judge', [
      ['judge', 0],
      ['judge', 10],
    ]);
    const fleet = state([on('judge')], [rounds], calls);
    assert.equal(ranOk(fleet, id('judge'), 'npm test'), false);
    assert.deepEqual(
      commandsRunBy(fleet, id('judge')).map((one) => one.command),
      ['ls'],
    );
    assert.equal(ranOk(state([fakeAgent('judge')], [], calls), id('judge'), 'npm test'), true, 'without a plan all of it counts');
  });

  it('knows what was changed by all below an agent and by the tasks before its own', () => {
    const changed = (name: string) => on(name, { filesChanged: [`${name}.ts`] });
    const agents = [
      { ...changed('judge') },
      { ...changed('kid'), parentId: id('judge') },
      changed('build'),
      changed('plan'),
      changed('asked'),
      changed('stranger'),
    ];
    const tasks = [
      task('plan', [['plan', 0]]),
      task('build', [['build', 0]], { dependencies: [taskSpecSchema.shape.id.parse('plan')] }),
      task('judge', [['judge', 0]], { dependencies: [taskSpecSchema.shape.id.parse('build')] }),
      task('asked', [['asked', 0]], { owner: id('judge') }),
      task('stranger', [['stranger', 0]]),
    ];
    const fleet = state(agents, tasks);
    assert.deepEqual([...changedForAgent(fleet, id('judge'))].toSorted(), ['asked.ts', 'build.ts', 'kid.ts', 'plan.ts']);
    const evidence = createReportEvidence(
      () => fleet,
      async () => undefined,
    );
    assert.deepEqual([evidence.agent(id('judge'))?.filesChanged, evidence.ranAny(id('judge'))], [['judge.ts'], false]);
  });
});
