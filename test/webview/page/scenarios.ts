import type { JournalEntry, Report } from '../../../src/core/events.ts';
import type { AgentId } from '../../../src/core/ids.ts';
import { emptyFleet, type FleetState, type Span } from '../../../src/core/state.ts';
import type { TailText } from '../../../src/protocol/toWebview.ts';
import { type Actions, person, Story } from './story.ts';

/** A fleet to look at. */
export interface Scenario {
  readonly state: FleetState;
  readonly entries: readonly JournalEntry[];
  readonly now: number;
  readonly select: AgentId | undefined;
  readonly tail: readonly TailText[];
  readonly readOnly?: string;
}

export const begin = Date.UTC(2026, 10, 21, 9, 30, 0);

export function told(story: Story, ms: number, select: AgentId | undefined, tail: readonly TailText[] = []): Scenario {
  return { state: story.state(), entries: story.entries(), now: story.start + ms, select, tail };
}

export function empty(): Scenario {
  return { state: emptyFleet, entries: [], now: begin, select: undefined, tail: [] };
}

const answer = `I read the parser. The **first** problem is in \`src/parser/scan.ts:48\`: the loop does not stop at the end of input.

1. \`scan()\` reads one character too many
2. see [the tests](test/parser/scan.test.ts:12), which never cover it
   - nested: \`parse.ts\`

| file | lines |
|---|---|
| src/parser/scan.ts | 212 |
| src/parser/parse.ts | 480 |

\`\`\`ts
while (position <= text.length) { // should be <
  next();
}
\`\`\`

> The comment above it says the opposite.`;

const report: Report = {
  summary: 'The scanner reads one character past the end. **One** repair was made; two more places need a decision.',
  findings: [
    { text: 'The loop runs once too often, so the last token is doubled.', path: 'src/parser/scan.ts', line: 48, severity: 'high' },
    { text: 'The error message names the wrong column for lines with tabs.', path: 'src/parser/errors.ts', line: 131, severity: 'medium' },
    { text: 'Dead code after the rewrite of March.', path: 'src/parser/legacy.ts', severity: 'low' },
  ],
  filesRead: ['src/parser/scan.ts', 'src/parser/parse.ts', 'src/parser/errors.ts'],
  filesChanged: ['src/parser/scan.ts'],
  recommendations: [
    { text: 'Cover the end of input with a test.', priority: 'high' },
    { text: 'Delete src/parser/legacy.ts.', priority: 'low' },
  ],
  openQuestions: ['Is a tab one column or eight?'],
  notes: ['plan'],
};

export function oneAgent(): Scenario {
  const story = new Story(begin);
  const runId = story.run(0, 'Find out why the last token is doubled');
  const agent = story.spawn(10, runId, { label: 'Scanner detective', provider: 'practice', model: 'practice-1', type: 'worker' });
  work(agent.pass(400).begin());
  agent.request();
  return told(story, agent.now + 6_000, agent.id, [
    { source: 'model', key: '0', kind: 'thinking', text: 'The loop condition is the likely cause; the test has to be written first.' },
    { source: 'model', key: '1', kind: 'text', text: 'Now I repair the loop in src/parser/scan.ts and run the tests again, because' },
  ]);
}

export function work(agent: Actions): void {
  agent
    .think(
      4_200,
      'I begin with a look at the folder.',
      [
        {
          name: 'list_files',
          title: 'List src/parser',
          ms: 300,
          output: 'src/parser/scan.ts\nsrc/parser/parse.ts\nsrc/parser/errors.ts\nsrc/parser/legacy.ts',
        },
        {
          name: 'search_text',
          title: 'Search "position" in src',
          ms: 900,
          output: 'src/parser/scan.ts:48: while (position <= text.length) {',
        },
      ],
      'First the structure, then the loop. The person says that the *last* token is doubled, which smells like an end condition.',
    )
    .think(6_100, answer, [
      {
        title: 'Read src/parser/scan.ts:1-120',
        ms: 250,
        path: 'src/parser/scan.ts',
        line: 1,
        output: Array.from({ length: 40 }, (_, at) => `${String(at + 1).padStart(4)}\tconst line${at} = ${at};`).join('\n'),
      },
      { title: 'Read src/parser/parse.ts', ms: 1_400, path: 'src/parser/parse.ts' },
      {
        title: 'Read src/parser/missing.ts',
        ms: 120,
        status: 'error',
        output: 'There is no file src/parser/missing.ts. Look with list_files first.',
      },
    ])
    .message('Look at src/parser/errors.ts:131 too, the columns are wrong as well.')
    .think(3_900, 'I change the condition.', [
      {
        name: 'edit_file',
        title: 'Edit src/parser/scan.ts',
        ms: 180,
        path: 'src/parser/scan.ts',
        line: 48,
        changed: true,
        output: 'Replaced 1 place.',
      },
    ])
    .think(2_500, 'And the tests.', [
      {
        name: 'run_command',
        title: 'Run npm test -- parser',
        ms: 8_400,
        output: '\u001b[32m✓\u001b[0m scan: end of input\n✓ parse: nested lists\n… 212 more lines',
        blob: { hash: 'ab'.repeat(32), bytes: 48_213 },
      },
    ]);
}

/** A lead and eleven workers: every phase, every wait, every ending. */
export function twelveAgents(): Scenario {
  const story = new Story(begin);
  const runId = story.run(0, 'Audit the parser and repair what is small');
  const lead = story.spawn(10, runId, { label: 'Lead', model: 'claude-fable-5' });
  lead
    .pass(300)
    .begin()
    .think(9_000, 'I split this into parts.', [
      { name: 'spawn_agent', title: 'Spawn Reader of the scanner', ms: 40 },
      { name: 'spawn_agent', title: 'Spawn Reader of the parser', ms: 60 },
    ]);
  const child = (
    label: string,
    options: { readonly type?: string; readonly parent?: AgentId; readonly depth?: number; readonly model?: string } = {},
  ): Actions => story.spawn(9_300, runId, { label, parent: lead.id, ...options });
  const scanner = child('Reader of the scanner');
  work(scanner.pass(500).begin());
  scanner.end({ kind: 'done', report });
  const parser = child('Reader of the parser');
  work(parser.pass(900).begin());
  parser.think(5_000, 'On.', [{ title: 'Read src/parser/parse.ts:200-480', ms: 30_000, open: true, path: 'src/parser/parse.ts' }]);
  const limited = child('Historian');
  limited
    .pass(700)
    .begin()
    .think(5_000, 'I look at the log.', [{ name: 'run_command', title: 'git log --oneline', ms: 2_000 }])
    .request()
    .pass(1_000);
  limited.fail('The endpoint is overloaded.').wait('rateLimit', 'Overloaded; tries again soon');
  const offline = child('Reader of the documents', { model: 'claude-mystic-9' });
  offline
    .pass(700)
    .begin()
    .think(3_000, 'Docs.', [{ title: 'Read docs/grammar.md', ms: 700 }])
    .wait('network', 'No connection to the endpoint');
  const asking = child('Editor of errors.ts', { type: 'editor' });
  asking.pass(1_100).begin().think(7_000, 'I need the tests.').ask('command', 'npm test -- parser');
  const curious = child('Interviewer');
  curious.pass(1_300).begin().think(4_000, 'A question comes up.').ask('question', 'Is a tab one column or eight?');
  const held = child('Stylist');
  held
    .pass(900)
    .begin()
    .think(6_000, 'Reading.', [{ title: 'Read src/style.ts', ms: 3_000 }])
    .pause();
  const broke = child('Estimator');
  broke.pass(900).begin().think(2_000, 'Counting.').wait('budget', 'The budget of the run is used up');
  const later = child('Tester of the repair');
  later.pass(500).begin().wait('dependency', 'Waits for Editor of errors.ts');
  const dead = child('Wanderer');
  dead
    .pass(800)
    .begin()
    .think(8_000, 'I wander off.', [{ name: 'search_text', title: 'Search "*" in .', ms: 12_000, status: 'cancelled' }]);
  dead.end({ kind: 'killed', by: person });
  const failed = child('Reader with a wrong key');
  failed.pass(800).begin().request().pass(2_000).fail('The key was rejected.');
  failed.end({
    kind: 'failed',
    failure: { kind: 'auth', message: 'The key was rejected.', next: 'Set a valid key with Flotilla: Set API Key.' },
  });
  const nested = child('Deputy', { type: 'lead' });
  nested.pass(600).begin().think(5_000, 'I delegate too.');
  const waiting = story.spawn(nested.now, runId, { label: 'Deep reader', parent: nested.id, depth: 2 });
  nested.waitForChildren();
  void waiting;
  lead
    .waitForChildren(34_000 - lead.now)
    .message('Found one real defect in scan.ts:48, repaired.', { kind: 'agent', agentId: scanner.id }, 'report');
  lead.think(4_000, 'One is in. I wait for the rest.').waitForChildren();
  lead.message('Please also check the tabs.', person, 'steer', false);
  return told(story, 64_000, scanner.id);
}

/** `count` spans over a hundred agents, without the facts they came from. */
export function manySpans(count: number): Scenario {
  const story = new Story(begin);
  const runId = story.run(0, `A fleet with ${count} spans`);
  const lead = story.spawn(0, runId, { label: 'Lead' }).begin().waitForChildren();
  const workers = Array.from({ length: 99 }, (_, at) =>
    story.spawn(at * 50, runId, { label: `Worker ${at + 1}`, parent: lead.id }).begin(),
  );
  const each = Math.ceil(count / workers.length);
  const end = Math.ceil(each / 3) * 3_000;
  for (const worker of workers.slice(10)) {
    worker.pass(end - worker.now).done('All read.');
  }
  const scenario = told(story, end + 2_000, workers[0]?.id);
  const lanes = { ...scenario.state.lanes };
  for (const [at, worker] of workers.entries()) {
    lanes[worker.id] = { spans: busySpans(each, begin + at * 50, at), open: [], points: [], marks: [] };
  }
  return { ...scenario, state: { ...scenario.state, lanes } };
}

function busySpans(count: number, from: number, seed: number): readonly Span[] {
  return Array.from({ length: count }, (_, at) => {
    const turn = Math.floor(at / 3) + 1;
    const start = from + Math.floor(at / 3) * 3_000;
    const thought = 900 + ((seed * 7 + turn * 13) % 40) * 50;
    return at % 3 === 0
      ? { kind: 'model' as const, label: `Turn ${turn}`, turn, from: start, to: start + thought }
      : {
          kind: 'tool' as const,
          label: `Read src/file${turn}.ts`,
          turn,
          from: start + thought,
          to: start + thought + ((at * 37 + seed) % 9) * 20,
        };
  });
}

/** Labels, titles and texts far longer than there is room for. */
export function longTexts(): Scenario {
  const story = new Story(begin);
  const words = 'Reads every single file of the whole repository twice and writes down what it finds ';
  const runId = story.run(0, words.repeat(6));
  const lead = story.spawn(0, runId, {
    label: words.repeat(3),
    type: 'a-very-long-agent-type-name-that-nobody-would-choose',
    model: 'm'.repeat(200),
  });
  lead
    .begin()
    .think(3_000, `${'word'.repeat(500)}\n\n\`${'path/'.repeat(100)}file.ts:1\``, [
      { title: words.repeat(5), ms: 4_000, path: `${'deeply/nested/'.repeat(20)}file.ts`, output: 'x'.repeat(5_000) },
    ]);
  let parent = lead.id;
  for (let depth = 1; depth < 12; depth++) {
    const agent = story.spawn(3_000 + depth * 100, runId, { label: `${depth} ${words}`, parent, depth });
    agent.begin().think(1_000, 'Deeper.');
    parent = agent.id;
  }
  lead.message(words.repeat(10));
  lead.think(1_000, 'Read.').request();
  return { ...told(story, 12_000, lead.id), readOnly: 'Another window has this folder open; this one may only look.' };
}

/** A transcript of `turns` turns of one agent. */
export function longTranscript(turns: number): Scenario {
  const story = new Story(begin);
  const runId = story.run(0, 'A long conversation with itself');
  const agent = story.spawn(0, runId, { label: 'Marathon' }).begin();
  for (let turn = 0; turn < turns; turn++) {
    agent.think(800, turn % 7 === 0 ? answer : `Turn ${turn}: on to the next file.`, [
      { title: `Read src/file${turn}.ts`, ms: 200, output: `${turn}\n`.repeat(turn % 9) },
    ]);
  }
  agent.request();
  return told(story, agent.now + 1_000, agent.id);
}

/** The same text in every place that a model, a tool, a file or a name can reach. */
export function hostile(text: string): Scenario {
  const story = new Story(begin);
  const runId = story.run(0, text);
  const agent = story.spawn(0, runId, {
    label: text,
    type: text,
    model: text,
    opening: text,
    brief: {
      objective: text,
      scope: { paths: [text], focus: text },
      context: text,
      outputFormat: text,
      constraints: { doneCriteria: [text] },
    },
  });
  agent.begin().think(
    1_000,
    text,
    [
      { name: text, title: text, ms: 500, output: text, path: text, line: 3, changed: true },
      { name: text, title: text, ms: 500, output: text, path: text, status: 'error' },
    ],
    text,
  );
  agent.message(text).request().pass(300).fail(text);
  agent.ask('question', text);
  agent.message(text, person, 'info', false);
  const ended = story.spawn(10, runId, { label: `2 ${text}`, type: text, parent: agent.id });
  ended.begin().think(500, text);
  ended.end({
    kind: 'done',
    report: {
      summary: text,
      findings: [{ text, path: text, line: 1, severity: 'high' }],
      filesRead: [text],
      filesChanged: [text],
      recommendations: [{ text, priority: 'high' }],
      openQuestions: [text],
      notes: [text],
    },
  });
  const tail: readonly TailText[] = (['text', 'thinking', 'toolInput'] as const).map((kind, at) => ({
    source: 'model',
    key: String(at),
    kind,
    text,
  }));
  return { ...told(story, 9_000, agent.id, tail), readOnly: text };
}

/** The facts by which another run begins after a scenario. */
export function nextRun({ state }: Scenario, task: string, label: string): readonly JournalEntry[] {
  const story = new Story(state.at);
  story.skipIds(1_000);
  story.spawn(1, story.run(0, task), { label }).begin();
  return story.entries().map((entry) => ({ ...entry, seq: entry.seq + state.seq }));
}
