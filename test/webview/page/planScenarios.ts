import { type Manifest, type TaskSpec, type TaskSpecInput, taskSpecSchema } from '../../../src/core/events.ts';
import { type RunId, toId } from '../../../src/core/ids.ts';
import { begin, type Scenario, told, work } from './scenarios.ts';
import { type Actions, emptyReport, engine, person, Story } from './story.ts';

/** A task with what a scenario does not care about left out. */
type Short = Partial<Omit<TaskSpecInput, 'id' | 'dependencies' | 'title' | 'agentType'>> & { readonly after?: readonly string[] };

function task(id: string, title: string, agentType: string, { after = [], ...rest }: Short = {}): TaskSpec {
  return taskSpecSchema.parse({ title, agentType, brief: { objective: `${title}, and nothing else` }, ...rest, id, dependencies: after });
}

/** Tells of a run's plan. */
class PlanStory {
  readonly story: Story;
  readonly runId: RunId;

  constructor(label: string, tasks: readonly TaskSpec[], story = new Story(begin)) {
    this.story = story;
    this.runId = story.run(0, label);
    const changes = tasks.map((one) => ({ kind: 'add' as const, task: one }));
    story.at(1, { type: 'planChanged', runId: this.runId, by: engine, reason: 'The plan of the workflow', changes });
  }

  spawn(ms: number, taskId: string, label: string, options: Partial<Parameters<Story['spawn']>[2]> = {}): Actions {
    return this.story.spawn(ms, this.runId, { label, task: taskId, type: 'builder', ...options });
  }

  settle(
    ms: number,
    taskId: string,
    status: 'done' | 'failed' | 'skipped' | 'cancelled',
    reason?: string,
    verdict?: 'approve' | 'changes',
  ) {
    this.story.at(ms, { type: 'taskSettled', runId: this.runId, taskId: toId('task', taskId), status, reason, verdict, by: engine });
  }
}

/** A run at work: a gate of the person is open, one task is at its second attempt, others wait. */
export function planAtWork(): Scenario {
  const plan = new PlanStory('Add a rate limit to the upload API, with tests and documentation', [
    task('survey', 'Survey of the upload code', 'scout'),
    task('design', 'Design of the interface', 'planner', { after: ['survey'], publishes: ['upload-api'] }),
    task('agree', 'Agree to the design', 'person', { after: ['design'], gate: { kind: 'person' } }),
    task('server', 'Rate limit in the server', 'builder', {
      after: ['design'],
      attempts: 2,
      needs: ['upload-api'],
      publishes: ['server-notes'],
    }),
    task('client', 'Retry in the client', 'builder', { after: ['design'], needs: ['upload-api'] }),
    task('review', 'Review of server and client', 'reviewer', {
      after: ['server', 'client'],
      gate: { kind: 'verdict', backTo: toId('task', 'server'), rounds: 3, check: 'npm test' },
    }),
    task('docs', 'Documentation of the limit and of what clients do about it', 'writer', {
      after: ['agree', 'server', 'client', 'review'],
    }),
    task('bench', 'Measure throughput with the limit on', 'tester', { after: ['server'], needs: ['server-notes'] }),
    task('blog', 'Announcement', 'writer', { after: ['docs'] }),
  ]);
  const survey = plan.spawn(10, 'survey', 'Survey of the upload code', {
    type: 'scout',
    manifest: {
      given: [
        { name: 'Brief', kind: 'brief', tokens: 420 },
        { name: 'Project instructions: AGENTS.md', kind: 'instructions', tokens: 1_830 },
      ],
      withheld: [{ name: 'docs/history', why: 'outside the scope of the task' }],
    },
  });
  work(survey.pass(400).begin());
  survey.done('Uploads go through one handler.');
  plan.settle(survey.now, 'survey', 'done');
  const design = plan.spawn(survey.now + 50, 'design', 'Design of the interface', { type: 'planner' });
  design
    .pass(300)
    .begin()
    .think(21_000, 'One header, one status.', [{ title: 'Read src/upload.ts', ms: 800, path: 'src/upload.ts' }]);
  plan.story.at(design.now, {
    type: 'artefactPublished',
    runId: plan.runId,
    agentId: design.id,
    taskId: toId('task', 'design'),
    name: 'upload-api',
    version: 2,
    hash: 'cd'.repeat(32),
    bytes: 4_310,
  });
  design.done('The interface is set.');
  plan.settle(design.now, 'design', 'done');
  plan.story.at(design.now + 100, {
    type: 'decisionAsked',
    askId: toId('ask', 'gate-1'),
    runId: plan.runId,
    purpose: 'gate',
    taskId: toId('task', 'agree'),
    ask: {
      kind: 'decision',
      title: 'Go on with the design of the interface?',
      detail: 'One header, one status.',
      options: [
        { choice: 'approve', label: 'Approve' },
        { choice: 'changes', label: 'Ask for changes' },
        { choice: 'reject', label: 'Reject' },
      ],
      takesText: true,
    },
  });
  const first = plan.spawn(design.now + 200, 'server', 'Rate limit in the server');
  first.pass(400).begin().request().pass(9_000);
  first.fail('The endpoint is overloaded.').end({
    kind: 'failed',
    failure: { kind: 'overloaded', message: 'The endpoint is overloaded.', next: 'Wait a moment and retry.' },
  });
  const server = plan.spawn(first.now + 100, 'server', 'Rate limit in the server, again');
  server
    .pass(2_000)
    .begin()
    .think(14_000, 'A bucket per key.', [{ title: 'Run npm test -- upload', ms: 40_000, open: true }]);
  const client = plan.spawn(design.now + 250, 'client', 'Retry in the client');
  client.pass(1_000).begin().think(9_000, 'Backs off.').ask('command', 'npm test -- client');
  plan.story.at(server.now, {
    type: 'planChanged',
    runId: plan.runId,
    by: person,
    reason: 'Not now',
    changes: [{ kind: 'cancel', taskId: toId('task', 'blog') }],
  });
  proposals(plan, client);
  return told(plan.story, 96_000, server.id);
}

function proposals({ story, runId }: PlanStory, by: Actions): void {
  const propose = (ms: number, name: string, reason: string) =>
    story.at(ms, {
      type: 'changeProposed',
      proposalId: toId('proposal', name),
      runId,
      by: { kind: 'agent', agentId: by.id },
      reason,
      changes: [{ kind: 'add', task: task(name, 'Queue for uploads of trusted clients', 'builder', { after: ['server'] }) }],
    });
  propose(by.now - 900, 'queue', 'Trusted clients need a queue of their own, or their nightly uploads are refused by the new limit.');
  propose(by.now - 600, 'rewrite', 'The client should be rewritten.');
  story.at(by.now - 300, {
    type: 'proposalSettled',
    proposalId: toId('proposal', 'rewrite'),
    runId,
    accepted: false,
    reason: 'Out of scope.',
    by: person,
  });
}

/** A run that ended in part: a review took two rounds, one task failed, and what came after it was skipped. */
export function planPartial(): Scenario {
  const plan = new PlanStory('Audit the parser', [
    task('scan', 'Audit of the scanner', 'analyst'),
    task('parse', 'Audit of the parser', 'analyst', { attempts: 2, fallback: { model: 'another' } }),
    task('fix', 'Repair what the scanner audit found', 'builder', { after: ['scan'] }),
    task('review', 'Review of the repair', 'reviewer', {
      after: ['fix'],
      gate: { kind: 'verdict', backTo: toId('task', 'fix'), rounds: 3 },
    }),
    task('merge', 'One report of both audits', 'analyst', { after: ['scan', 'parse'] }),
  ]);
  const scan = plan.spawn(10, 'scan', 'Audit of the scanner', { type: 'analyst' });
  work(scan.pass(500).begin());
  scan.end({
    kind: 'done',
    report: {
      ...emptyReport,
      summary: 'The scanner reads one character too many.',
      findings: [{ text: 'The last token is doubled.', path: 'src/parser/scan.ts', line: 48, severity: 'high' }],
      filesRead: ['src/parser/scan.ts'],
      doubts: ['src/parser/scan.ts:480 is named, but the file has 212 lines.', 'It says that tests were run; no command was.'],
    },
  });
  plan.settle(scan.now, 'scan', 'done');
  let at = 20;
  for (const attempt of [1, 2, 3]) {
    const parse = plan.spawn(at, 'parse', attempt === 1 ? 'Audit of the parser' : `Audit of the parser, attempt ${attempt}`, {
      type: 'analyst',
    });
    parse.pass(300).begin().think(8_000, 'Reading.').request().pass(3_000);
    parse.end({ kind: 'failed', failure: { kind: 'network', message: 'The connection was lost.', next: 'Check the network and retry.' } });
    at = parse.now + 200;
  }
  plan.settle(at, 'parse', 'failed', 'The connection was lost. Check the network and retry.');
  plan.settle(at, 'merge', 'skipped', 'Audit of the parser failed');
  reviewRounds(plan, scan.now + 100);
  return told(plan.story, 200_000, scan.id);
}

function reviewRounds(plan: PlanStory, from: number): void {
  const fix = plan.spawn(from, 'fix', 'Repair', {});
  fix
    .pass(200)
    .begin()
    .think(11_000, 'The loop.', [
      { name: 'edit_file', title: 'Edit src/parser/scan.ts', ms: 200, path: 'src/parser/scan.ts', changed: true },
    ]);
  fix.done('Repaired.');
  plan.settle(fix.now, 'fix', 'done');
  const review = plan.spawn(fix.now + 50, 'review', 'Review of the repair', { type: 'reviewer' });
  review
    .pass(200)
    .begin()
    .think(7_000, 'A test is missing.')
    .end({ kind: 'done', report: { ...emptyReport, summary: 'A test is missing.', verdict: 'changes' } });
  plan.story.at(review.now + 10, {
    type: 'tasksReopened',
    runId: plan.runId,
    taskIds: [toId('task', 'fix'), toId('task', 'review')],
    kind: 'round',
    note: 'A test is missing.',
    by: engine,
  });
  const again = (agent: Actions, ms: number) =>
    plan.story.at(ms, { type: 'agentContinued', agentId: agent.id, reason: 'round', by: engine });
  fix.pass(review.now + 20 - fix.now);
  again(fix, fix.now);
  fix.message('A test is missing.').think(6_000, 'With a test.').done('Repaired, with a test.');
  plan.settle(fix.now, 'fix', 'done');
  review.pass(fix.now + 20 - review.now);
  again(review, review.now);
  review.think(5_000, 'Good.').end({ kind: 'done', report: { ...emptyReport, summary: 'Good.', verdict: 'approve' } });
  plan.settle(review.now, 'review', 'done', undefined, 'approve');
}

/** A run of which nothing has happened yet. */
export function planEmpty(): Scenario {
  const story = new Story(begin);
  story.run(0, 'Think about the parser');
  return told(story, 2_000, undefined);
}

/** Sixty tasks: three stages over twenty files each. */
export function planOfSixty(): Scenario {
  const files = Array.from({ length: 20 }, (_, at) => `src/module${at + 1}/index.ts`);
  const stages = [
    { id: 'read', title: 'Read', type: 'scout' },
    { id: 'fix', title: 'Repair', type: 'builder' },
    { id: 'check', title: 'Check', type: 'tester' },
  ] as const;
  const tasks = files.flatMap((file, at) =>
    stages.map((stage, index) =>
      task(`${stage.id}-${at}`, `${stage.title} ${file}`, stage.type, { after: index === 0 ? [] : [`${stages[index - 1]?.id}-${at}`] }),
    ),
  );
  const plan = new PlanStory('Repair every module', tasks);
  for (const [at, file] of files.entries()) {
    const reader = plan.spawn(10 + at, `read-${at}`, `Read ${file}`, { type: 'scout' });
    reader
      .pass(100 * at)
      .begin()
      .think(3_000 + 400 * (at % 7), 'Read.')
      .done('Read.');
    plan.settle(reader.now, `read-${at}`, 'done');
    if (at < 6) {
      const fixer = plan.spawn(reader.now + 10, `fix-${at}`, `Repair ${file}`);
      fixer
        .pass(100)
        .begin()
        .think(2_000, 'Repairing.', [{ title: `Edit ${file}`, ms: 9_000, open: true, path: file }]);
    }
  }
  return told(plan.story, 30_000, undefined);
}

/** Two runs, of which neither is chosen. */
export function twoPlans(): Scenario {
  const story = new Story(begin);
  const older = story.run(0, 'Look at the parser');
  story.spawn(10, older, { label: 'Reader' }).begin().think(900, 'Read.').done('Read.');
  const plan = new PlanStory('Look at the scanner', [task('look', 'Look at the scanner', 'scout')], story);
  const scout = plan.spawn(20, 'look', 'Scout', { type: 'scout' }).begin().request();
  return told(story, 3_000, scout.id);
}

/** The same text in every place of a plan that a model, a file or a name can reach. */
export function hostilePlan(text: string): Scenario {
  const plan = new PlanStory(text, [
    task('one', text, text, { publishes: [text] }),
    task('two', text, text, { after: ['one'], needs: [text] }),
    task('three', text, 'person', { gate: { kind: 'person' } }),
  ]);
  const agent = plan.spawn(10, 'one', text, { type: text }).begin().think(900, text);
  const { runId, story } = plan;
  const by = { kind: 'agent', agentId: agent.id } as const;
  story.at(2_000, { type: 'artefactPublished', runId, agentId: agent.id, name: text, version: 1, hash: 'ef'.repeat(32), bytes: 9 });
  story.at(2_100, {
    type: 'decisionAsked',
    askId: toId('ask', 'gate-1'),
    runId,
    purpose: 'gate',
    taskId: toId('task', 'three'),
    ask: { kind: 'decision', title: text, detail: text, options: [{ choice: 'approve', label: text }] },
  });
  const changes = [{ kind: 'cancel' as const, taskId: toId('task', 'two') }];
  const proposalId = toId('proposal', 'proposal-1');
  story.at(2_200, { type: 'changeProposed', proposalId, runId, by, reason: text, changes });
  story.at(2_300, { type: 'proposalSettled', proposalId, runId, accepted: false, reason: text, by });
  plan.settle(2_400, 'two', 'failed', text);
  return told(story, 3_000, agent.id);
}

/** Two agents that ask and answer each other. */
export function messages(): Scenario {
  const plan = new PlanStory('Split the store', [
    task('a', 'Cut the store in two', 'builder'),
    task('b', 'Follow in the views', 'builder'),
  ]);
  const manifest: Manifest = {
    given: [
      { name: 'Brief', kind: 'brief', tokens: 640 },
      { name: 'Project instructions: AGENTS.md', kind: 'instructions', tokens: 12_400 },
      { name: 'Report of Survey of the store', kind: 'report', tokens: 900 },
    ],
    withheld: [
      { name: 'Report of Survey of the views', why: 'it does not depend on it' },
      {
        name: 'docs/decisions/0007-why-the-store-is-one-object-and-what-would-have-to-be-true-for-it-to-be-two.md',
        why: 'longer than what is given',
      },
    ],
  };
  const asked = plan.spawn(10, 'a', 'Cutter', { manifest });
  const asking = plan.spawn(20, 'b', 'Follower');
  work(asked.pass(100).begin());
  asking.pass(100).begin().think(4_000, 'I ask.');
  const send = (ms: number, id: string, from: Actions, to: Actions, kind: 'request' | 'info', text: string, replyTo?: string) => {
    const messageId = toId('message', id);
    plan.story.at(ms, {
      type: 'messageQueued',
      messageId,
      to: to.id,
      from: { kind: 'agent', agentId: from.id },
      sender: 'agent',
      kind,
      text,
      interrupt: false,
      answerable: true,
      ...(replyTo === undefined ? {} : { replyTo: toId('message', replyTo) }),
    });
  };
  const at = asked.now;
  send(at, 'q1', asking, asked, 'request', 'What is the new half called?');
  send(at, 'q2', asked, asking, 'request', 'Which views read both halves? I need to know before I move the selectors.');
  plan.story.at(at + 10, { type: 'messageDelivered', messageId: toId('message', 'q1'), agentId: asked.id, turn: asked.turn + 1 });
  asked.pass(20).think(3_000, 'I answer.');
  send(asked.now, 'r1', asked, asking, 'info', 'It is called catalogue.', 'q1');
  send(asked.now + 10, 'r2', asking, asked, 'info', 'Only the sidebar and the status bar.', 'q2');
  plan.story.at(asked.now + 20, { type: 'messageDelivered', messageId: toId('message', 'r2'), agentId: asked.id, turn: asked.turn + 1 });
  asked.pass(30).think(2_000, 'Good.');
  send(asked.now, 'q3', asking, asked, 'request', 'And its file?');
  return told(plan.story, asked.now + 3_000, asked.id);
}
