import * as assert from 'node:assert/strict';
import { adviseOn } from '../../../src/core/plan/advisor.ts';
import type { EstimatedTask } from '../../../src/core/plan/estimate.ts';
import { toId } from '../../../src/core/ids.ts';

const lead: EstimatedTask = { id: toId('task', 'lead'), agentType: 'lead', dependencies: [] };
const single = (task: string, tasks: readonly EstimatedTask[] = [lead]) => adviseOn({ task, tasks, history: new Map() }).single?.agentType;

describe('the advisor', () => {
  for (const task of ['Where is the rate limit read?', 'How does the parser handle quotes?', 'Explain what the ledger is for']) {
    it(`has a scout for ${JSON.stringify(task)}`, () => assert.equal(single(task), 'scout'));
  }
  for (const task of ['Fix the typo in the title', 'Please rename parseRow to readRow']) {
    it(`has one agent for ${JSON.stringify(task)}`, () => assert.equal(single(task), 'general'));
  }
  for (const task of [
    'Find bugs in the sources and repair one of them',
    'Where are all the places that parse dates?',
    'Explain the parser. Then document it.',
    'Fix:\n- the title\n- the footer',
    'Migrate the ledger to the new format',
    'Rename parseRow and adapt its callers',
  ]) {
    it(`has a run for ${JSON.stringify(task)}`, () => assert.equal(single(task), undefined));
  }

  it('does not doubt a workflow that somebody picked', () => {
    assert.equal(single('Where is it?', [{ ...lead, agentType: 'scout' }]), undefined);
    assert.equal(single('Where is it?', [lead, { ...lead, id: toId('task', 'b') }]), undefined);
  });

  it('counts the agents a lead will spawn, as many as leads here do', () => {
    const advice = adviseOn({ task: 'Where is it?', tasks: [lead], history: new Map(), agentsPerLead: 2 });
    assert.equal(advice.run.agents, 3);
    assert.equal(adviseOn({ task: 'x', tasks: [lead], history: new Map() }).run.agents, 5);
    assert.ok(advice.single !== undefined && advice.single.estimate.tokens < advice.run.tokens);
    assert.equal(advice.run.minutes, 3 + 4);
  });
});
