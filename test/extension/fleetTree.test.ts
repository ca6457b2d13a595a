import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { EventOf, FleetEvent } from '../../src/core/events.ts';
import { toId } from '../../src/core/ids.ts';
import { reduceEntries } from '../../src/core/reduceFleet.ts';
import { emptyFleet } from '../../src/core/state.ts';
import { Emitter } from '../../src/lib/emitter.ts';
import type { FleetControl } from '../../src/orchestrator/ports.ts';
import { FleetDoor } from '../../src/ui/fleetDoor.ts';
import type { FleetNode } from '../../src/ui/fleetNodes.ts';
import { FleetTree } from '../../src/ui/fleetTree.ts';
import { foldStart, toEntries } from '../support/fold.ts';

const run = toId('run', 'run');
const lead = toId('agent', 'lead');
const worker = toId('agent', 'worker');
const call = toId('call', 'call');
const ask = toId('ask', 'ask');
const fail = (error: unknown): void => assert.fail(String(error));

const spawned = (agentId: typeof lead, objective: string): EventOf<'agentSpawned'> => ({
  type: 'agentSpawned',
  agentId,
  runId: run,
  ...(agentId === lead ? {} : { parentId: lead }),
  label: agentId,
  agentType: agentId === lead ? 'lead' : 'general',
  depth: agentId === lead ? 0 : 1,
  provider: 'practice',
  model: 'm',
  effort: 'low',
  promptId: toId('prompt', 'p'),
  brief: { objective },
  opening: objective,
  by: { kind: 'person' },
});

const evil = 'Look [here](command:flotilla.killAll) $(error) <b>now</b>';
const facts: readonly FleetEvent[] = [
  { type: 'runStarted', runId: run, label: 'Tidy', task: 'Tidy', by: { kind: 'person' } },
  spawned(lead, 'Lead it'),
  { type: 'agentStarted', agentId: lead },
  spawned(worker, evil),
  { type: 'agentStarted', agentId: worker },
  { type: 'requestStarted', agentId: worker, turn: 1, attempt: 1 },
  {
    type: 'replySettled',
    agentId: worker,
    turn: 1,
    model: 'm',
    blocks: [{ kind: 'toolCall', callId: call, name: 'run_command', input: {} }],
    stop: 'toolUse',
    usage: { input: 1, output: 1, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0 },
  },
  {
    type: 'personAsked',
    askId: ask,
    agentId: worker,
    callId: call,
    ask: { kind: 'command', title: 'Run ls', command: 'ls', folder: '.' },
  },
];

/** A fleet that only replays facts. */
function replay(given: readonly FleetEvent[]) {
  const changes = new Emitter<void>(fail);
  let shown = 0;
  const state = () => reduceEntries(emptyFleet, toEntries(given).slice(0, shown));
  const fleet: FleetControl = {
    get state() {
      return state();
    },
    readOnly: undefined,
    execute: () => ({ ok: true, accepted: { reached: 0 } }),
    subscribe: (listener) => changes.event(() => listener([])),
    tail: () => [],
    onDidChangeTail: () => ({ dispose: () => undefined }),
    readBlob: async () => '',
    undoChanges: async () => ({ restored: [], kept: [] }),
  };
  return {
    fleet,
    show: (count: number) => {
      shown = count;
      changes.fire();
    },
  };
}

describe('the fleet tree', () => {
  const { fleet, show } = replay(facts);
  const door = new FleetDoor(fail);
  const tree = new FleetTree({
    door,
    now: () => foldStart + 60_000,
    providerLabel: (id) => `Provider ${id}`,
    definitionOf: () => undefined,
  });

  before(() => door.open(async () => fleet));
  after(() => {
    tree.dispose();
    door.dispose();
  });

  const labels = (nodes: readonly FleetNode[]) => nodes.map((node) => tree.getTreeItem(node).label);
  const child = (node: FleetNode | undefined, index = 0): FleetNode => {
    const found = tree.getChildren(node)[index];
    assert.ok(found);
    return found;
  };

  it('is empty before the first run', () => {
    assert.deepEqual(tree.getChildren(), []);
    assert.equal(tree.badge(), undefined);
  });

  it('puts what needs the person on top and nests agents under their parents', () => {
    show(facts.length);
    assert.deepEqual(labels(tree.getChildren()), ['Needs you', 'Tidy']);
    assert.deepEqual(labels(tree.getChildren(child(undefined, 0))), ['ls']);
    const leadNode = child(child(undefined, 1));
    assert.deepEqual(labels([leadNode]), ['lead']);
    assert.deepEqual(labels(tree.getChildren(leadNode)), ['worker']);
    assert.equal(tree.getParent(child(leadNode)), leadNode);
    assert.equal(tree.getParent(leadNode), child(undefined, 1));
    assert.deepEqual(tree.badge(), { value: 1, tooltip: '1 request needs you' });
  });

  it('gives menus, icons and readers what they need', () => {
    const item = tree.getTreeItem(child(child(child(undefined, 1))));
    assert.equal(item.contextValue, 'agent live waiting');
    assert.ok(item.iconPath instanceof vscode.ThemeIcon && item.iconPath.id === 'report');
    assert.match(item.accessibilityInformation?.label ?? '', /^worker, general agent, needs your approval/);
    assert.equal(tree.getTreeItem(child(undefined, 1)).collapsibleState, vscode.TreeItemCollapsibleState.Expanded);
  });

  it('says more in the hover, with what agents wrote made harmless', () => {
    const node = child(child(child(undefined, 1)));
    const { tooltip } = tree.resolveTreeItem(tree.getTreeItem(node), node);
    assert.ok(tooltip instanceof vscode.MarkdownString);
    assert.match(tooltip.value, /Provider practice/);
    assert.ok(!tooltip.value.includes('](command:flotilla.killAll'), tooltip.value);
    assert.ok(tooltip.value.includes('\\\\$\\(error\\)'), tooltip.value);
    assert.ok(typeof tooltip.isTrusted === 'object' && !tooltip.isTrusted.enabledCommands.includes('flotilla.killAgent'));
  });

  it('gives one row the same node every time', () => {
    assert.equal(child(undefined, 1), child(undefined, 1));
  });
});

describe('the rows of a plan', () => {
  const task = (id: string, dependencies: readonly string[] = []) => ({
    kind: 'add' as const,
    task: {
      id: toId('task', id),
      title: id,
      agentType: 'general',
      brief: { objective: evil },
      dependencies: dependencies.map((name) => toId('task', name)),
      priority: 'medium' as const,
      attempts: 1,
    },
  });
  const decision = toId('ask', 'decision');
  const planned: readonly FleetEvent[] = [
    { type: 'runStarted', runId: run, label: 'Tidy', task: 'Tidy', by: { kind: 'person' } },
    { type: 'planChanged', runId: run, by: { kind: 'person' }, reason: '', changes: [task('lead'), task('check', ['lead'])] },
    {
      type: 'decisionAsked',
      askId: decision,
      runId: run,
      purpose: 'fanOut',
      ask: { kind: 'decision', title: 'Start both?', detail: evil, options: [{ choice: 'approve', label: 'Start' }] },
    },
    { ...spawned(lead, 'Lead it'), taskId: toId('task', 'lead') },
    { type: 'decisionAnswered', askId: decision, runId: run, choice: 'approve', by: { kind: 'person' } },
  ];
  const { fleet, show } = replay(planned);
  const door = new FleetDoor(fail);
  const tree = new FleetTree({ door, now: () => foldStart + 60_000, providerLabel: (id) => id, definitionOf: () => undefined });
  const labels = (nodes: readonly FleetNode[]) => nodes.map((node) => tree.getTreeItem(node).label);

  before(() => door.open(async () => fleet));
  after(() => {
    tree.dispose();
    door.dispose();
  });

  it('are tasks until they have an agent, and decisions until they are answered', () => {
    show(3);
    const [needsYou, runNode] = tree.getChildren();
    assert.ok(needsYou !== undefined && runNode !== undefined);
    assert.deepEqual(labels(tree.getChildren(needsYou)), ['Start both?']);
    assert.deepEqual(labels(tree.getChildren(runNode)), ['lead', 'check']);
    assert.deepEqual(tree.badge(), { value: 1, tooltip: '1 request needs you' });
    const [, check] = tree.getChildren(runNode);
    assert.ok(check);
    assert.equal(tree.getParent(check), runNode);
    assert.equal(tree.getTreeItem(check).description, 'waits for lead · general');
    const [asked] = tree.getChildren(needsYou);
    assert.ok(asked);
    for (const node of [check, asked]) {
      const { tooltip } = tree.resolveTreeItem(tree.getTreeItem(node), node);
      assert.ok(tooltip instanceof vscode.MarkdownString && !tooltip.value.includes('](command:flotilla.killAll'), node.key);
    }

    show(planned.length);
    assert.deepEqual(labels(tree.getChildren()), ['Tidy']);
    assert.deepEqual(
      tree.getChildren(runNode).map(({ kind }) => kind),
      ['agent', 'task'],
    );
    assert.match(String(tree.getTreeItem(runNode).description), /^0 of 2 tasks done · 0 at work · 1 queued/);
  });
});
