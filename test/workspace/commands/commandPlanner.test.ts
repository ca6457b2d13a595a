import * as assert from 'node:assert/strict';
import { toId } from '../../../src/core/ids.ts';
import { allRights } from '../../../src/core/rights.ts';
import type { CommandPlan, CommandRequest } from '../../../src/workspace/commands/commandGate.ts';
import { createCommandPlanner, type SandboxWish } from '../../../src/workspace/commands/commandPlanner.ts';

const shell: CommandPlan = {
  route: 'shell',
  reason: 'bubblewrap is not installed.',
  folder: '/w/app',
  hash: 'h',
  writes: 'anything',
  run: () => assert.fail('nothing is run'),
};
const agent = toId('agent', 'a');
const request = { command: 'npm test', folder: '/w/app' };

function planner(wish: SandboxWish, folders = [{ name: 'app', path: '/w/app' }], denyWrites: readonly string[] = []) {
  const asked: CommandRequest[] = [];
  const plan = createCommandPlanner({
    gate: {
      plan: async (given) => {
        asked.push(given);
        return shell;
      },
    },
    paths: { folders: () => folders },
    wish: () => wish,
    domains: () => ['registry.test'],
    denyWrites: () => denyWrites,
    recorded: () => undefined,
  });
  return { asked, plan };
}

describe('planning commands of agents', () => {
  it('never runs unconfined what the person wants confined, and says why', async () => {
    const plan = await planner('required').plan(request, { id: agent, rights: allRights });
    assert.ok('route' in plan && plan.route === 'denied' && /"required".*bubblewrap is not installed/.test(plan.reason));
    assert.equal(await planner('auto').plan(request, { id: agent, rights: allRights }), shell);
  });

  it('leaves the sandbox out when it is off', async () => {
    const { asked, plan } = planner('off');
    await plan(request, { id: agent, rights: allRights });
    assert.deepEqual(asked, [request]);
  });

  it('confines to what the agent may change, and to no network without the right to it', async () => {
    const one = planner('auto');
    await one.plan(request, { id: agent, rights: allRights });
    await one.plan(request, { id: agent, rights: { ...allRights, writes: [], network: false } });
    await one.plan(request, { id: agent, rights: { ...allRights, writes: ['src', 'docs/api'] } });
    const several = planner('auto', [
      { name: 'app', path: '/w/app' },
      { name: 'lib', path: '/w/lib' },
    ]);
    await several.plan(request, { id: agent, rights: { ...allRights, writes: ['lib/src', 'app'] } });
    assert.deepEqual(
      [...one.asked, ...several.asked].map(({ profile }) => [profile?.writable, profile?.domains]),
      [
        [['/w/app'], ['registry.test']],
        [[], []],
        [['/w/app/src', '/w/app/docs/api'], ['registry.test']],
        [['/w/app', '/w/lib/src'], ['registry.test']],
      ],
    );
  });

  it('keeps commands from what the settings deny to agents, in the folder that is meant', async () => {
    const globs = ['migrations/**', 'app/keys/*', '**/*.lock'];
    const one = planner('auto', [{ name: 'app', path: '/w/[x] app' }], globs);
    await one.plan(request, { id: agent, rights: allRights });
    const several = planner(
      'auto',
      [
        { name: 'app', path: '/w/app' },
        { name: 'lib', path: '/w/lib' },
      ],
      globs,
    );
    await several.plan(request, { id: agent, rights: allRights });
    assert.deepEqual(
      [...one.asked, ...several.asked].map(({ profile }) => profile?.denyWrite),
      [
        ['/w/\\[x\\] app/migrations/**', '/w/\\[x\\] app/app/keys/*', '/w/\\[x\\] app/**/*.lock'],
        ['/w/app/keys/*', '/w/app/**/*.lock', '/w/lib/**/*.lock'],
      ],
    );
  });
});
