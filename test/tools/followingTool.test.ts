import * as assert from 'node:assert/strict';
import { createSpawnAgentTool } from '../../src/tools/coordination/spawnAgent.ts';
import { followingTool } from '../../src/tools/followingTool.ts';
import { fakePathFacts } from './fakes.ts';

const scout = { name: 'scout', description: 'Finds out.', tools: [] };
const sql = { name: 'sql', description: 'Knows the schema.', tools: [] };

describe('a tool that follows a list', () => {
  it('is the very same while the list is, and another with another list', () => {
    let types = [scout];
    const pathFacts = fakePathFacts();
    const tool = followingTool(
      () => types,
      (agentTypes) => createSpawnAgentTool({ agentTypes, pathFacts }),
    );
    const first = tool.spec;
    assert.equal(tool.spec, first);
    types = [scout, sql];
    assert.notEqual(tool.spec, first);
    assert.match(JSON.stringify(tool.spec), /Knows the schema/);
    assert.doesNotMatch(JSON.stringify(first), /Knows the schema/);
  });
});
