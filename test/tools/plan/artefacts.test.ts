import * as assert from 'node:assert/strict';
import { createPublishArtefactTool, createReadArtefactTool } from '../../../src/tools/plan/artefacts.ts';
import { fakeArtefact, fakePlan, fakeTask } from '../fakePlan.ts';
import { call, FakeCoordination, fakeAgent } from '../fakes.ts';

const publish = createPublishArtefactTool();
const read = createReadArtefactTool();

/** Me on the task api, which publishes `contract` and `Schnitt stelle?`; two tasks need the contract. */
function team(...toolNames: readonly string[]): FakeCoordination {
  const api = fakeTask('api', [], { publishes: ['contract', 'Schnitt stelle?'] });
  const coordination = new FakeCoordination([fakeAgent('me', { taskId: api.id }), fakeAgent('other', { label: 'the planner' })]);
  coordination.toolNames = toolNames;
  coordination.currentPlan = fakePlan([
    api,
    fakeTask('client', [], { needs: ['contract'] }),
    fakeTask('tests', [], { needs: ['contract'] }),
  ]);
  return coordination;
}

const giving = async (name: string, content: string, coordination = team()) => {
  const outcome = await call(publish, { name, content }, { coordination });
  return { ...outcome, asked: coordination.asked };
};

describe('publish_artefact', () => {
  it('publishes what the task hands over, and says who needs it', async () => {
    const result = await giving('contract', 'GET /');
    assert.deepEqual(result.asked, [['publish', 'contract', 'GET /']]);
    assert.equal(result.text, 'Published contract. 2 tasks of the plan need it.');
  });

  it('says which version it has become', async () => {
    const coordination = team();
    coordination.artefacts.set('contract', ['old']);
    const plan = coordination.currentPlan ?? assert.fail('It has a plan');
    coordination.currentPlan = { ...plan, artefacts: [fakeArtefact('contract', 2, 'me')] };
    assert.match((await giving('contract', 'new', coordination)).text, /^Published contract as version 2\./);
  });

  it('tells nobody of a version that says the same', async () => {
    const coordination = team();
    coordination.artefacts.set('contract', ['same']);
    const result = await giving('contract', 'same', coordination);
    assert.deepEqual([result.isError, result.asked], [false, []]);
    assert.match(result.text, /no new version was made/);
  });

  it('takes any name that the plan gives the task', async () => {
    assert.equal((await giving('Schnitt stelle?', 'x')).isError, false);
  });

  it('lets a worker publish nothing that its task does not', async () => {
    const result = await giving('other', 'x', team('propose_change'));
    assert.deepEqual([result.isError, result.asked], [true, []]);
    assert.match(result.text, /Your task does not publish "other"; nothing was published\. It publishes: contract, Schnitt stelle\?\./);
  });

  it('tells a worker whose task publishes nothing how that can be', async () => {
    const coordination = team();
    coordination.roster = [fakeAgent('me')];
    assert.match((await giving('contract', 'x', coordination)).text, /It publishes nothing; propose_change can add it/);
  });

  it('lets who may change the plan publish under any plain name', async () => {
    assert.equal((await giving('decisions/2.1 final', 'x', team('change_plan'))).isError, false);
    for (const name of ['../x ', ' x', 'a\nb', 'a\u202eb', '<message>', '.', 'x'.repeat(121)]) {
      const result = await giving(name, 'x', team('change_plan'));
      assert.deepEqual([name, result.isError, result.asked], [name, true, []]);
    }
  });

  it('refuses what is empty or too large, by its bytes', async () => {
    for (const [content, text] of [
      [' \n', /The content is empty/],
      ['x'.repeat(200_001), /at most 200000/],
      ['ä'.repeat(100_001), /200002 bytes, and an artefact may have 200000/],
    ] as const) {
      const result = await giving('contract', content);
      assert.deepEqual([result.isError, result.asked], [true, []]);
      assert.match(result.text, text);
    }
    assert.equal((await giving('contract', 'ä'.repeat(100_000))).isError, false);
  });

  it('passes on why the fleet refused', async () => {
    const coordination = team();
    coordination.refusal = { ok: false, rejection: { code: 'ended', message: 'It has ended.', next: '' } };
    const result = await giving('contract', 'x', coordination);
    assert.deepEqual([result.isError, result.text], [true, 'It has ended.']);
  });
});

describe('read_artefact', () => {
  it('gives the newest version', async () => {
    const coordination = team();
    coordination.artefacts.set('contract', ['old', 'new']);
    assert.deepEqual(await call(read, { name: 'contract' }, { coordination }), { text: 'contract, version 2:\nnew', isError: false });
  });

  it('says which there are when it does not know the name', async () => {
    const coordination = team();
    const plan = coordination.currentPlan ?? assert.fail('It has a plan');
    coordination.currentPlan = { ...plan, artefacts: [fakeArtefact('contract', 3, 'other')] };
    for (const name of ['contracts', '__proto__', 'toString']) {
      const result = await call(read, { name }, { coordination });
      assert.equal(result.isError, true);
      assert.equal(result.text, `There is no artefact "${name}" in this run. There are: "contract" (version 3, by the planner).`);
    }
  });

  it('says when there are none', async () => {
    const result = await call(read, { name: 'contract' }, { coordination: new FakeCoordination([fakeAgent('me')]) });
    assert.match(result.text, /Nothing has been published yet/);
  });
});
