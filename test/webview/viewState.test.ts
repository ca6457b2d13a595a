import * as assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { toId } from '../../src/core/ids.ts';
import { defaultView, parseView, type ViewState } from '../../webview/viewState.ts';

describe('parseView', () => {
  it('reads back what was written', () => {
    const view: ViewState = {
      run: toId('run', 'run-1'),
      agentId: toId('agent', 'agent-1'),
      zoom: { kind: 'free', from: 10, to: 20 },
      collapsed: [toId('agent', 'agent-2')],
      tab: 'usage',
      main: 'plan',
      grouped: true,
      legend: false,
      split: 0.7,
      names: 250,
    };
    assert.deepEqual(parseView(JSON.parse(JSON.stringify(view))), view);
  });

  it('replaces each part that makes no sense, and only that', () => {
    const stored = {
      run: 7,
      agentId: 'has blanks',
      zoom: { kind: 'free', from: 5, to: 5 },
      collapsed: ['ok', 3],
      tab: 'nothing',
      main: 'nothing',
      grouped: 'yes',
      split: 9,
      names: 200,
    };
    assert.deepEqual(parseView(stored), { ...defaultView, collapsed: ['ok'], names: 200 });
  });

  it('gives a usable view whatever is stored', () => {
    fc.assert(
      fc.property(fc.anything(), (stored) => {
        const view = parseView(stored);
        assert.ok(view.split > 0 && view.split < 1 && view.names > 0);
        assert.deepEqual(parseView(JSON.parse(JSON.stringify(view))), view);
      }),
    );
  });
});
