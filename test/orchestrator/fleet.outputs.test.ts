import * as assert from 'node:assert/strict';
import { outputOf } from '../../src/core/context/outputName.ts';
import { toldLimit } from '../../src/orchestrator/outputs.ts';
import { call, report, type SeenRequest } from '../support/scriptedModel.ts';
import { TestFleet } from '../support/testFleet.ts';
import { testTool } from '../support/testTools.ts';

const line = (index: number) => `line ${index} ${'x'.repeat(30)}`;
const long = Array.from({ length: 3000 }, (_, index) => line(index)).join('\n');
const printing = (text: string, paged?: true) =>
  testTool('print', () => ({ text, isError: false, ...(paged === undefined ? {} : { paged }) }));
const reading = testTool('read_output', () => ({ text: '', isError: false }));

/** What the model was told of its last call. */
function toldTo({ request }: SeenRequest): string {
  const last = request.messages.at(-1);
  const part = last?.role === 'user' ? last.parts.find((candidate) => candidate.kind === 'toolResult') : undefined;
  return part?.text ?? '';
}

describe('a long output', () => {
  it('is told by its beginning and end, whole lines, with the way to the rest, and is kept whole', async () => {
    const fleet = new TestFleet({ lead: [call('print'), report('done')] }, { tools: [printing(long), reading] });
    const id = fleet.start();
    await fleet.ended();
    const told = toldTo(await fleet.model.requested('lead', 2));
    const [, head = '', left = '', from = '', tail = ''] =
      /^([\s\S]*)\n\[(\d+) of \d+ characters are left out here; read_output with output "1\.1" and from (\d+) goes on\]\n([\s\S]*)$/.exec(
        told,
      ) ?? [];
    assert.ok(told.length <= toldLimit);
    assert.equal(head.length + tail.length + Number(left), long.length);
    assert.ok(long.startsWith(`${head}\n`) && long.endsWith(`\n${tail}`) && Number(from) === head.length);
    const output = outputOf(fleet.state, id, '1.1');
    assert.equal(await fleet.fleet.readBlob(output?.blob?.hash ?? ''), long);
    assert.deepEqual(fleet.errors, []);
  });

  it('gives the same history after a restart, byte for byte', async () => {
    const before = new TestFleet({ lead: [call('print'), report('done')] }, { tools: [printing(long), reading] });
    const id = before.start();
    await before.ended();
    const sent = (await before.model.requested('lead', 2)).request.messages;
    const after = new TestFleet({ lead: [report('again')] }, { entries: before.journal.entries, blobs: before.blobs, tools: [reading] });
    after.do({ type: 'followUpAgent', agentId: id, task: 'Go on' });
    await after.ended();
    const { request } = await after.model.requested('lead');
    assert.equal(JSON.stringify(request.messages.slice(0, sent.length)), JSON.stringify(sent));
  });

  it('is told whole when the model asked for just that much, or when it is short', async () => {
    for (const tool of [printing(long, true), printing('y'.repeat(toldLimit))]) {
      const fleet = new TestFleet({ lead: [call('print'), report('done')] }, { tools: [tool, reading] });
      fleet.start();
      await fleet.ended();
      assert.doesNotMatch(toldTo(await fleet.model.requested('lead', 2)), /left out/);
    }
  });

  it('names no tool to an agent that has none to read on, and splits no character', async () => {
    const fleet = new TestFleet({ lead: [call('print'), report('done')] }, { tools: [printing('\u{1F6A2}'.repeat(30_001))] });
    fleet.start();
    await fleet.ended();
    const told = toldTo(await fleet.model.requested('lead', 2));
    assert.match(told, /characters are left out here; ask for less to see more of it\]/);
    assert.doesNotMatch(told, /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/);
  });
});
