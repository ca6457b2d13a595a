import type { Effect, FleetEvent } from '../../../src/core/events.ts';
import { type AgentId, toId } from '../../../src/core/ids.ts';

/*
 * The few facts that tests of reviews and overlaps are made of.
 */

export const run = toId('run', 'run');
const promptId = toId('prompt', 'prompt');
const person = { kind: 'person' } as const;

export const start: readonly FleetEvent[] = [
  { type: 'runStarted', runId: run, label: 'Run', task: 'Do it', by: person },
  { type: 'promptFixed', promptId, system: '', tools: [] },
];

/** An agent at work. */
export function spawn(agentId: AgentId): readonly FleetEvent[] {
  return [
    {
      type: 'agentSpawned',
      agentId,
      runId: run,
      label: `label of ${agentId}`,
      agentType: 'builder',
      depth: 0,
      provider: 'practice',
      model: 'm',
      effort: 'medium',
      promptId,
      brief: { objective: 'Do it' },
      opening: 'Do it',
      by: person,
    },
    { type: 'agentStarted', agentId },
  ];
}

/** A turn with one call that begins. */
export function called(agentId: AgentId, turn: number, name: string, path: string): readonly FleetEvent[] {
  const callId = toId('call', `call-${turn}`);
  return [
    { type: 'requestStarted', agentId, turn, attempt: 1 },
    {
      type: 'replySettled',
      agentId,
      turn,
      model: 'm',
      blocks: [{ kind: 'toolCall', callId, name, input: {} }],
      stop: 'toolUse',
      usage: { input: 1, output: 1, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0 },
    },
    { type: 'toolStarted', agentId, callId, title: name, place: { path } },
  ];
}

/** A turn with one call that did this. */
export function ended(agentId: AgentId, turn: number, effects: readonly Effect[]): readonly FleetEvent[] {
  return [
    ...called(agentId, turn, 'edit_file', 'x'),
    { type: 'toolEnded', agentId, callId: toId('call', `call-${turn}`), status: 'ok', output: { text: '' }, effects: [...effects] },
    { type: 'turnEnded', agentId, turn },
  ];
}

export function change(
  path: string,
  before: string | undefined,
  after: string | undefined,
  what: 'created' | 'edited' | 'deleted' = 'edited',
): Extract<Effect, { kind: 'changed' }> {
  return {
    kind: 'changed',
    path,
    change: what,
    added: 1,
    removed: 1,
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
  };
}
