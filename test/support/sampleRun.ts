import type { Actor, FleetEvent, Usage } from '../../src/core/events.ts';
import { toId } from '../../src/core/ids.ts';
import { shortTask } from './shortTask.ts';

/*
 * A small believable run: a lead, two workers, one of which asks a person; every type of fact occurs. Fixed for good: golden journals were
 * made from it.
 */

const runId = toId('run', 'run-1');
const promptId = toId('prompt', 'prompt-1');
const lead = toId('agent', 'lead-1');
const reader = toId('agent', 'reader-1');
const editor = toId('agent', 'editor-1');
const person: Actor = { kind: 'person' };
const byLead: Actor = { kind: 'agent', agentId: lead };
const engine: Actor = { kind: 'engine' };
const usage: Usage = { input: 1200, output: 80, cacheRead: 4000, cacheWrite5m: 300, cacheWrite1h: 0 };
const hash = 'a3f5'.repeat(16);

const trainId = toId('train', 'train-1');
const commit = 'c'.repeat(40);

/** A merge train on which everything happens that can, though not all of it would in one. */
function trainFacts(): readonly FleetEvent[] {
  const train = { trainId, agentId: editor } as const;
  const files = [{ path: 'src/a.ts', kind: 'content', hunks: [{ line: 3, ours: 'a', theirs: 'b' }], moreHunks: 0 } as const];
  return [
    {
      type: 'trainStarted',
      trainId,
      runId,
      by: person,
      folder: 'app',
      branch: 'refs/heads/main',
      base: commit,
      check: 'npm test',
      landing: 'ask',
      cars: [{ agentId: editor, label: 'editor', taskIds: [], ref: 'refs/flotilla/work/1', after: [] }],
    },
    {
      type: 'carConflicted',
      ...train,
      head: commit,
      files: files.map((file) => ({ ...file, hunks: [...file.hunks] })),
      counterparts: [{ how: 'lines', paths: ['src/a.ts'] }],
    },
    { type: 'byHandOpened', ...train, head: commit, by: person },
    { type: 'carSentBack', ...train, note: 'It does not fit.', by: person },
    { type: 'carRetried', ...train, by: person },
    { type: 'carRefused', ...train, message: 'The branch is gone.', next: 'Skip it.' },
    { type: 'carMerged', ...train, head: commit, commit, files: 1 },
    { type: 'checkFailed', ...train, commit, exitCode: 1, output: 'one test failed' },
    { type: 'carAccepted', ...train, by: person },
    { type: 'checkPassed', trainId, commit },
    { type: 'carsSkipped', trainId, agentIds: [editor], reason: 'Not wanted', by: person },
    { type: 'trainRebased', trainId, base: commit },
    { type: 'landingApproved', trainId, by: person },
    { type: 'landingBlocked', trainId, message: 'A file is in the way.', next: 'Commit it.', files: [{ path: 'src/a.ts', why: 'staged' }] },
    { type: 'trainEnded', trainId, outcome: 'landed', commit, by: engine },
  ];
}

function spawned(agentId: typeof lead, label: string, depth: number): FleetEvent {
  return {
    type: 'agentSpawned',
    agentId,
    runId,
    ...(depth > 0 ? { parentId: lead } : {}),
    label,
    agentType: depth > 0 ? 'worker' : 'lead',
    depth,
    provider: 'practice',
    model: 'practice-1',
    effort: 'medium',
    promptId,
    brief: {
      objective: `Look at ${label}`,
      scope: { paths: ['src'], focus: 'errors' },
      constraints: { tokens: 50_000, doneCriteria: ['all read'] },
    },
    opening: `Your task: look at ${label}.\nUmlauts ä, an emoji 😀, a tab\tand a line separator \u2028.`,
    by: depth > 0 ? byLead : person,
  };
}

function turn(agentId: typeof lead, number: number, callId: string, name: string): readonly FleetEvent[] {
  const call = toId('call', callId);
  return [
    { type: 'requestStarted', agentId, turn: number, attempt: 1 },
    {
      type: 'replySettled',
      agentId,
      turn: number,
      model: 'practice-1',
      blocks: [
        {
          kind: 'thinking',
          text: 'First look, then act.',
          raw: { type: 'thinking', thinking: 'First look, then act.', signature: 'c2ln' },
        },
        { kind: 'text', text: `I use ${name}.` },
        { kind: 'toolCall', callId: call, name, input: { path: 'src/a.ts', deep: [1, null, { x: '\u0000"\\' }] } },
        { kind: 'opaque', label: 'redacted', raw: { type: 'redacted_thinking', data: 'AAAA' } },
      ],
      stop: 'toolUse',
      usage,
      cost: 0.0123,
      requestId: `request-${callId}`,
    },
    { type: 'toolStarted', agentId, callId: call, title: `${name} src/a.ts`, place: { path: 'src/a.ts', line: 1, endLine: 20 } },
    {
      type: 'toolEnded',
      agentId,
      callId: call,
      status: 'ok',
      output: { text: '   1\tconst a = 1;', blob: { hash, bytes: 40_000 } },
      effects: [{ kind: 'read', path: 'src/a.ts' }],
    },
    { type: 'turnEnded', agentId, turn: number },
  ];
}

/** All facts of the sample run, in order. */
export function sampleRun(): readonly FleetEvent[] {
  const ask = toId('ask', 'ask-1');
  const edit = toId('call', 'call-edit');
  const steer = toId('message', 'message-1');
  const report = toId('message', 'message-2');
  return [
    { type: 'runStarted', runId, label: 'Find errors', task: 'Find the errors in src and repair one.', sharedFiles: 'wait', by: person },
    {
      type: 'promptFixed',
      promptId,
      system: 'You are a careful worker.',
      tools: [{ name: 'read_file', description: 'Reads', inputSchema: { type: 'object' } }],
    },
    spawned(lead, 'Lead', 0),
    { type: 'agentStarted', agentId: lead },
    ...turn(lead, 1, 'call-spawn', 'spawn_agent'),
    spawned(reader, 'Reader', 1),
    spawned(editor, 'Editor', 1),
    { type: 'waitStarted', agentId: reader, wait: { kind: 'slot', detail: 'Waiting for a slot' } },
    { type: 'agentStarted', agentId: editor },
    { type: 'waitEnded', agentId: reader },
    { type: 'agentStarted', agentId: reader },
    ...turn(reader, 1, 'call-read-1', 'read_file'),
    { type: 'requestStarted', agentId: reader, turn: 2, attempt: 1 },
    {
      type: 'requestFailed',
      agentId: reader,
      turn: 2,
      attempt: 1,
      failure: { kind: 'overloaded', message: 'The endpoint is overloaded.', next: 'Wait a moment.' },
      partial: 'I was about to',
      usage,
    },
    { type: 'waitStarted', agentId: reader, wait: { kind: 'rateLimit', detail: 'overloaded', until: 1_700_000_009_000 } },
    {
      type: 'messageQueued',
      messageId: steer,
      to: reader,
      from: person,
      sender: 'person',
      kind: 'steer',
      text: 'Look at b.ts too',
      place: { path: 'src/b.ts', line: 3 },
      interrupt: false,
    },
    { type: 'waitEnded', agentId: reader },
    { type: 'messageDelivered', messageId: steer, agentId: reader, turn: 2 },
    ...turn(reader, 2, 'call-read-2', 'read_file'),
    ...turn(reader, 3, 'call-read-3', 'read_file'),
    ...turn(editor, 1, 'call-search', 'search_text'),
    { type: 'requestStarted', agentId: editor, turn: 2, attempt: 1 },
    {
      type: 'replySettled',
      agentId: editor,
      turn: 2,
      model: 'practice-1',
      blocks: [{ kind: 'toolCall', callId: edit, name: 'edit_file', input: {}, invalid: 'old_text is missing' }],
      stop: 'toolUse',
      usage,
    },
    {
      type: 'personAsked',
      askId: ask,
      agentId: editor,
      callId: edit,
      ask: { kind: 'write', title: 'Edit src/a.ts', path: 'src/a.ts', diff: '-a\n+b\n' },
    },
    { type: 'personAnswered', askId: ask, agentId: editor, callId: edit, answer: { kind: 'deny', reason: 'not now' } },
    { type: 'toolStarted', agentId: editor, callId: edit, title: 'Edit src/a.ts', waitsFor: 'answer' },
    { type: 'waitStarted', agentId: editor, callId: edit, wait: { kind: 'lease', detail: 'src/a.ts, which Reader writes' } },
    { type: 'waitEnded', agentId: editor, callId: edit },
    {
      type: 'toolEnded',
      agentId: editor,
      callId: edit,
      status: 'denied',
      output: { text: 'The person said no: not now' },
      effects: [
        { kind: 'changed', path: 'src/a.ts', change: 'edited', added: 1, removed: 1, line: 4 },
        { kind: 'ran', command: 'npm test', exitCode: null },
        { kind: 'noted', name: 'plan', hash, bytes: 12 },
      ],
    },
    { type: 'turnEnded', agentId: editor, turn: 2 },
    { type: 'pauseAsked', agentId: editor, by: person },
    { type: 'agentPaused', agentId: editor },
    { type: 'agentResumed', agentId: editor, by: person },
    { type: 'killAsked', agentId: editor, by: byLead },
    { type: 'agentEnded', agentId: editor, outcome: { kind: 'killed', by: byLead } },
    {
      type: 'agentEnded',
      agentId: reader,
      outcome: {
        kind: 'done',
        report: {
          summary: 'One error found.',
          findings: [{ text: 'a is never used', path: 'src/a.ts', line: 1, severity: 'low' }],
          filesRead: ['src/a.ts'],
          filesChanged: [],
          recommendations: [{ text: 'Remove it', priority: 'medium' }],
          openQuestions: [],
          notes: [],
        },
      },
    },
    {
      type: 'messageQueued',
      messageId: report,
      to: lead,
      from: { kind: 'agent', agentId: reader },
      sender: 'agent Reader (reader-1)',
      kind: 'report',
      text: 'One error found.',
      interrupt: false,
    },
    { type: 'messageDelivered', messageId: report, agentId: lead, turn: 2 },
    ...turn(lead, 2, 'call-wait', 'wait_for_agents'),
    { type: 'agentContinued', agentId: reader, reason: 'followUp', by: person },
    { type: 'agentEnded', agentId: reader, outcome: { kind: 'interrupted' } },
    { type: 'agentDeleted', agentId: editor, by: person },
    {
      type: 'agentEnded',
      agentId: lead,
      outcome: { kind: 'failed', failure: { kind: 'limit', message: 'The budget is spent.', next: 'Raise it.' } },
    },
    { type: 'agentContinued', agentId: lead, reason: 'retry', by: engine },
    ...planFacts(),
  ];
}

/** What happens to the plan of the run, a proposal, a decision and a contract included. */
function planFacts(): readonly FleetEvent[] {
  const task = shortTask({ id: 'build', title: 'Build it', attempts: 2, publishes: ['api.md'], rollback: true });
  const gate = shortTask({
    id: 'review',
    after: ['build'],
    gate: { kind: 'verdict', backTo: task.id, rounds: 2, check: 'npm test' },
    priority: 'high',
  });
  const askId = toId('ask', 'ask-plan');
  const proposalId = toId('proposal', 'proposal-1');
  const cancel = { kind: 'cancel', taskId: gate.id } as const;
  return [
    {
      type: 'planChanged',
      runId,
      by: engine,
      reason: 'Workflow sample',
      changes: [
        { kind: 'add', task },
        { kind: 'add', task: gate },
        { kind: 'move', taskId: gate.id, before: task.id },
      ],
    },
    { type: 'runHeld', runId, reason: 'paused', by: person },
    { type: 'runReleased', runId, by: person },
    { type: 'artefactPublished', runId, agentId: lead, taskId: task.id, name: 'api.md', version: 1, hash, bytes: 12 },
    { type: 'taskSettled', runId, taskId: task.id, status: 'done', by: engine },
    { type: 'tasksReopened', runId, taskIds: [task.id], kind: 'round', note: 'Round 2 of 2. The door is missing.', by: engine },
    {
      type: 'changesUndone',
      runId,
      taskId: task.id,
      agentId: lead,
      restored: ['src/a.ts'],
      kept: [{ path: 'src/b.ts', why: 'it has changed' }],
    },
    { type: 'changesReviewed', runId, agentId: editor, path: 'src/a.ts', base: hash, hunks: ['3f9a'], verdict: 'accepted', by: person },
    {
      type: 'workplaceMade',
      agentId: editor,
      workplace: {
        id: 'w1',
        root: '/w/1',
        folder: '/w/1/app',
        start: commit,
        madeFor: editor,
        notes: ['Folders of submodules are empty.'],
      },
    },
    { type: 'workCaptured', agentId: editor, commit, changed: true },
    { type: 'workplaceRemoved', agentId: editor, salvage: 'refs/flotilla/salvage/1' },
    ...trainFacts(),
    { type: 'changeProposed', proposalId, runId, by: byLead, reason: 'Nothing to review', changes: [cancel] },
    {
      type: 'decisionAsked',
      askId,
      runId,
      purpose: 'proposal',
      proposalId,
      agentId: lead,
      ask: {
        kind: 'decision',
        title: 'Accept?',
        detail: 'Cancel "review"',
        options: [{ choice: 'accept', label: 'Accept' }],
        takesText: true,
      },
    },
    { type: 'decisionAnswered', askId, runId, choice: 'accept', text: 'fine', by: person },
    { type: 'proposalSettled', proposalId, runId, accepted: true, reason: 'fine', by: person },
    { type: 'planChanged', runId, by: byLead, reason: 'Nothing to review', changes: [cancel], proposalId },
    { type: 'runDeleted', runId: toId('run', 'run-0'), by: person },
  ];
}
