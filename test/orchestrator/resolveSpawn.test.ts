import * as assert from 'node:assert/strict';
import { allRights } from '../../src/core/rights.ts';
import type { SpawnRequest } from '../../src/core/commands.ts';
import { emptyOpeningContext } from '../../src/core/context/openingContext.ts';
import { noInstructions } from '../../src/core/context/sharedPrompt.ts';
import { resolveSpawn, type SpawnSources } from '../../src/orchestrator/resolveSpawn.ts';
import type { AgentType, ModelProvider } from '../../src/orchestrator/ports.ts';
import { parseSettings } from '../../src/ui/parseSettings.ts';

const worker: AgentType = { name: 'general', description: 'd', system: 's', tools: [], role: 'worker' };

function resolve(request: Partial<SpawnRequest>, type: Partial<AgentType>, models?: ModelProvider['models']) {
  const provider: ModelProvider = {
    ...{ id: 'p', label: 'P', rateKey: 'p', contextWindow: () => undefined, ready: async () => undefined },
    ...(models === undefined ? {} : { models }),
    stream: () => assert.fail('nothing is sent'),
  };
  const sources: SpawnSources = {
    agentTypes: () => [{ ...worker, ...type }],
    toolBox: { specsFor: () => [], find: () => undefined },
    settings: () => ({
      ...parseSettings(() => undefined).settings.fleet,
      models: { lead: 'large', worker: 'middle', scout: 'small' },
      effort: { lead: 'high', worker: 'medium', scout: 'low' },
    }),
    provider: () => provider,
    sharedPrompt: () => ({ common: '', instructions: noInstructions }),
    runRights: () => allRights,
    renderOpening: () => ({ opening: '', manifest: { given: [], withheld: [] } }),
  };
  const resolved = resolveSpawn({ brief: { objective: 'o' }, ...request }, 'label', emptyOpeningContext, undefined, sources);
  return 'code' in resolved
    ? assert.fail(resolved.message)
    : { model: resolved.model, effort: resolved.effort, isolation: resolved.isolation };
}

describe('resolving a spawn', () => {
  it('takes model and effort from the argument, then the definition, then the setting for the role', () => {
    const definition: Partial<AgentType> = { model: 'own', effort: 'max' };
    const isolation = undefined;
    assert.deepEqual(resolve({ model: 'asked', effort: 'low' }, definition), { model: 'asked', effort: 'low', isolation });
    assert.deepEqual(resolve({}, definition), { model: 'own', effort: 'max', isolation });
    assert.deepEqual(resolve({}, {}), { model: 'middle', effort: 'medium', isolation });
  });

  it('says where an agent works and who wants it', () => {
    const definition: Partial<AgentType> = { isolation: 'worktree' };
    assert.deepEqual(resolve({}, definition).isolation, { wish: 'worktree', by: 'file' });
    assert.deepEqual(resolve({ isolation: 'shared' }, definition).isolation, { wish: 'shared', by: 'argument' });
  });

  it('takes the name of a family for the model that the person chose for that size', () => {
    assert.equal(resolve({}, { model: 'haiku' }).model, 'small');
    assert.equal(resolve({}, { model: 'sonnet', role: 'lead' }).model, 'middle');
    assert.equal(resolve({ model: 'opus' }, {}).model, 'large');
    assert.equal(resolve({ model: 'constructor' }, {}).model, 'constructor');
  });

  it('leaves a provider with models of its own to them', () => {
    assert.equal(resolve({ model: 'asked' }, { model: 'own' }, { lead: 'p1', worker: 'p2', scout: 'p3' }).model, 'p2');
  });
});
