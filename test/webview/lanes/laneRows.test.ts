import * as assert from 'node:assert/strict';
import { laneRows, visibleRows } from '../../../webview/lanes/laneRows.ts';
import { Story } from '../page/story.ts';

function tree() {
  const story = new Story(0);
  const runId = story.run(0, 'run');
  const lead = story.spawn(1, runId, { label: 'lead' });
  const deputy = story.spawn(2, runId, { label: 'deputy', parent: lead.id });
  story.spawn(3, runId, { label: 'worker', parent: lead.id });
  story.spawn(4, runId, { label: 'deep', parent: deputy.id, depth: 2 });
  return { agents: Object.values(story.state().agents), lead, deputy };
}
const shape = (rows: ReturnType<typeof laneRows>): readonly string[] =>
  rows.map(
    (row) =>
      `${'-'.repeat(row.depth)}${row.agent.label} ${row.position}/${row.siblings}${row.children > 0 ? (row.expanded ? ' open' : ' closed') : ''}`,
  );

describe('laneRows', () => {
  it('puts each agent under its parent, in the order they were spawned', () => {
    assert.deepEqual(shape(laneRows(tree().agents, new Set())), ['lead 1/1 open', '-deputy 1/2 open', '--deep 1/1', '-worker 2/2']);
  });

  it('leaves out what lies under a collapsed agent', () => {
    const { agents, deputy } = tree();
    assert.deepEqual(shape(laneRows(agents, new Set([deputy.id]))), ['lead 1/1 open', '-deputy 1/2 closed', '-worker 2/2']);
  });

  it('shows an agent whose parent is gone at the top', () => {
    const { agents, lead } = tree();
    const orphans = agents.filter((agent) => agent.id !== lead.id);
    assert.deepEqual(shape(laneRows(orphans, new Set())), ['deputy 1/2 open', '-deep 1/1', 'worker 2/2']);
  });
});

describe('visibleRows', () => {
  it('covers the window and nothing more', () => {
    assert.deepEqual(visibleRows(1_000, 24, 240, 120), { start: 10, end: 15 });
    assert.deepEqual(visibleRows(3, 24, 0, 500), { start: 0, end: 3 });
    assert.deepEqual(visibleRows(3, 24, 5_000, 500), { start: 3, end: 3 });
    assert.deepEqual(visibleRows(0, 24, -50, 500), { start: 0, end: 0 });
  });
});
