import * as assert from 'node:assert/strict';
import { createAskPersonTool } from '../../src/tools/askPerson.ts';
import { createReportTool } from '../../src/tools/report.ts';
import { createToolBox } from '../../src/tools/toolBox.ts';
import { fakeEvidence } from './fakes.ts';

const ask = createAskPersonTool();
const report = createReportTool(fakeEvidence());
const type = (tools: readonly string[]) => ({ name: 'tester', description: '', system: '', tools, role: 'worker' as const });

describe('toolBox', () => {
  it('gives an agent type its tools in the order of its list', () => {
    const box = createToolBox([ask, report]);
    assert.deepEqual(box.specsFor(type(['report', 'ask_person'])), [report.spec, ask.spec]);
    assert.deepEqual(box.specsFor(type([])), []);
    assert.equal(box.find('report'), report);
    assert.equal(box.find('toString'), undefined);
  });

  it('does not hide a mistake in a list or a name used twice', () => {
    assert.throws(() => createToolBox([ask]).specsFor(type(['report'])), /tester names the tool report/);
    assert.throws(() => createToolBox([ask, createAskPersonTool()]), /Two tools are called ask_person/);
  });
});
