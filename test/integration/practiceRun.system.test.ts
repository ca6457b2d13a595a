import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isLive, phaseWord, reportOf, rootOf } from '../../src/core/selectors.ts';
import type { FleetState } from '../../src/core/state.ts';
import { createClock } from '../../src/platform/clock.ts';
import { createPracticeModel, noPace } from '../../src/providers/practice/practiceModel.ts';
import { openRealFleet, type RealFleet } from '../support/realFleet.ts';

const allEnded = (state: FleetState) => Object.values(state.agents).every((agent) => !isLive(agent));

async function openPractice(): Promise<RealFleet> {
  return openRealFleet({ source: 'test/fixtures/sample', provider: createPracticeModel({ clock: createClock(), pace: noPace }) });
}

/** Answers whatever is asked as soon as it is asked, the same way each time. */
function answering(real: RealFleet, allow: boolean): void {
  real.fleet.subscribe(() => {
    for (const ask of Object.values(real.fleet.state.asks)) {
      const answer =
        ask.ask.kind === 'question'
          ? { kind: 'reply' as const, text: 'the whole repository' }
          : allow
            ? { kind: 'allow' as const }
            : { kind: 'deny' as const };
      queueMicrotask(() => real.fleet.execute({ type: 'answer', askId: ask.askId, answer }));
    }
  });
}

describe('a run with the practice model over a real folder', function () {
  this.timeout(30_000);

  it('delegates, reads with the real tools, and reports findings that are true of the folder', async () => {
    const real = await openPractice();
    try {
      answering(real, true);
      const started = real.fleet.execute({ type: 'startRun', task: 'Review this repository and fix one small thing' });
      assert.ok(started.ok && started.accepted.runId);
      await real.until((state) => Object.keys(state.agents).length > 0 && allEnded(state));
      const root = rootOf(real.fleet.state, started.accepted.runId) ?? assert.fail('no first agent');
      assert.equal(phaseWord(root), 'done');
      assert.ok(Object.keys(real.fleet.state.agents).length >= 3, 'a lead and at least two workers');
      const report = reportOf(root) ?? assert.fail('no report');
      const doubts = Object.values(real.fleet.state.agents).flatMap((agent) => reportOf(agent)?.doubts ?? []);
      assert.deepEqual(doubts, [], 'every report holds against what was seen');
      const cited = report.findings.filter((finding) => finding.path !== undefined);
      assert.ok(cited.length > 0, 'findings cite places');
      for (const { path, line } of cited) {
        assert.ok(existsSync(join(real.workspace, path ?? '')), `${path} exists`);
        const lines = (await readFile(join(real.workspace, path ?? ''), 'utf8')).split('\n').length;
        assert.ok((line ?? 1) <= lines, `${path}:${line} exists`);
      }
      assert.deepEqual(real.errors, []);
    } finally {
      await real.close();
    }
  });

  it('accepts a no to its edit and its command, and still reports', async () => {
    const real = await openPractice();
    try {
      answering(real, false);
      real.fleet.execute({ type: 'startRun', task: 'Review this repository and fix one small thing' });
      await real.until((state) => Object.keys(state.agents).length > 0 && allEnded(state));
      const denied = Object.values(real.fleet.state.transcripts).flatMap((transcript) =>
        transcript.turns.flatMap((turn) => turn.calls.filter((call) => call.status === 'denied')),
      );
      assert.ok(denied.length > 0, 'something was asked and denied');
      assert.ok(Object.values(real.fleet.state.agents).every((agent) => phaseWord(agent) === 'done' && agent.filesChanged.length === 0));
    } finally {
      await real.close();
    }
  });
});
