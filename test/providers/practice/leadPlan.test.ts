import * as assert from 'node:assert/strict';
import { toId } from '../../../src/core/ids.ts';
import { renderReport } from '../../../src/core/brief/reportText.ts';
import { crewOf } from '../../../src/providers/practice/crew.ts';
import { toStory } from '../../../src/providers/practice/story.ts';
import { fakeReport } from '../../support/fakePlan.ts';
import { agentOf, callsOf, type DrivenAgent, message, runWorker, typeTools } from './drive.ts';
import { sampleFiles } from './sampleWorkspace.ts';
import { SimulatedTools } from './simulatedTools.ts';

/** Moves a lead on until it waits; its spawns are answered as the engine does. */
function untilItWaits(task: string): DrivenAgent {
  const lead = agentOf('lead', { objective: task });
  const tools = new SimulatedTools(sampleFiles);
  for (let turn = 0; turn < 8; turn++) {
    const calls = lead.reply();
    if (calls.some((entry) => entry.name === 'wait_for_agents')) {
      return lead;
    }
    lead.answer(
      calls.map((entry) => {
        if (entry.name !== 'spawn_agent') {
          return tools.run(entry.name, entry.input);
        }
        const { label, depends_on: after } = entry.input;
        const waits = after !== undefined;
        return {
          text: waits ? `Planned task review (${label}); it starts when improvement is done` : `Spawned ag-${label} (${label})`,
          isError: false,
        };
      }),
    );
  }
  throw new Error('It never waited');
}

const broken = [{ text: 'A message is waiting.', isError: false }];
const crew = (lead: DrivenAgent) =>
  crewOf(toStory({ messages: [...lead.messages, { role: 'user', parts: lead.pending }], tools: typeTools['lead'] ?? [] }));

describe('practice lead of a plan', () => {
  it('has a change reviewed by a task that waits for it, once the change has been asked for', () => {
    const lead = untilItWaits('Review this repository and fix one small thing');
    const spawns = callsOf(lead, 'spawn_agent');
    assert.ok(spawns.length <= 5);
    assert.equal(spawns.find((spawn) => spawn['label'] === 'improvement')?.['task_id'], 'improvement');
    assert.deepEqual(spawns.at(-1)?.['depends_on'], ['improvement']);
    assert.equal(spawns.at(-1)?.['agent_type'], 'reviewer');
    const turns = lead.replies.filter((reply) => reply.some((block) => block.kind === 'call' && block.name === 'spawn_agent'));
    assert.equal(turns.length, 2);
  });

  it('plans no review where nothing is changed', () => {
    assert.ok(callsOf(untilItWaits('Find bugs, read-only'), 'spawn_agent').every((spawn) => spawn['depends_on'] === undefined));
  });

  it('knows the report of a task that waited by its label, and of one that never started by the engine’s word', () => {
    const lead = untilItWaits('Review this repository and fix one small thing');
    assert.equal(crew(lead).find((member) => member.label === 'review')?.report, undefined);
    lead.answer(broken);
    lead.hear(message(renderReport(fakeReport('Judged.')), 'report', 'agent review (ag-99)'));
    const heard = crew(lead).find((member) => member.label === 'review');
    assert.deepEqual([heard?.report?.text, heard?.lost], ['Judged.', false]);
    const other = untilItWaits('Review this repository and fix one small thing');
    other.answer(broken);
    other.hear(message('Task review ("review") was skipped: improvement failed.', 'engine', 'engine'));
    assert.equal(crew(other).find((member) => member.label === 'review')?.lost, true);
  });

  it('settles each proposal once: yes to what is true of the workspace, no to what is not', () => {
    const lead = untilItWaits('Review this repository and fix one small thing');
    const propose = (id: string, reason: string) =>
      lead.hear(
        message(
          `Proposes a change of the plan (proposal proposal-${id}).\nReason: ${reason}\nadd find\nAnswer it with settle_proposal.`,
          'request',
          'agent risks (ag-risks)',
          undefined,
          `message-${id}`,
        ),
      );
    lead.answer(broken);
    propose('one', 'The brief names lib/gone.ts, which does not exist.');
    propose('two', 'The brief names src/load.ts, which does not exist.');
    propose('three', 'It seems better.');
    const calls = lead.reply();
    assert.deepEqual(
      callsOf(lead, 'settle_proposal').map((input) => [input['proposal_id'], input['accept']]),
      [
        ['proposal-one', true],
        ['proposal-two', false],
        ['proposal-three', false],
      ],
    );
    assert.ok(calls.some((entry) => entry.name === 'wait_for_agents'));
    assert.deepEqual(callsOf(lead, 'message_agent'), []);
    lead.answer(calls.map(() => ({ text: 'Settled.', isError: false })));
    lead.reply();
    assert.equal(callsOf(lead, 'settle_proposal').length, 3);
  });

  it('confirms the request of an agent by its id', () => {
    const lead = untilItWaits('Review this repository and fix one small thing');
    lead.answer(broken);
    lead.hear(message('Please keep out of src/auth', 'request', 'agent risks (ag-risks)', undefined, 'message-7'));
    lead.reply();
    const [answer, ...more] = callsOf(lead, 'message_agent');
    assert.deepEqual(more, []);
    assert.deepEqual([answer?.['agent_id'], answer?.['kind'], answer?.['reply_to']], ['ag-risks', 'confirmation', 'message-7']);
  });
});

describe('practice worker among others', () => {
  it('confirms a request, and then does what it asked', () => {
    const agent = agentOf('scout', { objective: 'Find risks' });
    const tools = new SimulatedTools(sampleFiles);
    agent.answer(agent.reply().map((entry) => tools.run(entry.name, entry.input)));
    agent.hear(message('Please look only in src/auth', 'request', 'agent builder (ag-2)', undefined, 'message-9'));
    assert.deepEqual(
      agent.reply().map((entry) => [entry.name, entry.input['reply_to']]),
      [['message_agent', 'message-9']],
    );
    agent.answer([{ text: 'Sent.', isError: false }]);
    assert.ok(agent.reply().every((entry) => entry.input['path'] === 'src/auth'));
  });

  it('answers nothing that cannot be answered', () => {
    const agent = agentOf('scout', { objective: 'Find risks' });
    agent.hear(message('Only tell me', 'info', 'agent builder (ag-2)', undefined, 'message-9'));
    agent.reply();
    assert.deepEqual(callsOf(agent, 'message_agent'), []);
  });

  it('hands over when its context is nearly full', () => {
    const agent = agentOf('builder', { objective: 'Improve it' });
    const tools = new SimulatedTools(sampleFiles);
    agent.answer(agent.reply().map((entry) => tools.run(entry.name, entry.input)));
    agent.hear(message('Your context is 92 % full. Call report if you are done, else hand_over, now.', 'engine', 'engine'));
    assert.deepEqual(
      agent.reply().map((entry) => entry.name),
      ['hand_over'],
    );
  });

  it('reads the contracts it builds on before anything else, and publishes what its brief asks for before it reports', async () => {
    const tools = new SimulatedTools(sampleFiles);
    const artefacts = [{ name: 'api', version: 1, agentId: toId('agent', 'a'), hash: 'h', bytes: 3, at: 0 }];
    const agent = agentOf('scout', { objective: 'Map src and publish it as “map”' }, { artefacts });
    await runWorker(agent, tools);
    assert.deepEqual(
      agent.replies[0]?.flatMap((block) => (block.kind === 'call' ? [block.name] : [])),
      ['read_artefact'],
    );
    assert.match(tools.artefacts.get('map') ?? '', /^# map\n\n- src\//);
  });
});
