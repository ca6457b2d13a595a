import assert from 'node:assert/strict';
import type { FleetEvent } from '../../src/core/events.ts';
import { toId } from '../../src/core/ids.ts';
import { logLine } from '../../src/ui/fleetLog.ts';
import { fold, toEntries } from '../support/fold.ts';

describe('the log', () => {
  const run = toId('run', 'run-1');
  const lead = toId('agent', 'agent-1');
  const person = { kind: 'person' } as const;
  const failure = { kind: 'auth', message: 'The key was rejected.', next: 'Set another one.' } as const;
  const events: readonly FleetEvent[] = [
    { type: 'runStarted', runId: run, label: 'Tidy', task: 'Tidy', by: person },
    {
      type: 'agentSpawned',
      agentId: lead,
      runId: run,
      label: 'lead',
      agentType: 'lead',
      depth: 0,
      provider: 'anthropic',
      model: 'm-1',
      effort: 'low',
      promptId: toId('prompt', 'prompt-1'),
      brief: { objective: 'Tidy' },
      opening: 'Tidy',
      by: person,
    },
    { type: 'agentStarted', agentId: lead },
    { type: 'requestStarted', agentId: lead, turn: 1, attempt: 1 },
    { type: 'requestFailed', agentId: lead, turn: 1, attempt: 1, failure },
    { type: 'agentEnded', agentId: lead, outcome: { kind: 'failed', failure } },
  ];

  it('has a line for what a person would tell somebody, and none for the rest', () => {
    const state = fold(events);
    assert.deepEqual(
      toEntries(events).map((entry) => logLine(state, entry)),
      [
        { level: 'info', text: 'Run "Tidy" (run-1) was started by you' },
        { level: 'info', text: 'lead (agent-1) was spawned by you: lead agent, m-1 of anthropic' },
        undefined,
        undefined,
        { level: 'warn', text: 'lead (agent-1), turn 1, try 1: The key was rejected. Set another one.' },
        { level: 'warn', text: 'lead (agent-1) failed: The key was rejected. Set another one.' },
      ],
    );
  });

  it('keeps what an agent wrote on one line', () => {
    const asked = toEntries([
      {
        type: 'personAsked',
        askId: toId('ask', 'ask-1'),
        agentId: lead,
        callId: toId('call', 'call-1'),
        ask: { kind: 'question', title: 'Really?\n2026-01-01 [error] forged', options: [] },
      },
    ]);
    const line = asked[0] === undefined ? undefined : logLine(fold(events), asked[0]);
    assert.equal(line?.text, 'lead (agent-1) asks a question: Really?');
  });
});
