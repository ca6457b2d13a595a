import * as assert from 'node:assert/strict';
import { laneRows } from '../../../webview/lanes/laneRows.ts';
import { axisHeight, createIndexCache, hitAt, rowHeight, type Scene, toMoment, toX } from '../../../webview/lanes/scene.ts';
import { barText, markText } from '../../../webview/lanes/spanText.ts';
import { extentOf } from '../../../webview/scope.ts';
import { twelveAgents } from '../page/scenarios.ts';

const { state, now } = twelveAgents();
const agents = Object.values(state.agents);
const rows = laneRows(agents, new Set());
const origin = Object.values(state.runs)[0]?.startedAt;
const scene: Scene = {
  width: 1_000,
  height: 400,
  scrollTop: 0,
  rows,
  lanes: state.lanes,
  range: extentOf(agents, state.lanes, now),
  now,
  live: true,
  origin,
  selected: undefined,
  hovered: undefined,
};
const find = createIndexCache();
const lineOf = (label: string): number => rows.findIndex((row) => row.agent.label === label);
const middle = (line: number): number => axisHeight + line * rowHeight + rowHeight / 2;

describe('hitAt', () => {
  it('finds agent and span under a point, scrolled or not', () => {
    const line = lineOf('Editor of errors.ts');
    const hit = hitAt(scene, find, 990, middle(line));
    assert.equal(hit?.row.agent.label, 'Editor of errors.ts');
    assert.equal(hit?.bar?.type, 'approval');
    const scrolled = hitAt({ ...scene, scrollTop: 2 * rowHeight }, find, 990, middle(line - 2));
    assert.equal(scrolled?.bar?.span, hit?.bar?.span);
  });

  it('finds nothing on the axis and below the last lane', () => {
    assert.equal(hitAt(scene, find, 500, axisHeight - 1), undefined);
    assert.equal(hitAt(scene, find, 500, middle(rows.length)), undefined);
  });

  it('finds the message at the upper border of a lane', () => {
    const line = lineOf('Reader of the scanner');
    const row = rows[line] ?? assert.fail('The scenario has this agent');
    const mark = state.lanes[row.agent.id]?.marks[0] ?? assert.fail('It read a message');
    const hit = hitAt(scene, find, toX(scene, mark.at), axisHeight + line * rowHeight + 2);
    assert.equal(hit?.mark, mark);
    assert.deepEqual(markText(mark, origin)[0], 'Steering from you');
  });

  it('turns px into moments and back', () => {
    assert.ok(Math.abs(toMoment(scene, toX(scene, scene.now)) - scene.now) < 1e-3);
  });
});

describe('barText', () => {
  it('says what a span is, when it was, how long it took, and what it cost', () => {
    const line = lineOf('Reader of the scanner');
    const row = rows[line] ?? assert.fail('The scenario has this agent');
    const lane = state.lanes[row.agent.id] ?? assert.fail('It has a lane');
    const span = lane.spans.find((each) => each.kind === 'model') ?? assert.fail('It asked the model');
    const text = barText({ x: 0, width: 1, type: 'model', track: 0, tracks: 1, span, count: 1, trouble: false }, lane, now, origin);
    assert.equal(text[0], 'Model: Turn 1');
    assert.match(text[1] ?? '', /^At 9 s \(\d\d:\d\d:\d\d\), took 4\.2 s$/);
    assert.match(text.join('\n'), /1\.6k tokens in, of them 0 from the cache; 300 out/);
  });

  it('counts spans that are drawn as one', () => {
    const span = { kind: 'tool', label: 'x', turn: 1, from: 0, to: 1 } as const;
    const text = barText(
      { x: 0, width: 1, type: 'tool', track: 0, tracks: 1, span, count: 12, trouble: true },
      { spans: [span], open: [], points: [], marks: [] },
      5,
      0,
    );
    assert.deepEqual(text, ['12 spans', 'Too short to be told apart here; zoom in.', 'Some of them did not end well.']);
  });
});
