import fc from 'fast-check';
import type { FleetEvent, JournalEntry, Outcome } from '../../src/core/events.ts';
import { toId } from '../../src/core/ids.ts';

const agents = ['a1', 'a2', 'a3'].map((text) => toId('agent', text));
const calls = ['c1', 'c2'].map((text) => toId('call', text));
const asks = ['q1', 'q2'].map((text) => toId('ask', text));
const run = toId('run', 'r1');
const prompt = toId('prompt', 'p1');
const usage = { input: 3, output: 2, cacheRead: 5, cacheWrite5m: 1, cacheWrite1h: 0 };
const person = { kind: 'person' } as const;
const report = { summary: 's', findings: [], filesRead: [], filesChanged: [], recommendations: [], openQuestions: [], notes: [] };
const failure = { kind: 'network', message: 'm', next: 'n' } as const;

const outcomes: readonly Outcome[] = [
  { kind: 'done', report },
  { kind: 'failed', failure },
  { kind: 'killed', by: person },
  { kind: 'interrupted' },
];

const agentId = fc.constantFrom(...agents);
const callId = fc.constantFrom(...calls);
const askId = fc.constantFrom(...asks);
const turn = fc.integer({ min: 1, max: 4 });

/** Facts in any order, sensible or not: what a reducer must survive. */
const anyEvent: fc.Arbitrary<FleetEvent> = fc.oneof(
  fc.constant<FleetEvent>({ type: 'runStarted', runId: run, label: 'run', task: 'task', by: person }),
  fc.constant<FleetEvent>({ type: 'promptFixed', promptId: prompt, system: 'system', tools: [] }),
  fc.record({ agentId, parentId: fc.option(agentId, { nil: undefined }) }).map(
    ({ agentId, parentId }): FleetEvent => ({
      type: 'agentSpawned',
      agentId,
      runId: run,
      parentId: parentId === agentId ? undefined : parentId,
      label: agentId,
      agentType: 'general',
      depth: 0,
      provider: 'scripted',
      model: 'model',
      effort: 'low',
      promptId: prompt,
      brief: { objective: 'objective' },
      opening: 'opening',
      by: person,
    }),
  ),
  fc.record({ agentId }).map(({ agentId }): FleetEvent => ({ type: 'agentStarted', agentId })),
  fc
    .record({ agentId, kind: fc.constantFrom('slot', 'rateLimit', 'network', 'children') })
    .map(({ agentId, kind }): FleetEvent => ({ type: 'waitStarted', agentId, wait: { kind, detail: kind } })),
  fc.record({ agentId }).map(({ agentId }): FleetEvent => ({ type: 'waitEnded', agentId })),
  fc
    .record({ agentId, callId, detail: fc.constantFrom('a.ts', 'b.ts') })
    .map(({ agentId, callId, detail }): FleetEvent => ({ type: 'waitStarted', agentId, callId, wait: { kind: 'lease', detail } })),
  fc.record({ agentId, callId }).map(({ agentId, callId }): FleetEvent => ({ type: 'waitEnded', agentId, callId })),
  fc.record({ agentId, turn }).map(({ agentId, turn }): FleetEvent => ({ type: 'requestStarted', agentId, turn, attempt: 1 })),
  fc
    .record({ agentId, turn, usage: fc.option(fc.constant(usage), { nil: undefined }) })
    .map(({ agentId, turn, usage }): FleetEvent => ({ type: 'requestFailed', agentId, turn, attempt: 1, failure, usage })),
  fc.record({ agentId, turn, ids: fc.uniqueArray(callId) }).map(
    ({ agentId, turn, ids }): FleetEvent => ({
      type: 'replySettled',
      agentId,
      turn,
      model: 'model',
      stop: ids.length > 0 ? 'toolUse' : 'endTurn',
      usage,
      cost: 0.5,
      blocks: [{ kind: 'text', text: 't' }, ...ids.map((id) => ({ kind: 'toolCall' as const, callId: id, name: 'read_file', input: {} }))],
    }),
  ),
  fc.record({ agentId, turn }).map(({ agentId, turn }): FleetEvent => ({ type: 'turnEnded', agentId, turn })),
  fc
    .record({ agentId, callId, waitsFor: fc.constantFrom(undefined, 'children', 'answer') })
    .map(({ agentId, callId, waitsFor }): FleetEvent => ({ type: 'toolStarted', agentId, callId, title: 'title', waitsFor })),
  fc.record({ agentId, callId, status: fc.constantFrom('ok', 'error', 'denied') }).map(
    ({ agentId, callId, status }): FleetEvent => ({
      type: 'toolEnded',
      agentId,
      callId,
      status,
      output: { text: 'o' },
      effects: [{ kind: 'read', path: 'p' }],
    }),
  ),
  fc.record({ agentId, callId, askId, question: fc.boolean() }).map(
    ({ agentId, callId, askId, question }): FleetEvent => ({
      type: 'personAsked',
      askId,
      agentId,
      callId,
      ask: question ? { kind: 'question', title: 'q', options: [] } : { kind: 'command', title: 'Run x', command: 'x', folder: '.' },
    }),
  ),
  fc
    .record({ agentId, callId, askId })
    .map(({ agentId, callId, askId }): FleetEvent => ({ type: 'personAnswered', askId, agentId, callId, answer: { kind: 'allow' } })),
  fc.record({ agentId, id: fc.constantFrom('m1', 'm2') }).map(
    ({ agentId, id }): FleetEvent => ({
      type: 'messageQueued',
      messageId: toId('message', id),
      to: agentId,
      from: person,
      sender: 'person',
      kind: 'steer',
      text: 'text',
      interrupt: false,
    }),
  ),
  fc
    .record({ agentId, turn, id: fc.constantFrom('m1', 'm2') })
    .map(({ agentId, turn, id }): FleetEvent => ({ type: 'messageDelivered', messageId: toId('message', id), agentId, turn })),
  fc.record({ agentId }).map(({ agentId }): FleetEvent => ({ type: 'pauseAsked', agentId, by: person })),
  fc.record({ agentId }).map(({ agentId }): FleetEvent => ({ type: 'agentPaused', agentId })),
  fc.record({ agentId }).map(({ agentId }): FleetEvent => ({ type: 'agentResumed', agentId, by: person })),
  fc.record({ agentId }).map(({ agentId }): FleetEvent => ({ type: 'killAsked', agentId, by: person })),
  fc
    .record({ agentId, outcome: fc.constantFrom(...outcomes) })
    .map(({ agentId, outcome }): FleetEvent => ({ type: 'agentEnded', agentId, outcome })),
  fc.record({ agentId }).map(({ agentId }): FleetEvent => ({ type: 'agentContinued', agentId, reason: 'retry', by: person })),
  fc.record({ agentId }).map(({ agentId }): FleetEvent => ({ type: 'agentDeleted', agentId, by: person })),
);

/** A journal of facts in any order; times never go back. */
export const anyJournal: fc.Arbitrary<readonly JournalEntry[]> = fc
  .array(fc.tuple(anyEvent, fc.integer({ min: 0, max: 50 })), { maxLength: 80, size: 'max' })
  .map((facts) => {
    let at = 1_000;
    return facts.map(([event, later], index) => ({ seq: index + 1, at: (at += later), event }));
  });
