import * as assert from 'node:assert/strict';
import type { FleetEvent } from '../../src/core/events.ts';
import { type AgentId, toId } from '../../src/core/ids.ts';
import { agentFacts, agentRow, askRow, liveDescendants, needsYouRow } from '../../src/core/rows.ts';
import { indexFleet } from '../../src/core/fleetIndex.ts';
import { runRow } from '../../src/core/plan/planRows.ts';
import { openAsks } from '../../src/core/openRequests.ts';
import { formatCost, formatDuration, formatTokens } from '../../src/core/rowText.ts';
import { runPhase } from '../../src/core/selectors.ts';
import type { Agent, FleetState } from '../../src/core/state.ts';
import { fold } from '../support/fold.ts';

const run = toId('run', 'run');
const lead = toId('agent', 'lead');
const scout = toId('agent', 'scout');
const builder = toId('agent', 'builder');
const call = toId('call', 'c1');
const ask = toId('ask', 'ask');
const usage = { input: 1000, output: 200, cacheRead: 11_000, cacheWrite5m: 100, cacheWrite1h: 0 };

const spawned = (agentId: AgentId, label: string, parentId?: AgentId, runId = run): FleetEvent => ({
  type: 'agentSpawned',
  agentId,
  runId,
  parentId,
  label,
  agentType: parentId === undefined ? 'lead' : 'general',
  depth: parentId === undefined ? 0 : 1,
  provider: 'practice',
  model: 'model-a',
  effort: 'low',
  promptId: toId('prompt', 'p'),
  brief: { objective: `Do what ${label} does` },
  opening: 'x',
  by: { kind: 'person' },
});

const begun = (agentId: AgentId): readonly FleetEvent[] => [
  { type: 'agentStarted', agentId },
  { type: 'requestStarted', agentId, turn: 1, attempt: 1 },
];

const calls = (agentId: AgentId, name: string): readonly FleetEvent[] => [
  {
    type: 'replySettled',
    agentId,
    turn: 1,
    model: 'model-b',
    blocks: [{ kind: 'toolCall', callId: call, name, input: {} }],
    stop: 'toolUse',
    usage,
    cost: 0.0212,
  },
];

const ended = (agentId: AgentId, outcome: Extract<FleetEvent, { type: 'agentEnded' }>['outcome']): FleetEvent => ({
  type: 'agentEnded',
  agentId,
  outcome,
});
const report = { summary: 'All found', findings: [], filesRead: [], filesChanged: [], recommendations: [], openQuestions: [], notes: [] };

const family: readonly FleetEvent[] = [
  { type: 'runStarted', runId: run, label: 'Tidy up', task: 'Tidy up', by: { kind: 'person' } },
  spawned(lead, 'lead'),
  ...begun(lead),
  spawned(scout, 'scout', lead),
  spawned(builder, 'builder', lead),
];

function agent(state: FleetState, id: AgentId): Agent {
  const found = state.agents[id];
  assert.ok(found);
  return found;
}

/** The row `later` ms after the agent last did something. */
function rowOf(state: FleetState, id: AgentId, later = 0) {
  const found = agent(state, id);
  return agentRow(found, found.lastActivityAt + later, found.lastActivityAt);
}

describe('rows', () => {
  it('nest agents under their parents, runs newest first', () => {
    const second = toId('run', 'second');
    const alone = toId('agent', 'alone');
    const state = fold([
      ...family,
      { type: 'runStarted', runId: second, label: 'Later', task: 'Later', by: { kind: 'person' } },
      spawned(alone, 'alone', undefined, second),
    ]);
    const index = indexFleet(state);
    assert.deepEqual(index.runs, [second, run]);
    assert.deepEqual(index.rootsByRun.get(run), [lead]);
    assert.deepEqual(index.childrenByAgent.get(lead), [scout, builder]);
    assert.deepEqual(index.rootsByRun.get(second), [alone]);
  });

  it('tell type, doing, silence, tokens and cost', () => {
    const state = fold([
      ...family,
      ...begun(builder),
      ...calls(builder, 'read_file'),
      { type: 'toolStarted', agentId: builder, callId: call, title: 'Read src/a.ts:1-80' },
    ]);
    const row = rowOf(state, builder, 12_400);
    assert.equal(row.description, 'Read src/a.ts:1-80 · silent 10 s · 12.3k tok · $0.02 · answered by model-b, not model-a · general');
    assert.equal(row.icon, 'gear~spin');
    assert.equal(row.context, 'agent live runningTools');
    assert.equal(row.needsPerson, false);
    assert.match(row.ariaLabel, /^builder, general agent, /);
  });

  it('say nothing of the model when it is the one that was asked for, or a dated version of it', () => {
    const found = agent(fold([...family, ...begun(builder), ...calls(builder, 'read_file')]), builder);
    const same = agentRow({ ...found, model: 'model-a-20261101' }, found.lastActivityAt, found.lastActivityAt);
    assert.doesNotMatch(same.description, /model-/);
  });

  it('say nothing of a short silence, and leave out the type when the label says it', () => {
    assert.equal(rowOf(fold(family), lead, 4999).description, 'thinking');
    assert.equal(rowOf(fold(family), lead, 5000).description, 'thinking · silent 5 s');
  });

  it('show live text as a sign of life', () => {
    const state = fold(family);
    const thinking = agent(state, lead);
    assert.equal(agentRow(thinking, thinking.lastActivityAt + 60_000, thinking.lastActivityAt + 59_000).description, 'thinking');
  });

  it('name every wait and mark those that need the person', () => {
    const asked = fold([
      ...family,
      ...begun(builder),
      ...calls(builder, 'run_command'),
      {
        type: 'personAsked',
        askId: ask,
        agentId: builder,
        callId: call,
        ask: { kind: 'command', title: 'Run npm test', command: 'npm test', folder: '.' },
      },
    ]);
    const row = rowOf(asked, builder, 61_000);
    assert.equal(row.needsPerson, true);
    assert.equal(row.icon, 'report');
    assert.match(row.description, /^needs your approval · for 1 min · .* · general$/);
    assert.equal(needsYouRow(asked)?.description, '1 request');
    assert.equal(needsYouRow(fold(family)), undefined);
    const open = openAsks(asked)[0];
    assert.ok(open);
    assert.equal(askRow(open, agent(asked, builder), 0, open.at + 3000).label, 'npm test');
    assert.equal(askRow(open, agent(asked, builder), 0, open.at + 29_999).description, 'builder wants to run a command · 25 s');
    assert.equal(
      askRow(open, agent(asked, builder), 2, open.at + 29_999).description,
      'builder wants to run a command, like 2 others · 25 s',
    );
  });

  it('say which file an agent waits for and who writes it, before anything else it does', () => {
    const detail = 'src/a.ts, which worker-2 writes';
    const waiting = fold([
      ...family,
      ...begun(builder),
      ...calls(builder, 'edit_file'),
      { type: 'toolStarted', agentId: builder, callId: call, title: 'Edit src/a.ts' },
      { type: 'waitStarted', agentId: builder, callId: call, wait: { kind: 'lease', detail } },
    ]);
    const row = rowOf(waiting, builder);
    assert.deepEqual([row.description.split(' · ')[0], row.icon, row.needsPerson], [`waiting for ${detail}`, 'lock', false]);
  });

  it('count down a wait whose end is known', () => {
    const until = 1_700_000_100_000;
    const state = fold([
      ...family,
      { type: 'waitStarted', agentId: lead, wait: { kind: 'rateLimit', detail: 'The endpoint is overloaded', until } },
    ]);
    const waiting = agent(state, lead);
    assert.equal(
      agentRow(waiting, until - 20_000, waiting.lastActivityAt).description.split(' · ')[0],
      'waiting for the rate limit: The endpoint is overloaded, tries again in 20 s',
    );
  });

  it('say how an agent ended and what can be done about it', () => {
    const failure = { kind: 'auth', message: 'The key was rejected.', next: 'Set another one.' } as const;
    const state = fold([...family, ended(scout, { kind: 'failed', failure }), ended(builder, { kind: 'killed', by: { kind: 'person' } })]);
    assert.equal(rowOf(state, scout).description, 'failed: key not accepted · general');
    assert.equal(rowOf(state, scout).context, 'agent ended failed');
    assert.equal(rowOf(state, builder).description, 'killed by you · general');
    assert.deepEqual(
      liveDescendants(state, lead).map(({ id }) => id),
      [],
    );
  });

  it('say what is asked of an agent before it happens', () => {
    const pausing = fold([...family, { type: 'pauseAsked', agentId: lead, by: { kind: 'person' } }]);
    assert.equal(rowOf(pausing, lead).description, 'pausing');
    assert.equal(rowOf(pausing, lead).context, 'agent live thinking pausing');
    const killing = fold([...family, { type: 'killAsked', agentId: lead, by: { kind: 'person' } }]);
    assert.equal(rowOf(killing, lead).description, 'stopping');
  });

  it('sum a run and name its provider', () => {
    const state = fold([...family, ...begun(builder), ...calls(builder, 'read_file')]);
    const entry = state.runs[run];
    assert.ok(entry);
    const agents = indexFleet(state).agentsByRun.get(run) ?? [];
    const row = runRow(entry, runPhase(state, entry), agents, 'Practice model (offline)');
    assert.equal(row.description, '2 at work · 1 queued · 12.3k tok · $0.02 · Practice model (offline)');
    assert.equal(row.context, 'run live running');
    const partial = fold([
      ...family,
      ended(scout, { kind: 'interrupted' }),
      ended(builder, { kind: 'done', report }),
      ended(lead, { kind: 'done', report }),
    ]);
    const after = runRow(entry, runPhase(partial, entry), indexFleet(partial).agentsByRun.get(run) ?? [], undefined);
    assert.equal(after.description, 'partial · 3 agents');
    assert.equal(after.context, 'run ended partial');
  });

  it('give the hover what the row has no room for', () => {
    const state = fold([...family, ...begun(builder), ...calls(builder, 'read_file')]);
    const facts = new Map(agentFacts(agent(state, builder), 'Practice model (offline)').map(({ name, value }) => [name, value]));
    assert.equal(facts.get('Task'), 'Do what builder does');
    assert.equal(facts.get('Model'), 'model-a, answered by model-b (effort low)');
    assert.equal(facts.get('Provider'), 'Practice model (offline)');
    assert.equal(facts.get('Tokens'), '1k input, 11k cache read, 100 cache write, 200 output');
    assert.equal(facts.has('Last failure'), false);
    assert.equal(facts.has('Given'), false);
    const manifest = {
      given: [
        { kind: 'brief', name: 'Brief', tokens: 1200 },
        { kind: 'tools', name: '9 tools', tokens: 3000 },
      ],
      withheld: [{ name: 'Report of x (x)', why: 'its task is not a dependency' }],
    } as const;
    const withManifest = { ...agent(state, builder), manifest: { given: [...manifest.given], withheld: [...manifest.withheld] } };
    const given = agentFacts(withManifest, '').find(({ name }) => name === 'Given');
    assert.equal(given?.value, 'about 4.2k tokens in 2 parts, 1 withheld');
  });

  it('say in the hover where an agent works when that is not the open folders', () => {
    const one = agent(fold(family), builder);
    const placeOf = (part: Partial<Agent>) => agentFacts({ ...one, ...part }, 'p').find(({ name }) => name === 'Works in')?.value;
    const workplace = { id: 'f1', root: '/w/f1', folder: '/w/f1', start: 'c', madeFor: builder, notes: ['Submodules are empty: sub.'] };
    assert.equal(placeOf({}), undefined);
    assert.equal(placeOf({ workplace }), 'own worktree: /w/f1. Submodules are empty: sub.');
    assert.equal(placeOf({ workplace: { ...workplace, madeFor: scout, notes: [] } }), 'a worktree it goes on in: /w/f1');
  });

  it('say in the hover where a type is defined and what of its definition is not done', () => {
    const one = agent(fold(family), builder);
    const typeOf = (definition: Parameters<typeof agentFacts>[2]) =>
      agentFacts(one, 'p', definition).find(({ name }) => name === 'Type')?.value;
    assert.equal(typeOf(undefined), one.agentType);
    assert.equal(typeOf({ source: {}, notHonoured: [] }), one.agentType);
    assert.equal(
      typeOf({ source: { path: '.claude/agents/a.md' }, notHonoured: [{ field: 'hooks', why: 'Hooks are not run.' }] }),
      `${one.agentType}, from .claude/agents/a.md. Not done: hooks: Hooks are not run.`,
    );
  });
});

describe('row texts', () => {
  it('round tokens, money and time for people', () => {
    assert.deepEqual([0, 999, 1000, 12_345, 999_949, 999_950, 4_100_000].map(formatTokens), [
      '0',
      '999',
      '1k',
      '12.3k',
      '999.9k',
      '1M',
      '4.1M',
    ]);
    assert.deepEqual(
      [formatCost(0.004, true), formatCost(1.5, true), formatCost(1.5, false), formatCost(0, false)],
      ['$0.0040', '$1.50', 'over $1.50', 'cost unknown'],
    );
    assert.deepEqual([-5, 999, 59_999, 60_000, 3_600_000, 3_900_000].map(formatDuration), [
      '0 s',
      '0 s',
      '59 s',
      '1 min',
      '1 h',
      '1 h 5 min',
    ]);
  });
});
