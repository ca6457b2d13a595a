import assert from 'node:assert/strict';
import fc from 'fast-check';
import { examples } from '../support/examples.ts';
import type { FleetEvent, JournalEntry } from '../../src/core/events.ts';
import { journalEntrySchema } from '../../src/core/events.ts';
import { FleetDraft, reduceEntries, reduceFleet } from '../../src/core/reduceFleet.ts';
import { repair } from '../../src/core/repair.ts';
import { emptyFleet, type FleetState } from '../../src/core/state.ts';
import { anyJournal } from '../support/randomEvents.ts';

function checkLaws(state: FleetState): void {
  for (const agent of Object.values(state.agents)) {
    const lane = state.lanes[agent.id];
    const open = lane?.spans.filter((span) => span.to === undefined) ?? [];
    assert.equal(agent.stage === 'ended', agent.phase.kind === 'ended', 'stage and phase agree on the end');
    if (agent.stage === 'ended') {
      assert.deepEqual(agent.openCalls, [], 'an ended agent has no open call');
      assert.deepEqual(open, [], 'an ended agent has no open span');
      assert.equal(agent.requesting, false);
    }
    const waits = open.filter((span) => span.kind === 'wait');
    const isWaiting = agent.phase.kind === 'waiting' || agent.phase.kind === 'queued' || agent.phase.kind === 'paused';
    assert.equal(waits.length, isWaiting ? 1 : 0, `one open wait span exactly while waiting (${agent.phase.kind})`);
    for (const { callId, wait } of agent.openCalls) {
      assert.ok(wait === undefined || !open.some((span) => span.callId === callId), 'the time of a call that waits is not its own');
    }
    assert.ok(
      lane?.spans.every((span) => span.to === undefined || span.to >= span.from),
      'no span ends before it begins',
    );
  }
  for (const ask of Object.values(state.asks)) {
    assert.ok(state.agents[ask.agentId], 'an ask belongs to an agent that is there');
  }
}

function append(state: FleetState, events: readonly FleetEvent[]): FleetState {
  return reduceEntries(
    state,
    events.map((event, index) => ({ seq: state.seq + index + 1, at: state.at, event })),
  );
}

describe('reduceFleet', () => {
  it('keeps its laws over every prefix of any journal', () => {
    fc.assert(
      fc.property(anyJournal, (entries) => {
        let state = emptyFleet;
        for (const entry of entries) {
          state = reduceFleet(state, entry);
          assert.equal(state.seq, entry.seq);
          checkLaws(state);
        }
      }),
      examples(300),
    );
  });

  it('gives the same state in one batch as entry by entry, and changes no state it was given', () => {
    fc.assert(
      fc.property(anyJournal, (entries) => {
        const half = reduceEntries(emptyFleet, entries.slice(0, entries.length >> 1));
        const before = JSON.stringify(half);
        const whole = reduceEntries(half, entries.slice(entries.length >> 1));
        assert.equal(JSON.stringify(half), before);
        assert.deepEqual(whole, entries.reduce(reduceFleet, emptyFleet));
      }),
      examples(200),
    );
  });

  it('survives the way to a webview: the state and each entry are plain JSON', () => {
    fc.assert(
      fc.property(anyJournal, (entries) => {
        const copy: unknown = JSON.parse(JSON.stringify(entries));
        const parsed = (copy as readonly unknown[]).map((entry) => journalEntrySchema.parse(entry));
        assert.deepEqual(
          JSON.parse(JSON.stringify(reduceEntries(emptyFleet, parsed))),
          JSON.parse(JSON.stringify(reduceEntries(emptyFleet, entries))),
        );
      }),
      examples(100),
    );
  });

  it('keeps no transcript for a view that was not given the opening, and the same heads and lanes', () => {
    const thin = (entry: JournalEntry): JournalEntry =>
      entry.event.type === 'agentSpawned' ? { ...entry, event: { ...entry.event, opening: undefined } } : entry;
    fc.assert(
      fc.property(anyJournal, (entries) => {
        const whole = reduceEntries(emptyFleet, entries);
        const view = reduceEntries(emptyFleet, entries.map(thin));
        assert.deepEqual(view.agents, whole.agents);
        assert.deepEqual(view.lanes, whole.lanes);
      }),
      examples(100),
    );
  });
});

describe('FleetDraft', () => {
  /** Whether the state is taken after each entry. */
  const anyTaking = fc.infiniteStream(fc.boolean());

  it('gives states that never change again, each the fold of what came before it', () => {
    fc.assert(
      fc.property(anyJournal, anyTaking, (entries, taking) => {
        const draft = new FleetDraft(emptyFleet);
        const taken: { readonly state: FleetState; readonly text: string }[] = [];
        let expected = emptyFleet;
        for (const entry of entries) {
          draft.apply([entry]);
          expected = reduceFleet(expected, entry);
          assert.deepEqual(draft.open, expected);
          if (taking.next().value) {
            taken.push({ state: draft.seal(), text: JSON.stringify(expected) });
          }
        }
        for (const { state, text } of taken) {
          assert.equal(JSON.stringify(state), text);
        }
        assert.equal(JSON.stringify(emptyFleet.agents), '{}');
      }),
      examples(200),
    );
  });

  it('keeps the identity of what did not change between two states, and of the state while nothing happens', () => {
    fc.assert(
      fc.property(anyJournal, anyTaking, (entries, taking) => {
        const draft = new FleetDraft(emptyFleet);
        let before = draft.seal();
        let unseen: JournalEntry[] = [];
        for (const entry of entries) {
          draft.apply([entry]);
          unseen.push(entry);
          if (!taking.next().value) {
            continue;
          }
          const after = draft.seal();
          assert.equal(draft.seal(), after);
          const byEntry = unseen.reduce(reduceFleet, before);
          for (const name of ['runs', 'agents', 'asks', 'prompts', 'lanes', 'transcripts'] as const) {
            for (const id of Object.keys(before[name])) {
              const [old, now, same]: readonly unknown[] = [before, after, byEntry].map((state) => Reflect.get(state[name], id));
              assert.equal(now === old, same === old, `${name} ${id}`);
            }
          }
          before = after;
          unseen = [];
        }
      }),
      examples(200),
    );
  });
});

describe('repair', () => {
  it('leaves nothing running, waiting or asked, after any prefix', () => {
    fc.assert(
      fc.property(anyJournal, (entries) => {
        const repaired = append(reduceEntries(emptyFleet, entries), repair(reduceEntries(emptyFleet, entries)));
        checkLaws(repaired);
        assert.ok(Object.values(repaired.agents).every((agent) => agent.stage === 'ended'));
        assert.deepEqual(repaired.asks, {});
        assert.deepEqual(repair(repaired), [], 'repairing twice does nothing');
      }),
      examples(300),
    );
  });
});
