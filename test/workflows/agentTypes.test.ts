import * as assert from 'node:assert/strict';
import type { AgentType } from '../../src/orchestrator/ports.ts';
import { builtInAgentTypes } from '../../src/workflows/agentTypes.ts';
import { common } from '../../src/workflows/prompts/common.ts';
import { allTools, mostOfRole } from '../../src/workflows/toolNames.ts';

const types: readonly AgentType[] = builtInAgentTypes;
const leadTools = ['spawn_agent', 'wait_for_agents', 'steer_agent', 'wrap_up_agent', 'kill_agent'];
const changingTools = ['edit_file', 'write_file', 'run_command'];

function toolsOf(name: string): readonly string[] {
  return types.find((type) => type.name === name)?.tools ?? assert.fail(`no type ${name}`);
}

describe('built-in agent types', () => {
  it('are these, each with its own name', () => {
    assert.deepEqual(
      types.map(({ name, role }) => [name, role]),
      [
        ['lead', 'lead'],
        ['general', 'worker'],
        ['planner', 'lead'],
        ['scout', 'scout'],
        ['analyst', 'worker'],
        ['builder', 'worker'],
        ['reviewer', 'worker'],
        ['tester', 'worker'],
        ['writer', 'worker'],
      ],
    );
  });

  it('name only tools that their role may have, in the order of no other, none twice, and all can report', () => {
    for (const { name, tools, role } of types) {
      assert.deepEqual(
        tools.filter((tool) => !mostOfRole[role].includes(tool)),
        [],
        name,
      );
      assert.equal(new Set(tools).size, tools.length, name);
      assert.equal(tools.at(-1), 'report', name);
    }
  });

  it('keep leads and readers from changing anything, and all but leads from spawning', () => {
    for (const name of ['lead', 'planner', 'scout', 'analyst']) {
      assert.deepEqual(
        toolsOf(name).filter((tool) => changingTools.includes(tool)),
        [],
        name,
      );
    }
    for (const name of ['reviewer', 'tester']) {
      assert.deepEqual(
        toolsOf(name).filter((tool) => changingTools.includes(tool)),
        ['run_command'],
        name,
      );
    }
    for (const { name, tools } of types.filter((type) => type.name !== 'lead')) {
      assert.deepEqual(
        tools.filter((tool) => leadTools.includes(tool)),
        [],
        name,
      );
    }
  });

  it('leave what all are told to the engine, and mention no tool that the type does not have', () => {
    for (const { name, system, tools } of types) {
      assert.ok(system.startsWith('# Your part: '), name);
      assert.ok(!system.includes(common.slice(0, 40)), name);
      const mentioned = [...allTools].filter((tool) => tool.includes('_') && system.includes(tool));
      assert.deepEqual(
        mentioned.filter((tool) => !tools.includes(tool)),
        [],
        name,
      );
    }
  });
});
