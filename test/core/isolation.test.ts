import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { IsolationWish, Workplace } from '../../src/core/events.ts';
import { toId } from '../../src/core/ids.ts';
import { changesFiles, isNeeded, placementOf, wishOf } from '../../src/core/isolation.ts';
import type { Agent, FleetState, Task } from '../../src/core/state.ts';
import { examples } from '../support/examples.ts';
import { fold } from '../support/fold.ts';
import { attemptOf, planOf, taskIn } from '../support/plans.ts';
import { spawn, start } from './review/facts.ts';

const workplace = (id: string): Workplace => ({
  id,
  root: `/w/${id}`,
  folder: `/w/${id}`,
  start: 'c0',
  madeFor: toId('agent', id),
  notes: [],
});

/** An agent of a task of the same name; `at`: the folder it works in. */
interface Made {
  readonly id: string;
  readonly at?: string;
  readonly commit?: string;
  readonly part?: Partial<Agent>;
  readonly before?: readonly string[];
  readonly task?: Partial<Task>;
}

/** A run in which each of these agents works on a task of its own that depends on the tasks `before`. */
function fleetOf(made: readonly Made[], tools: readonly string[] = ['read_file', 'edit_file']): FleetState {
  const folded = fold([...start, ...made.flatMap(({ id }) => spawn(toId('agent', id)))]);
  const agents = Object.fromEntries(
    made.map(({ id, at, commit, part }, index) => {
      const agent = folded.agents[toId('agent', id)] ?? assert.fail(`no agent ${id}`);
      return [
        id,
        {
          ...agent,
          taskId: toId('task', id),
          lastActivityAt: index,
          ...(at === undefined ? {} : { workplace: workplace(at) }),
          ...(commit === undefined ? {} : { captured: { commit, changed: true } }),
          ...part,
        },
      ];
    }),
  );
  const tasks = made.map(({ id, before = [], task }) =>
    taskIn(id, { history: [attemptOf(id)], dependencies: before.map((one) => toId('task', one)), ...task }),
  );
  const [first] = made;
  const runId = folded.agents[toId('agent', first?.id ?? '')]?.runId ?? assert.fail('no run');
  const prompts = Object.fromEntries(
    Object.values(folded.agents).map(({ promptId }) => [
      promptId,
      { id: promptId, system: '', tools: tools.map((name) => ({ name, description: '', inputSchema: {} })) },
    ]),
  );
  return { ...folded, agents, prompts, plans: { [runId]: { ...planOf(tasks), runId } } };
}

const agentIn = (state: FleetState, id: string): Agent => state.agents[toId('agent', id)] ?? assert.fail(`no agent ${id}`);
const place = (made: readonly Made[], id: string, wish: 'shared' | 'worktree' = 'worktree', tools?: readonly string[]) => {
  const state = fleetOf(made, tools);
  const found = placementOf(state, agentIn(state, id), wish);
  return found.kind === 'join'
    ? `join ${found.workplace.id}`
    : found.kind === 'own'
      ? ['own', ...found.sources.map(({ label, commit }) => `${label}:${commit}`)].join(' ')
      : 'open';
};

describe('where an agent works', () => {
  it('is a folder of its own only when the person wants that and it may change files', () => {
    assert.equal(place([{ id: 'a' }], 'a'), 'own');
    assert.equal(place([{ id: 'a' }], 'a', 'shared'), 'open');
    assert.equal(place([{ id: 'a' }], 'a', 'worktree', ['read_file', 'run_command']), 'open');
    assert.equal(place([{ id: 'a', part: { rights: { writes: [], commands: [], network: false } } }], 'a'), 'open');
    assert.equal(place([{ id: 'a', part: { rights: { writes: ['docs'], commands: [], network: false } } }], 'a'), 'own');
  });

  it('is what an argument says, then a file, then the setting; what is nearer to the agent first', () => {
    const wish = fc.constantFrom('shared' as const, 'worktree' as const);
    const given = fc.option(fc.record({ wish, by: fc.constantFrom('argument' as const, 'file' as const) }), { nil: undefined });
    fc.assert(
      fc.property(given, given, wish, (own: IsolationWish | undefined, ofRun: IsolationWish | undefined, setting) => {
        const state = fleetOf([{ id: 'a', part: { isolation: own } }]);
        const agent = agentIn(state, 'a');
        const run = state.runs[agent.runId] ?? assert.fail();
        const all = [own, ofRun];
        const order = [...all.filter((one) => one?.by === 'argument'), ...all.filter((one) => one?.by === 'file')];
        const runs = { [agent.runId]: { ...run, isolation: ofRun } };
        assert.equal(wishOf({ runs }, agent, setting), order[0]?.wish ?? setting);
        assert.equal(placementOf({ ...state, runs }, agent, setting).kind, (order[0]?.wish ?? setting) === 'worktree' ? 'own' : 'open');
      }),
      examples(200),
    );
  });

  it('is the folder of the one whose work its task builds on, whether it changes files or not', () => {
    const made = [
      { id: 'a', at: 'wa', commit: 'c1' },
      { id: 'b', before: ['a'] },
    ];
    assert.equal(place(made, 'b'), 'join wa');
    assert.equal(place(made, 'b', 'shared'), 'join wa', 'the work is there, whatever is wanted now');
    assert.equal(place(made, 'b', 'worktree', ['read_file']), 'join wa');
    assert.equal(place([...made.slice(0, 1), { id: 'b', at: 'wa', before: ['a'] }, { id: 'c', before: ['a', 'b'] }], 'c'), 'join wa');
  });

  it('looks behind agents without a folder, and at those that one which leads has started', () => {
    const made: readonly Made[] = [
      { id: 'a', at: 'wa' },
      { id: 'b', before: ['a'] },
      { id: 'c', before: ['b'] },
    ];
    assert.equal(place(made, 'c'), 'join wa');
    const led: readonly Made[] = [
      { id: 'lead' },
      { id: 'a', at: 'wa', task: { owner: toId('agent', 'lead') } },
      { id: 'c', before: ['lead'] },
    ];
    assert.equal(place(led, 'c'), 'join wa');
    assert.equal(place([{ id: 'a', at: 'wa' }, { id: 'c' }], 'c'), 'own', 'who does not depend on it begins anew');
  });

  it('is a new folder with all of the work when there are several, and as each was left last', () => {
    const made: readonly Made[] = [
      { id: 'a', at: 'wa', commit: 'c1' },
      { id: 'b', at: 'wb', commit: 'c2' },
      { id: 'a2', at: 'wa', commit: 'c3', before: ['a'] },
      { id: 'c', before: ['a', 'b', 'a2'] },
    ];
    assert.equal(place(made, 'c'), 'own label of a2:c3 label of b:c2');
    assert.equal(place(made, 'c', 'shared', ['read_file']), 'own label of a2:c3 label of b:c2');
  });

  it('is a new folder with what was kept when the only one is gone', () => {
    assert.equal(
      place(
        [
          { id: 'a', at: 'wa', commit: 'c1', part: { workplaceGone: {} } },
          { id: 'b', before: ['a'] },
        ],
        'b',
      ),
      'own label of a:c1',
    );
  });

  it('stays the same for another try and for who takes over', () => {
    const made: readonly Made[] = [
      { id: 'other', at: 'wo' },
      { id: 'a', at: 'wa' },
      { id: 'a2', before: ['other'], part: { taskId: toId('task', 'a') } },
    ];
    const state = fleetOf(made);
    const [plan] = Object.values(state.plans);
    assert.ok(plan !== undefined);
    const tasks = plan.tasks.map((task) => (task.id === 'a' ? { ...task, history: [attemptOf('a'), attemptOf('a2')] } : task));
    const again = { ...state, plans: { [plan.runId]: { ...plan, tasks } } };
    assert.deepEqual(placementOf(again, agentIn(again, 'a2'), 'worktree'), { kind: 'join', workplace: workplace('wa') });
  });

  it('is that of the agent it was started by, if that has one', () => {
    assert.equal(
      place(
        [
          { id: 'a', at: 'wa' },
          { id: 'b', part: { parentId: toId('agent', 'a') } },
        ],
        'b',
      ),
      'join wa',
    );
  });

  it('law: whoever depends on isolated work never misses any of it, whatever the plan', () => {
    const shapes = fc.array(fc.record({ at: fc.option(fc.constantFrom('w1', 'w2', 'w3'), { nil: undefined }), on: fc.array(fc.nat(5)) }), {
      minLength: 1,
      maxLength: 6,
    });
    fc.assert(
      fc.property(shapes, fc.constantFrom('shared' as const, 'worktree' as const), (shape, wish) => {
        const made = shape.map(
          ({ at, on }, index): Made => ({
            id: `t${index}`,
            ...(at === undefined ? {} : { at }),
            before: [...new Set(on.filter((one) => one < index))].map((one) => `t${one}`),
          }),
        );
        const all: readonly Made[] = [...made, { id: 'last', before: made.map(({ id }) => id) }];
        const state = fleetOf(all);
        const found = placementOf(state, agentIn(state, 'last'), wish);
        const folders = [...new Set(made.flatMap(({ at }) => at ?? []))].toSorted();
        const got = found.kind === 'join' ? [found.workplace.id] : found.kind === 'own' ? found.sources.map((one) => one.workplace.id) : [];
        assert.deepEqual(got.toSorted(), folders);
        assert.equal(found.kind === 'join', folders.length === 1);
      }),
      examples(200),
    );
  });
});

describe('a folder of agents', () => {
  it('is needed as long as one of them is there', () => {
    const state = fleetOf([
      { id: 'a', at: 'wa' },
      { id: 'b', at: 'wb', part: { workplaceGone: {} } },
    ]);
    assert.deepEqual([isNeeded(state, 'wa'), isNeeded(state, 'wb'), isNeeded(state, 'wc')], [true, false, false]);
    assert.equal(changesFiles(state, agentIn(state, 'a')), true);
  });
});
