import * as assert from 'node:assert/strict';
import type { Json } from '../../../src/core/json.ts';
import { type Agent, emptyUsage, type QueuedMessage } from '../../../src/core/state.ts';
import { taskId } from '../../../src/core/events.ts';
import { toId } from '../../../src/core/ids.ts';
import { createCoordinationTools } from '../../../src/tools/coordination/coordinationTools.ts';
import { agentId, call, FakeCoordination, fakeAgent, fakePathFacts, prepare } from '../fakes.ts';
import { fakePlan, fakeTask } from '../fakePlan.ts';

const agentTypes = [
  { name: 'scout', description: 'Finds out.', tools: ['read_file', 'report'] },
  { name: 'builder', description: 'Builds.', tools: ['edit_file', 'report'] },
];
const pathFacts = fakePathFacts('src/auth/login.ts', 'src/index.ts');
const tools = createCoordinationTools({ agentTypes: () => agentTypes, pathFacts, now: () => 100_000 });

function tool(name: string) {
  return tools.find(({ spec }) => spec.name === name) ?? assert.fail(`no tool ${name}`);
}

const toTaskId = (text: string) => taskId.parse(text);

const done: Pick<Agent, 'stage' | 'phase'> = {
  stage: 'ended',
  phase: {
    kind: 'ended',
    since: 0,
    outcome: {
      kind: 'done',
      report: { summary: 's', findings: [], filesRead: [], filesChanged: [], recommendations: [], openQuestions: [], notes: [] },
    },
  },
};

const message: QueuedMessage = {
  messageId: toId('message', 'm1'),
  from: { kind: 'engine' },
  sender: 'engine',
  kind: 'report',
  text: 'x',
  interrupt: false,
  at: 0,
};

/** boss spawned me, me spawned kid and twin, kid spawned grandkid. */
function family(): FakeCoordination {
  return new FakeCoordination([
    fakeAgent('boss'),
    fakeAgent('me', { parentId: agentId('boss') }),
    fakeAgent('kid', { parentId: agentId('me'), label: 'auth scout' }),
    fakeAgent('twin', { parentId: agentId('me'), label: 'builder' }),
    fakeAgent('grandkid', { parentId: agentId('kid'), label: 'builder' }),
  ]);
}

async function asked(name: string, input: Json, coordination = family()) {
  const outcome = await call(tool(name), input, { coordination });
  return { ...outcome, asked: coordination.asked };
}

describe('spawn_agent', () => {
  it('turns its input into a brief and answers with the id and the label the agent got', async () => {
    const result = await asked('spawn_agent', {
      label: 'auth',
      agent_type: 'scout',
      objective: 'Find it.',
      paths: ['src'],
      focus: 'login',
      context: 'c',
      output_format: 'list',
      done_criteria: ['found'],
      model: 'm',
      effort: 'low',
    });
    assert.equal(result.text, 'Spawned new1 (auth-2)');
    assert.deepEqual(result.asked, [
      [
        'spawn',
        {
          label: 'auth',
          agentType: 'scout',
          brief: {
            objective: 'Find it.',
            scope: { paths: ['src'], focus: 'login' },
            context: 'c',
            outputFormat: 'list',
            constraints: { doneCriteria: ['found'] },
          },
          model: 'm',
          effort: 'low',
        },
      ],
    ]);
  });

  it('fills in what a report of that type contains and when it is done, and nothing else', async () => {
    const result = await asked('spawn_agent', { label: 'a', agent_type: 'scout', objective: 'Where are tokens compared?' });
    const brief = {
      objective: 'Where are tokens compared?',
      outputFormat: 'One finding for each fact, with path and line; what was searched for and not found.',
      constraints: { doneCriteria: ['The question is answered with places, or it is said what was searched for in vain.'] },
    };
    assert.deepEqual(result.asked, [['spawn', { label: 'a', agentType: 'scout', brief }]]);
    assert.equal(result.text, 'Spawned new1 (a-2)');
  });

  it('corrects a path with one likely meaning and says so', async () => {
    const input = { label: 'a', agent_type: 'scout', objective: 'Where are tokens compared?', paths: ['./src/', 'lib/login.ts:12'] };
    const result = await asked('spawn_agent', input);
    assert.match(JSON.stringify(result.asked), /"paths":\["src","src\/auth\/login.ts"\],"focus":"line 12 of src\/auth\/login.ts"/);
    assert.match(result.text, /^Spawned new1 \(a-2\)\n.*"lib\/login.ts:12" does not exist and was taken as src\/auth\/login.ts/s);
  });

  it('sends a brief that cannot be worked on back with every reason, and spawns nobody', async () => {
    const input = { label: 'a', agent_type: 'builder', objective: 'fix it', paths: ['/etc/passwd', 'lib/none.ts'] };
    const result = await asked('spawn_agent', input);
    assert.equal(result.isError, true);
    assert.deepEqual(result.asked, []);
    assert.match(result.text, /fits any task/);
    assert.match(result.text, /\/etc\/passwd is outside the workspace/);
    assert.match(result.text, /"lib\/none\.ts" does not exist/);
  });

  it('passes on what makes a task of it, and says what a planned one waits for', async () => {
    const coordination = family();
    coordination.planned = toTaskId('fix-auth');
    const input = {
      label: 'fix auth',
      agent_type: 'builder',
      objective: 'Make the comparison of tokens constant in time.',
      paths: ['src/auth'],
      task_id: 'fix-auth',
      depends_on: ['scout', 'api'],
      priority: 'high',
      needs: ['openapi'],
      publishes: ['changelog'],
    };
    const result = await asked('spawn_agent', input, coordination);
    assert.equal(result.text, 'Planned task fix-auth (fix auth); it starts when scout, api are done and openapi is published');
    assert.match(
      JSON.stringify(result.asked),
      /"taskId":"fix-auth","dependencies":\["scout","api"\],"priority":"high","needs":\["openapi"\],"publishes":\["changelog"\]/,
    );
  });

  it('knows only the agent types there are, and tells the model about them', async () => {
    const result = await asked('spawn_agent', { label: 'a', agent_type: 'wizard', objective: 'x' });
    assert.equal(result.isError, true);
    assert.match(result.text, /one of "scout", "builder"/);
    assert.deepEqual(result.asked, []);
    assert.match(JSON.stringify(tool('spawn_agent').spec), /scout: Finds out\. builder: Builds\./);
  });

  it('tells the model why the fleet refused and what to do instead', async () => {
    const coordination = family();
    coordination.refusal = { ok: false, rejection: { code: 'cap', message: 'Too many agents.', next: 'Work with those there are.' } };
    const result = await asked('spawn_agent', { label: 'a', agent_type: 'scout', objective: 'x' }, coordination);
    assert.deepEqual([result.isError, result.text], [true, 'Too many agents. Work with those there are.']);
  });
});

describe('the tools that reach another agent', () => {
  const cases: readonly (readonly [name: string, input: Json, asked: Json, text: string])[] = [
    ['steer_agent', { agent_id: 'kid', text: 'left' }, ['send', 'kid', 'steer', 'left', { interrupt: false }], 'Steered auth scout (kid).'],
    [
      'steer_agent',
      { agent_id: 'kid', text: 'left', interrupt: true },
      ['send', 'kid', 'steer', 'left', { interrupt: true }],
      'Steered auth scout (kid).',
    ],
    [
      'steer_agent',
      { agent_id: 'grandkid', text: 'left' },
      ['send', 'grandkid', 'steer', 'left', { interrupt: false }],
      'Steered builder (grandkid).',
    ],
    ['wrap_up_agent', { agent_id: 'kid' }, ['wrapUp', 'kid'], 'auth scout (kid) was asked to wrap up; its report will come as a message.'],
    ['kill_agent', { agent_id: 'twin' }, ['kill', 'twin'], 'Killed builder (twin).'],
    ['kill_agent', { agent_id: 'auth scout' }, ['kill', 'kid'], 'Killed auth scout (kid).'],
  ];
  for (const [name, input, wanted, text] of cases) {
    it(`${name} ${JSON.stringify(input)}`, async () => {
      assert.deepEqual(await asked(name, input), { text, isError: false, asked: [wanted] });
    });
  }

  const refusals: readonly (readonly [name: string, input: Json, text: RegExp])[] = [
    ['kill_agent', { agent_id: 'me' }, /cannot kill yourself/],
    ['kill_agent', { agent_id: 'boss' }, /You work for boss \(boss\), so you cannot kill that agent/],
    ['steer_agent', { agent_id: 'me', text: 'x' }, /cannot steer yourself/],
    ['steer_agent', { agent_id: 'boss', text: 'x' }, /cannot steer that agent/],
    ['wrap_up_agent', { agent_id: 'boss' }, /cannot wrap up that agent/],
    ['kill_agent', { agent_id: 'nobody' }, /no agent "nobody" in this run\. The others are: boss \(boss\), auth scout \(kid\)/],
    ['kill_agent', { agent_id: 'builder' }, /no agent "builder"/],
    ['steer_agent', { agent_id: 'kid', text: '' }, /at least 1 characters/],
  ];
  for (const [name, input, text] of refusals) {
    it(`${name} ${JSON.stringify(input)} is refused`, async () => {
      const result = await asked(name, input);
      assert.equal(result.isError, true);
      assert.match(result.text, text);
      assert.deepEqual(result.asked, []);
    });
  }

  it('says how many went down with a killed agent', async () => {
    const coordination = family();
    coordination.reached = 2;
    assert.equal((await asked('kill_agent', { agent_id: 'kid' }, coordination)).text, 'Killed auth scout (kid) and 1 below it.');
  });

  it('passes on why the fleet refused', async () => {
    const coordination = family();
    coordination.refusal = { ok: false, rejection: { code: 'ended', message: 'It has ended.', next: 'Read its report.' } };
    for (const [name, input] of cases) {
      const result = await asked(name, input, coordination);
      assert.deepEqual([result.isError, result.text], [true, 'It has ended. Read its report.']);
    }
  });
});

describe('wait_for_agents', () => {
  it('is a wait for children', async () => {
    const prepared = await prepare(tool('wait_for_agents'), {});
    assert.equal(prepared.kind === 'ready' && prepared.waitsFor, 'children');
  });

  it('answers at once when there is nothing to wait for', async () => {
    const coordination = new FakeCoordination([
      fakeAgent('me'),
      fakeAgent('kid', { parentId: agentId('me'), ...done }),
      fakeAgent('stranger'),
    ]);
    const result = await asked('wait_for_agents', {}, coordination);
    assert.match(result.text, /^There is nothing to wait for/);
    assert.deepEqual(result.asked, []);
  });

  it('tells what arrived and who is still at work', async () => {
    const coordination = family();
    coordination.onWait = () => {
      coordination.roster = coordination.roster.map((agent) => {
        if (agent.id === 'me') {
          return { ...agent, mailbox: [message, message] };
        }
        return agent.id === 'kid' ? { ...agent, ...done } : agent;
      });
    };
    const result = await asked('wait_for_agents', {}, coordination);
    assert.equal(result.text, '2 messages arrived; read below. Still at work: builder (twin): thinking.');
    assert.deepEqual(result.asked, [['wait']]);
  });

  it('waits for what was asked for and has not started, and says what that waits for', async () => {
    const coordination = new FakeCoordination([fakeAgent('me')]);
    const owner = agentId('me');
    coordination.currentPlan = fakePlan([
      fakeTask('find'),
      fakeTask('build', ['find'], { owner }),
      fakeTask('big', [], { owner }),
      fakeTask('old', [], { owner, status: 'done' }),
      fakeTask('other', []),
    ]);
    const result = await asked('wait_for_agents', {}, coordination);
    assert.deepEqual(result.asked, [['wait']]);
    assert.match(result.text, /Still to start: build \(waits for find\); big \(waits for a slot or for the person\)\.$/);
  });

  it('tells when the last child has ended', async () => {
    const coordination = family();
    coordination.onWait = () => {
      coordination.roster = coordination.roster.map((agent) => (agent.parentId === 'me' ? { ...agent, ...done } : agent));
    };
    assert.equal(
      (await asked('wait_for_agents', {}, coordination)).text,
      'No message has arrived. None of your agents is at work any more.',
    );
  });
});

describe('list_agents', () => {
  it('gives one row for each agent of the run', async () => {
    const coordination = new FakeCoordination([
      fakeAgent('me', { label: 'lead', agentType: 'lead', lastActivityAt: 99_000 }),
      fakeAgent('kid', {
        parentId: agentId('me'),
        label: 'a | b',
        lastActivityAt: 30_000,
        usage: { ...emptyUsage, input: 1200, cacheRead: 11_100 },
        phase: { kind: 'waiting', since: 0, wait: 'slot', detail: '' },
      }),
      fakeAgent('old', { parentId: agentId('me'), ...done }),
    ]);
    assert.equal(
      (await asked('list_agents', {}, coordination)).text,
      [
        '3 agents, 2 at work',
        'id | label | type | spawned by | phase | doing | silent for | tokens',
        'me | lead (you) | lead | - | thinking | thinking | 1 s | 0',
        'kid | a b | general | lead | waiting | waiting for a free slot | 1 min | 12.3k',
        'old | old | general | lead | done | done | - | 0',
      ].join('\n'),
    );
  });
});
