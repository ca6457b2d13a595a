import * as assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { examples } from '../support/examples.ts';
import type { JournalEntry } from '../../src/core/events.ts';
import { reduceEntries } from '../../src/core/reduceFleet.ts';
import { emptyFleet, type FleetState } from '../../src/core/state.ts';
import { thinEntry, thinState, thinTranscript } from '../../src/protocol/thinEntry.ts';
import type { ToWebview } from '../../src/protocol/toWebview.ts';
import { emptyMirror, type Mirror, withEntries, withSnapshot, withTail, withTranscript } from '../../webview/mirror.ts';
import { twelveAgents } from './page/scenarios.ts';

type Part<T extends ToWebview['type']> = Extract<ToWebview, { type: T }>;

const { entries: journal, select } = twelveAgents();
const followed = select ?? assert.fail('The scenario selects an agent');
const facts = { providerLabels: {}, contextWindows: {} };

const stateAt = (seq: number): FleetState => reduceEntries(emptyFleet, journal.slice(0, seq));
const snapshotAt = (seq: number): Part<'snapshot'> => ({
  type: 'snapshot',
  state: thinState(stateAt(seq), followed),
  follow: followed,
  now: 0,
  readOnly: undefined,
  facts,
});
const between = (from: number, to: number, entries: readonly JournalEntry[] = journal.slice(from - 1, to)): Part<'entries'> => ({
  type: 'entries',
  from,
  to,
  entries: entries.map((entry) => thinEntry(entry, followed)),
  now: 0,
});
const transcriptAt = (seq: number): Part<'transcript'> => {
  const transcript = stateAt(seq).transcripts[followed] ?? assert.fail('The agent has a transcript by then');
  return { type: 'transcript', seq, agentId: followed, transcript: thinTranscript(transcript) };
};
const settled = (mirror: Mirror) => ({ ...mirror.state, prompts: {}, transcripts: mirror.state.transcripts[followed] });
const expected = settled(withSnapshot(snapshotAt(journal.length)));

describe('mirror', () => {
  it('comes to the state of the host, however the journal is cut into messages and however often they overlap', () => {
    const cuts = fc.array(fc.integer({ min: 1, max: journal.length }), { maxLength: 8 });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: journal.length }), cuts, fc.integer({ min: 0, max: 5 }), (start, ends, overlap) => {
        let mirror = withSnapshot(snapshotAt(start));
        for (const to of [...ends.toSorted((a, b) => a - b), journal.length]) {
          const next = withEntries(mirror, between(Math.max(1, mirror.state.seq + 1 - overlap), to));
          assert.equal(next.gap, false);
          mirror = next.mirror;
        }
        assert.deepEqual(settled(mirror), expected);
      }),
      examples(60),
    );
  });

  it('asks for a snapshot before it has one, and when something is missing, and changes nothing', () => {
    assert.deepEqual(withEntries(emptyMirror, between(1, 5)), { mirror: emptyMirror, gap: true });
    const mirror = withSnapshot(snapshotAt(10));
    assert.deepEqual(withEntries(mirror, between(12, 20)), { mirror, gap: true });
  });

  it('counts a range as seen even where entries of it were left out', () => {
    const next = withEntries(withSnapshot(snapshotAt(10)), between(11, 20, []));
    assert.equal(next.gap, false);
    assert.equal(next.mirror.state.seq, 20);
    assert.equal(withEntries(next.mirror, between(21, 22)).gap, false);
  });

  it('takes a transcript that is as new as its state', () => {
    const bare = { ...snapshotAt(60), state: { ...stateAt(60), transcripts: {} } };
    const { mirror, gap } = withTranscript(withSnapshot(bare), transcriptAt(60));
    assert.equal(gap, false);
    assert.deepEqual(settled(withEntries(mirror, between(61, journal.length)).mirror), expected);
  });

  it('lets a transcript that is too new wait, and never applies to it what it already holds', () => {
    const bare = { ...snapshotAt(60), state: { ...stateAt(60), transcripts: {} } };
    let { mirror, gap } = withTranscript(withSnapshot(bare), transcriptAt(80));
    assert.equal(gap, false);
    assert.equal(mirror.state.transcripts[followed], undefined);
    ({ mirror, gap } = withEntries(mirror, between(61, 70)));
    assert.equal(mirror.state.transcripts[followed], undefined);
    ({ mirror, gap } = withEntries(mirror, between(71, journal.length)));
    assert.equal(gap, false);
    assert.deepEqual(settled(mirror), expected);
  });

  it('asks for a snapshot when a transcript is older than its state', () => {
    assert.equal(withTranscript(withSnapshot(snapshotAt(60)), transcriptAt(59)).gap, true);
  });

  it('drops live text as soon as a settled fact replaces it', () => {
    const reply = journal.findIndex(({ event }) => event.type === 'replySettled' && event.agentId === followed) + 1;
    const tail = withTail(withSnapshot(snapshotAt(reply - 1)), {
      type: 'tail',
      agentId: followed,
      blocks: [
        { source: 'model', key: '0', kind: 'text', text: 'so far' },
        { source: 'tool', key: 'another', kind: 'output', text: 'printed' },
      ],
    });
    const { mirror } = withEntries(tail, between(reply, reply));
    assert.deepEqual(
      mirror.tail?.blocks.map((block) => block.key),
      ['another'],
    );
  });

  it('keeps live text when another agent settles something', () => {
    const other = journal.findIndex(({ event }) => event.type === 'replySettled' && event.agentId !== followed) + 1;
    const blocks = [{ source: 'model' as const, key: '0', kind: 'text' as const, text: 'so far' }];
    const tail = withTail(withSnapshot(snapshotAt(other - 1)), { type: 'tail', agentId: followed, blocks });
    assert.deepEqual(withEntries(tail, between(other, other)).mirror.tail?.blocks, blocks);
  });
});
