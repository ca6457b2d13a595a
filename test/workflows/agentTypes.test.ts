import * as assert from 'node:assert/strict';
import type { AgentType } from '../../src/orchestrator/ports.ts';
import { builtInAgentTypes } from '../../src/workflows/agentTypes.ts';
import { common } from '../../src/workflows/prompts/common.ts';

const types: readonly AgentType[] = builtInAgentTypes;
const fileTools = ['read_file', 'list_files', 'find_files', 'search_text', 'edit_file', 'write_file'];
const otherTools = [
  'run_command',
  'write_note',
  'read_note',
  'read_output',
  'hand_over',
  'ask_person',
  'report',
  'message_agent',
  'list_agents',
];
const leadTools = ['spawn_agent', 'wait_for_agents', 'steer_agent', 'wrap_up_agent', 'kill_agent'];

function toolsOf(name: string): readonly string[] {
  return types.find((type) => type.name === name)?.tools ?? assert.fail(`no type ${name}`);
}

describe('built-in agent types', () => {
  it('are the five, each with its own name', () => {
    assert.deepEqual(
      types.map(({ name, role }) => [name, role]),
      [
        ['lead', 'lead'],
        ['general', 'worker'],
        ['scout', 'scout'],
        ['builder', 'worker'],
        ['reviewer', 'worker'],
      ],
    );
  });

  it('name only tools that exist, none twice, and all can report', () => {
    for (const { name, tools } of types) {
      assert.deepEqual(
        tools.filter((tool) => ![...fileTools, ...otherTools, ...leadTools].includes(tool)),
        [],
        name,
      );
      assert.equal(new Set(tools).size, tools.length, name);
      assert.ok(tools.includes('report'), name);
    }
  });

  it('keep the lead from changing anything and workers from spawning', () => {
    for (const tool of ['edit_file', 'write_file', 'run_command']) {
      assert.equal(toolsOf('lead').includes(tool), false);
      assert.equal(toolsOf('scout').includes(tool), false);
    }
    assert.equal(toolsOf('reviewer').includes('edit_file'), false);
    assert.equal(toolsOf('reviewer').includes('write_file'), false);
    for (const type of types.filter(({ role }) => role !== 'lead')) {
      assert.deepEqual(
        type.tools.filter((tool) => leadTools.includes(tool)),
        [],
      );
    }
  });

  it('leave what all are told to the engine, and mention no tool that the type does not have', () => {
    for (const { name, system, tools } of types) {
      assert.ok(system.startsWith('# Your part: '), name);
      assert.ok(!system.includes(common.slice(0, 40)), name);
      const mentioned = [...fileTools, ...otherTools, ...leadTools].filter((tool) => tool.includes('_') && system.includes(tool));
      assert.deepEqual(
        mentioned.filter((tool) => !tools.includes(tool)),
        [],
        name,
      );
    }
  });
});
