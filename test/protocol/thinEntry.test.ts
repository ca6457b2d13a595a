import * as assert from 'node:assert/strict';
import { type AgentId, toId } from '../../src/core/ids.ts';
import { reduceEntries } from '../../src/core/reduceFleet.ts';
import { emptyFleet, type FleetState } from '../../src/core/state.ts';
import { thinEntry, thinState } from '../../src/protocol/thinEntry.ts';
import { fold, toEntries } from '../support/fold.ts';
import { sampleRun } from '../support/sampleRun.ts';

const reader = toId('agent', 'reader-1');
const editor = toId('agent', 'editor-1');

/** What all views show of all agents. */
function shared({ runs, agents, lanes }: FleetState) {
  return { runs, agents, lanes };
}

function view(follow: AgentId | undefined, from = 0): FleetState {
  const entries = toEntries(sampleRun());
  const start = thinState(reduceEntries(emptyFleet, entries.slice(0, from)), follow);
  return reduceEntries(
    start,
    entries.slice(from).map((entry) => thinEntry(entry, follow)),
  );
}

describe('thinning for the timeline', () => {
  it('keeps heads and lanes of all agents whatever is followed and whenever the view begins', () => {
    const whole = shared(fold(sampleRun()));
    for (const follow of [undefined, reader, editor]) {
      for (let from = 0; from <= sampleRun().length; from++) {
        assert.deepEqual(shared(view(follow, from)), whole, `following ${follow} from entry ${from}`);
      }
    }
  });

  it('keeps the transcript of the followed agent, without what only a provider can use', () => {
    const seen = view(reader).transcripts[reader];
    const whole = fold(sampleRun()).transcripts[reader];
    assert.ok(seen && whole);
    assert.equal(seen.opening, whole.opening);
    assert.deepEqual(
      seen.turns.map((turn) => turn.calls.map((call) => call.output)),
      whole.turns.map((turn) => turn.calls.map((call) => call.output)),
    );
    assert.ok(whole.turns.some((turn) => JSON.stringify(turn.blocks).includes('signature')));
    assert.ok(!JSON.stringify(seen).includes('signature'));
    assert.ok(JSON.stringify(seen).includes('First look, then act.'));
  });

  it('sends no text of agents that are not followed, and no prompts', () => {
    const secret = ['Umlauts', 'First look, then act.', 'You are a careful worker.', 'I was about to', 'const a = 1;', '-a\\n+b'];
    const sent = JSON.stringify(toEntries(sampleRun()).map((entry) => thinEntry(entry, undefined)));
    const whole = JSON.stringify(toEntries(sampleRun()));
    for (const text of secret) {
      assert.ok(whole.includes(text), `the sample no longer has ${text}`);
      assert.ok(!sent.includes(text), `${text} was sent`);
    }
    assert.deepEqual(view(undefined).transcripts, {});
    assert.deepEqual(thinState(fold(sampleRun()), undefined).prompts, {});
  });

  it('leaves small facts as they are', () => {
    const entry = toEntries([{ type: 'agentStarted', agentId: reader }])[0];
    assert.ok(entry);
    assert.equal(thinEntry(entry, undefined), entry);
  });
});
