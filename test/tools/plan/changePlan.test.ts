import * as assert from 'node:assert/strict';
import type { Json } from '../../../src/core/json.ts';
import { planChangeSchema } from '../../../src/core/events.ts';
import { createPlanTools } from '../../../src/tools/plan/planTools.ts';
import { fakePlan, fakeProposal, fakeTask } from '../fakePlan.ts';
import { call, FakeCoordination, fakeAgent, fakePathFacts } from '../fakes.ts';

const agentTypes = [
  { name: 'scout', description: 'Finds out.', tools: ['read_file'] },
  { name: 'builder', description: 'Builds.', tools: ['edit_file'] },
];
const tools = createPlanTools({ agentTypes: () => agentTypes, pathFacts: fakePathFacts('docs/guide.md', 'src/api/routes.ts') });
const tool = (name: string) => tools.find(({ spec }) => spec.name === name) ?? assert.fail(`no tool ${name}`);

function team(...toolNames: readonly string[]): FakeCoordination {
  const coordination = new FakeCoordination([fakeAgent('me'), fakeAgent('other')]);
  coordination.toolNames = toolNames;
  coordination.currentPlan = fakePlan([
    fakeTask('api', [], {
      brief: {
        objective: 'Make the API.',
        scope: { paths: ['src/api'], focus: 'routes' },
        context: 'c',
        outputFormat: 'list',
        constraints: { tokens: 5, doneCriteria: ['a'] },
      },
      publishes: ['contract'],
      model: 'm',
      rollback: true,
    }),
    fakeTask('tests', ['api'], { status: 'done', reason: 'r' }),
  ]);
  return coordination;
}

type Input = { readonly [key: string]: Json };

async function ask(name: string, input: Input, coordination = team('change_plan')) {
  const outcome = await call(tool(name), name === 'settle_proposal' ? input : { reason: 'A gap.', ...input }, { coordination });
  return { ...outcome, asked: coordination.asked };
}

const docs = {
  id: 'docs',
  title: 'Docs',
  agent_type: 'builder',
  objective: 'Write them.',
  paths: ['docs'],
  output_format: 'list',
  done_criteria: ['all there'],
};
const brief = {
  objective: 'Write them.',
  scope: { paths: ['docs'] },
  outputFormat: 'list',
  constraints: { doneCriteria: ['all there'] },
};
const plain = { title: 'Docs', agentType: 'builder', brief, dependencies: [], priority: 'medium', attempts: 1 };

describe('change_plan', () => {
  it('makes tasks of what it is given', async () => {
    const more = {
      paths: ['docs'],
      focus: 'the guide',
      context: 'Facts.',
      output_format: 'list',
      done_criteria: ['all there'],
      depends_on: ['api'],
      priority: 'high',
      attempts: 2,
      needs: ['contract'],
      publishes: ['the guide'],
    };
    const { asked } = await ask('change_plan', { add: [{ ...docs, ...more }] });
    const task = {
      id: 'docs',
      title: 'Docs',
      agentType: 'builder',
      brief: {
        objective: 'Write them.',
        scope: { paths: ['docs'], focus: 'the guide' },
        context: 'Facts.',
        outputFormat: 'list',
        constraints: { doneCriteria: ['all there'] },
      },
      dependencies: ['api'],
      priority: 'high',
      attempts: 2,
      publishes: ['the guide'],
      needs: ['contract'],
    };
    assert.deepEqual(asked, [['changePlan', [{ kind: 'add', task }], 'A gap.']]);
  });

  it('has the report of what a lead adds go to the lead, and of what a planner adds to the run', async () => {
    const byLead = await ask('change_plan', { add: [docs] }, team('spawn_agent', 'change_plan'));
    const byPlanner = await ask('change_plan', { add: [docs] }, team('change_plan'));
    assert.deepEqual(byLead.asked, [['changePlan', [{ kind: 'add', task: { id: 'docs', ...plain, owner: 'me' } }], 'A gap.']]);
    assert.deepEqual(byPlanner.asked, [['changePlan', [{ kind: 'add', task: { id: 'docs', ...plain } }], 'A gap.']]);
  });

  it('lays the fields of an edit over the task and leaves the rest as it is', async () => {
    const { asked } = await ask('change_plan', { edit: [{ id: 'api', focus: 'errors', done_criteria: ['b'], priority: 'low' }] });
    const task = {
      id: 'api',
      title: 'api',
      agentType: 'builder',
      brief: {
        objective: 'Make the API.',
        scope: { paths: ['src/api'], focus: 'errors' },
        context: 'c',
        outputFormat: 'list',
        constraints: { tokens: 5, doneCriteria: ['b'] },
      },
      dependencies: [],
      priority: 'low',
      model: 'm',
      attempts: 1,
      rollback: true,
      publishes: ['contract'],
    };
    assert.deepEqual(asked, [['changePlan', [{ kind: 'edit', task }], 'A gap.']]);
  });

  it('takes out what an edit gives as empty', async () => {
    const { asked } = await ask('change_plan', { edit: [{ id: 'api', context: '', depends_on: [], publishes: [] }] });
    const text = JSON.stringify(asked);
    assert.ok(!text.includes('"context"') && text.includes('"publishes":[]'), text);
  });

  it('carries nothing of what became of a task into an edit, and only steps that a journal takes', async () => {
    const { asked } = await ask('change_plan', { add: [docs], edit: [{ id: 'tests', title: 'T' }], cancel: ['api'] });
    const changes = JSON.parse(JSON.stringify(asked[0]))[1];
    assert.deepEqual(
      changes.map((change: { kind: string }) => change.kind),
      ['add', 'edit', 'cancel'],
    );
    for (const change of changes) {
      assert.deepEqual(JSON.parse(JSON.stringify(planChangeSchema.parse(change))), change);
    }
    assert.ok(!JSON.stringify(changes).includes('"status"') && !JSON.stringify(changes).includes('"reason"'));
  });

  it('says what changed, when each new task starts, and which may change the same files', async () => {
    const coordination = team('change_plan');
    coordination.notes = ['Tasks "api" and "more" may change src/api at the same time.'];
    coordination.onChange = () => {
      coordination.currentPlan = fakePlan([
        fakeTask('api', [], { brief: { objective: 'o', scope: { paths: ['src/api'] } } }),
        fakeTask('docs', ['api']),
        fakeTask('more', [], { brief: { objective: 'o', scope: { paths: ['src'] } } }),
      ]);
    };
    const add = [
      { ...docs, depends_on: ['api'] },
      { ...docs, id: 'more', paths: ['src'] },
    ];
    const { text } = await ask('change_plan', { add }, coordination);
    assert.equal(
      text,
      [
        'Changed the plan: add docs, more. It has 3 tasks.',
        'docs waits for api.',
        'more starts as soon as a slot is free.',
        'Tasks "api" and "more" may change src/api at the same time.',
      ].join('\n'),
    );
  });

  it('sends a brief back that nobody could work by, and says which', async () => {
    for (const input of [{ add: [{ ...docs, paths: ['/etc'] }] }, { edit: [{ id: 'api', paths: ['/etc'] }] }] as const) {
      const result = await ask('change_plan', input);
      assert.deepEqual([result.isError, result.asked], [true, []]);
      assert.match(result.text, /^The brief of (docs|api) was not taken; nothing was done\.\n- \/etc is outside the workspace/);
    }
  });

  it('leaves a brief alone that an edit does not touch', async () => {
    const coordination = team('change_plan');
    coordination.currentPlan = fakePlan([fakeTask('api', [], { brief: { objective: 'o', scope: { paths: ['/etc'] } } })]);
    const { asked, isError } = await ask('change_plan', { edit: [{ id: 'api', priority: 'high' }] }, coordination);
    assert.deepEqual([isError, asked.length], [false, 1]);
  });

  it('passes on why the engine refused it', async () => {
    const coordination = team('change_plan');
    coordination.refusal = {
      ok: false,
      rejection: {
        code: 'invalid',
        message: 'These tasks wait for each other in a circle: a → b → a.',
        next: 'Take one of these dependencies out.',
      },
    };
    const { isError, text } = await ask('change_plan', { add: [docs] }, coordination);
    assert.deepEqual(
      [isError, text],
      [true, 'These tasks wait for each other in a circle: a → b → a. Take one of these dependencies out.'],
    );
  });

  const refusals: readonly (readonly [input: Input, text: RegExp])[] = [
    [{}, /nothing in add, edit or cancel/],
    [{ reason: ' ', cancel: ['api'] }, /The reason is empty/],
    [{ edit: [{ id: 'nope', title: 'x' }] }, /no task "nope" in the plan; nothing was changed\. The tasks are: api, tests/],
    [{ edit: [{ id: 'api' }] }, /The edit of "api" changes nothing/],
    [{ edit: [{ id: 'api', title: 'x' }], cancel: ['api'] }, /"api" is named twice/],
    [{ add: [docs, docs] }, /"docs" is named twice/],
    [{ add: [{ ...docs, id: '../x' }] }, /add\[0\]\.id: expected a task id of 1 to 64/],
    [{ add: [{ ...docs, id: '__proto__' }] }, /add\[0\]\.id: expected a task id/],
    [{ add: [{ ...docs, id: 'a b' }] }, /a task id/],
    [{ cancel: ['x'.repeat(65)] }, /a task id/],
    [{ add: [{ ...docs, owner: 'other' }] }, /owner: unknown field/],
    [{ add: [{ ...docs, gate: { kind: 'person' } }] }, /gate: unknown field/],
    [{ add: [{ ...docs, attempts: 9 }] }, /at most 5/],
    [{ add: [{ ...docs, publishes: ['a\nb'] }] }, /publishes\[0\]: expected a name of letters/],
    [{ add: [{ ...docs, needs: [' x'] }] }, /needs\[0\]: expected a name of letters/],
  ];
  for (const [input, text] of refusals) {
    it(`refuses ${JSON.stringify(input).slice(0, 90)}`, async () => {
      const result = await ask('change_plan', input);
      assert.deepEqual([result.isError, result.asked], [true, []]);
      assert.match(result.text, text);
    });
  }

  it('says when there is no plan', async () => {
    const result = await ask('change_plan', { cancel: ['api'] }, new FakeCoordination([fakeAgent('me')]));
    assert.deepEqual([result.isError, result.asked], [true, []]);
    assert.match(result.text, /This run has no plan/);
  });
});

describe('propose_change', () => {
  it('proposes the same steps, without an owner, and changes nothing itself', async () => {
    const result = await ask('propose_change', { add: [docs], cancel: ['tests'] }, team('propose_change'));
    const changes = [
      { kind: 'add', task: { id: 'docs', ...plain } },
      { kind: 'cancel', taskId: 'tests' },
    ];
    assert.deepEqual(result.asked, [['proposeChange', changes, 'A gap.']]);
    assert.match(result.text, /^Proposed as p1: add docs; cancel tests\. Nothing is changed yet; the decision comes as a message\./);
  });

  it('refuses what change_plan refuses', async () => {
    const result = await ask('propose_change', {}, team('propose_change'));
    assert.deepEqual([result.isError, result.asked], [true, []]);
  });
});

describe('settle_proposal', () => {
  const open = () => {
    const coordination = team('change_plan');
    const cancel = [{ kind: 'cancel' as const, taskId: fakeTask('tests').id }];
    coordination.currentPlan = fakePlan([fakeTask('tests')], {
      proposals: [
        fakeProposal('p1', 'other', cancel),
        fakeProposal('p2', 'other', cancel, { settled: { accepted: true, by: { kind: 'person' }, at: 1 } }),
        fakeProposal('p3', 'me', cancel),
      ],
    });
    return coordination;
  };

  it('accepts, and says what that changed', async () => {
    const result = await ask('settle_proposal', { proposal_id: 'p1', accept: true }, open());
    assert.deepEqual(result.asked, [['settleProposal', 'p1', true, null]]);
    assert.equal(result.text, 'Accepted; the plan is changed: cancel tests. other is told.');
  });

  it('rejects with a reason', async () => {
    const result = await ask('settle_proposal', { proposal_id: 'p1', accept: false, reason: ' They stay. ' }, open());
    assert.deepEqual(result.asked, [['settleProposal', 'p1', false, 'They stay.']]);
    assert.equal(result.text, 'Rejected; the plan stays as it is. other is told.');
  });

  for (const [id, text] of [
    ['p2', /Proposal p2 was accepted already/],
    ['p3', /your own; somebody else decides it/],
    ['p9', /no proposal "p9"\. Open are: p1, p3\./],
    ['__proto__', /no proposal "__proto__"/],
  ] as const) {
    it(`does nothing about ${id}`, async () => {
      const result = await ask('settle_proposal', { proposal_id: id, accept: true }, open());
      assert.deepEqual([result.isError, result.asked], [true, []]);
      assert.match(result.text, text);
    });
  }

  it('is told why the fleet refused', async () => {
    const coordination = open();
    coordination.refusal = { ok: false, rejection: { code: 'invalid', message: 'It no longer fits.', next: 'Look at the plan.' } };
    const result = await ask('settle_proposal', { proposal_id: 'p1', accept: true }, coordination);
    assert.deepEqual([result.isError, result.text], [true, 'It no longer fits. Look at the plan.']);
  });
});

describe('the tools of a plan', () => {
  it('tell models which agent types there are', () => {
    for (const name of ['change_plan', 'propose_change']) {
      assert.match(JSON.stringify(tool(name).spec), /scout: Finds out\. builder: Builds\./);
    }
  });
});
