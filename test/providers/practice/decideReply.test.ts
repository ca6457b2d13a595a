import * as assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { examples } from '../../support/examples.ts';
import { type HistoryMessage, unknownResult } from '../../../src/core/history.ts';
import type { OpeningContext } from '../../../src/core/context/openingContext.ts';
import { roundOpening } from '../../../src/core/context/openingHeadings.ts';
import { fakeTask } from '../../support/fakePlan.ts';
import { decideReply } from '../../../src/providers/practice/decideReply.ts';
import { agentOf, DrivenAgent, handed, leadTools, message, runLead, scoutTools, typeTools, workTools } from './drive.ts';
import { sampleFiles } from './sampleWorkspace.ts';
import { SimulatedTools, type ToolAnswer } from './simulatedTools.ts';

const tasks = [
  'Review this repository',
  'stuff',
  'Fix the typos in README.md',
  'Where is `login`?',
  'Check only src, then report',
  '',
  '((( [[ \\',
  'ask me first',
];
const sayings = [
  'only look in src',
  'stop',
  'also check docs',
  'what?',
  'skip test',
  'kill risks',
  'look at `apiKey`',
  '',
  'use (regular [expressions',
  'wrap up',
];
const failures = [
  'Broken.',
  unknownResult,
  'The person denied this.',
  'Not run: the window closed first.',
  'x has changed since you read it',
  'src does not exist.',
];

/** What may happen between two turns. */
const trouble = fc.record({
  fail: fc.option(fc.constantFrom(...failures), { freq: 3 }),
  say: fc.option(
    fc.record({
      text: fc.constantFrom(...sayings),
      kind: fc.constantFrom('steer', 'wrapUp', 'info', 'request', 'followUp', 'engine', 'report'),
    }),
    { freq: 4 },
  ),
});

function leadAnswer(name: string, count: number): ToolAnswer | undefined {
  return name === 'spawn_agent'
    ? { text: `Spawned ag-${count} (worker)`, isError: false }
    : name === 'wait_for_agents'
      ? { text: 'A message is waiting.', isError: false }
      : undefined;
}

const planTasks = [
  'Do it.\n\nThe task:\nRename `load` to `parse`',
  'Run this:\nmake test\n\nThe feature:\nNothing',
  'Find every file that must change.\n\nThe refactoring:\nFix the typos',
  'Write the document below, as Markdown.\n\nThe document:\nAll',
];

/** What an agent may be given beside its brief. */
function contextOf(given: { results: boolean; gate: string | null; note: boolean }): Partial<OpeningContext> {
  const findings = [{ text: 'eval', path: 'src/load.ts', line: 5, severity: 'high' as const }, { text: 'no place' }];
  const task = fakeTask('own', {
    ...(given.note ? { note: 'Look at README.md:3 too' } : {}),
    ...(given.gate === null ? {} : { gate: { kind: 'verdict' as const, rounds: 3, ...(given.gate === '' ? {} : { check: given.gate }) } }),
  });
  const reports = [
    handed('build', { summary: 'Built.', findings, filesChanged: ['README.md', 'gone.ts'] }),
    handed('map', { summary: 'Map.' }),
  ];
  return given.results ? { task, reports, missing: [{ task: fakeTask('lost'), why: 'failed' }] } : { task };
}

describe('practice model, any history', () => {
  it('always replies with calls that exist and are well formed, and comes to an end', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...tasks),
        fc.constantFrom(leadTools, scoutTools, workTools, leadTools.slice(0, 7), []),
        fc.array(trouble, { maxLength: 30 }),
        (task, tools, troubles) => {
          const world = new SimulatedTools(sampleFiles);
          const agent = new DrivenAgent(task, tools);
          let spawns = 0;
          for (let turn = 0; turn < 130; turn++) {
            const calls = agent.reply();
            assert.ok((agent.replies.at(-1) ?? []).every((block) => block.kind === 'call' || block.text !== ''));
            const { fail, say } = troubles[turn] ?? {};
            const ended = calls.length === 0 || (calls.some((entry) => entry.name === 'report') && !fail);
            if (ended && !say) {
              return;
            }
            agent.answer(
              calls.map((entry) =>
                fail ? { text: fail, isError: true } : (leadAnswer(entry.name, ++spawns) ?? world.run(entry.name, entry.input)),
              ),
            );
            if (say) {
              const sender = say.kind === 'report' ? `agent worker (ag-${turn % 5})` : say.kind === 'engine' ? 'engine' : 'person';
              agent.hear(message(say.text, say.kind as 'steer', sender));
            } else if (calls.length === 0) {
              agent.hear(message('Go on.', 'engine', 'engine'));
            }
          }
          assert.fail('it did not come to an end');
        },
      ),
      examples(80),
    );
  });

  it('comes to an end in every part, whatever its tools answer', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.keys(typeTools)),
        fc.constantFrom(...tasks, ...planTasks),
        fc.array(trouble, { maxLength: 30 }),
        fc.record({
          results: fc.boolean(),
          gate: fc.option(fc.constantFrom('npm test', '')),
          note: fc.boolean(),
          rounds: fc.nat({ max: 2 }),
        }),
        (type, task, troubles, given) => {
          const world = new SimulatedTools(sampleFiles);
          const agent = agentOf(type, { objective: task }, contextOf(given));
          let round = 0;
          let sinceRound = 0;
          for (let turn = 0; turn < 250; turn++, sinceRound++) {
            const calls = agent.reply();
            const { fail, say } = troubles[turn] ?? {};
            const ended = calls.length === 0 || (calls.some((entry) => entry.name === 'report') && !fail);
            if (ended && round === given.rounds) {
              return;
            }
            agent.answer(
              calls.map((entry) =>
                fail ? { text: fail, isError: true } : (leadAnswer(entry.name, turn) ?? world.run(entry.name, entry.input)),
              ),
            );
            if (ended) {
              round++;
              sinceRound = 0;
              agent.hear(
                message(
                  `${roundOpening(round + 1, 3)} "Review" (reviewer) asks for changes:\n\n${task}\n\nFindings:\n- README.md:3: x`,
                  'followUp',
                  'engine',
                ),
              );
            } else if (say) {
              agent.hear(
                message(
                  say.text,
                  say.kind === 'followUp' ? 'steer' : (say.kind as 'steer'),
                  'agent other (ag-7)',
                  undefined,
                  `message-${turn}`,
                ),
              );
            }
          }
          assert.fail(`it did not come to an end; ${sinceRound} turns in round ${round}`);
        },
      ),
      examples(80),
    );
  });

  it('replies the same to the same history, and to every prefix of a run as it did then', async () => {
    const { lead } = await runLead('Review this repository', new SimulatedTools(sampleFiles));
    for (const [turn, reply] of lead.replies.entries()) {
      const prefix: HistoryMessage[] = lead.messages.slice(0, turn * 2 + 1);
      assert.deepEqual(decideReply({ messages: prefix, tools: leadTools }), reply);
    }
  });

  it('goes on after an interruption without repeating what has run', () => {
    const world = new SimulatedTools(sampleFiles);
    const agent = new DrivenAgent('Review this repository', leadTools);
    const [list, find] = agent.reply();
    assert.ok(list && find);
    agent.answer([world.run(list.name, list.input), { text: unknownResult, isError: true }]);
    assert.deepEqual(
      agent.reply().map((entry) => entry.name),
      ['find_files'],
    );
  });

  it('says what a message asked even when it comes with the result of a report', () => {
    const agent = new DrivenAgent('Find risks', scoutTools);
    const world = new SimulatedTools(sampleFiles);
    for (let calls = agent.reply(); !calls.some((entry) => entry.name === 'report'); calls = agent.reply()) {
      agent.answer(calls.map((entry) => world.run(entry.name, entry.input)));
    }
    agent.answer([{ text: 'Reported.', isError: false }]);
    agent.hear(message('also check docs'));
    const calls = agent.reply();
    assert.match(agent.said, /^You asked: “also check docs”\. I will also look at docs/);
    assert.deepEqual([...new Set(calls.map((entry) => entry.name))], ['search_text']);
  });
});
