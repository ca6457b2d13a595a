import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createNarrator, type Fact, followFacts } from '../../scripts/lib/progress.mjs';

const agent = { id: 'a', label: 'lead', depth: 0, provider: 'practice', phase: 'thinking', doing: 'thinking', tokens: 1200, cost: 0 };
const run = { id: 'r', label: 'x', phase: 'running' };

describe('progress of a run', () => {
  const told = (facts: readonly Fact[]): readonly string[] => {
    const lines: string[] = [];
    const narrate = createNarrator({ tell: (text) => lines.push(text), now: () => 5000, answerer: 'waits for you' });
    for (const fact of facts) {
      narrate(fact);
    }
    return lines;
  };

  it('is told when an agent does something else, and only then', () => {
    const lines = told([
      { run, agents: [agent] },
      { run, agents: [{ ...agent, tokens: 1300 }] },
      { run, agents: [{ ...agent, phase: 'waiting', doing: 'waiting for its agents' }] },
    ]);
    assert.equal(lines.length, 3);
    assert.match(lines[0] ?? '', /model: practice/);
    assert.match(lines[1] ?? '', /lead +thinking {2}\(1,200 tokens\)/);
    assert.match(lines[2] ?? '', /waiting for its agents/);
  });

  it('tells each question once, and who answers it', () => {
    const asks = [{ id: 'q', agentId: 'a', kind: 'command', title: 'Run npm test' }];
    const facts = [
      { run, agents: [agent], asks },
      { run, agents: [agent], asks },
    ];
    assert.match(told(facts)[2] ?? '', /lead +asks: Run npm test \(waits for you\)/);
    assert.equal(told(facts).length, 3);
  });

  it('tells the end once, with the report', () => {
    const end = { run: { ...run, phase: 'done', report: 'All is well.' }, agents: [{ ...agent, phase: 'done', doing: 'done' }] };
    const lines = told([{ run, agents: [agent] }, end, end]);
    assert.deepEqual(lines.filter((line) => /done: 1 agents|All is well/.test(line)).length, 2);
  });

  it('reads lines that arrive in pieces', () => {
    const folder = mkdtempSync(join(tmpdir(), 'flotilla-progress-'));
    const file = join(folder, 'facts.jsonl');
    try {
      const facts: Fact[] = [];
      writeFileSync(file, '{"ready":true}\n{"refused":');
      const first = followFacts(file, (fact) => facts.push(fact));
      first();
      assert.deepEqual(facts, [{ ready: true }]);
      appendFileSync(file, '"no folder"}\n');
      first();
      assert.deepEqual(facts, [{ ready: true }, { refused: 'no folder' }]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
