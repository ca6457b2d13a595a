import * as assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AgentId } from '../../src/core/ids.ts';
import { changedTurns } from '../../src/core/review/undoScope.ts';
import { isLive } from '../../src/core/selectors.ts';
import type { Agent } from '../../src/core/state.ts';
import { openRealFleet, type RealFleet } from '../support/realFleet.ts';
import { call, report, ScriptedModel } from '../support/scriptedModel.ts';
import { temporaryFolders, writeTree } from '../workspace/temporaryFolder.ts';

/** What an agent did is given back, all of it or a part, and nothing of anybody else’s: on the real disk with the real tools. */
describe('undoing changes of an agent', function () {
  this.timeout(60_000);
  const temporary = temporaryFolders();
  let real: RealFleet | undefined;

  afterEach(async () => {
    await real?.close();
    real = undefined;
  });

  /** An agent edits a file, runs a command that changes, makes and deletes files, and edits again; everything is allowed. */
  async function worked() {
    const source = temporary();
    await writeTree(source, { 'a.txt': 'a\n', 'b.txt': 'b\n', 'gone.txt': 'gone\n', 'mine.txt': 'mine\n' });
    const turns = [
      call('read_file', { path: 'a.txt' }),
      call('edit_file', { path: 'a.txt', old_text: 'a', new_text: 'edited' }),
      call('run_command', { command: 'echo more >> b.txt; echo new > new.txt; rm gone.txt' }),
      call('edit_file', { path: 'a.txt', old_text: 'edited', new_text: 'edited twice' }),
    ];
    const model = new ScriptedModel({ '*': (_request, turn) => turns[turn] ?? report('Done.') });
    const opened = await openRealFleet({ source, provider: model, settings: { 'approvals.mode': 'autonomous' } });
    real = opened;
    opened.fleet.subscribe((entries) => {
      for (const { event } of entries) {
        if (event.type === 'personAsked') {
          queueMicrotask(() => opened.fleet.execute({ type: 'answer', askId: event.askId, answer: { kind: 'allow' } }));
        }
      }
    });
    assert.ok(opened.fleet.execute({ type: 'spawnAgent', spawn: { agentType: 'general', brief: { objective: 'Work.' } } }).ok);
    const agents = () => Object.values<Agent>(opened.fleet.state.agents);
    await opened.until(() => agents().length > 0 && agents().every((agent) => !isLive(agent)));
    const agentId: AgentId = agents()[0]?.id ?? assert.fail('no agent');
    const file = (name: string) => join(opened.workspace, name);
    const text = (name: string) => (existsSync(file(name)) ? readFileSync(file(name), 'utf8') : undefined);
    return { fleet: opened.fleet, agentId, file, look: () => ['a.txt', 'b.txt', 'gone.txt', 'new.txt', 'mine.txt'].map(text) };
  }

  it('gives back everything it changed, by edits and by a command', async () => {
    const { fleet, agentId, look } = await worked();
    assert.deepEqual(look(), ['edited twice\n', 'b\nmore\n', undefined, 'new\n', 'mine\n']);
    const undone = await fleet.undoChanges(agentId, { kind: 'all' });
    assert.deepEqual(look(), ['a\n', 'b\n', 'gone\n', undefined, 'mine\n']);
    assert.ok('restored' in undone);
    assert.deepEqual([undone.restored.toSorted(), undone.kept], [['a.txt', 'b.txt', 'gone.txt', 'new.txt'], []]);
  });

  it('gives back one turn or one file, and leaves what somebody has changed since', async () => {
    const { fleet, agentId, file, look } = await worked();
    const turns = changedTurns(fleet.state, agentId);
    assert.deepEqual(
      turns.map(({ paths }) => paths.toSorted()),
      [['a.txt'], ['b.txt', 'gone.txt', 'new.txt'], ['a.txt']],
    );
    writeFileSync(file('b.txt'), 'the person was here\n');
    const command = turns[1]?.turn ?? assert.fail('no such turn');
    const undone = await fleet.undoChanges(agentId, { kind: 'turn', turn: command });
    assert.deepEqual(look(), ['edited twice\n', 'the person was here\n', 'gone\n', undefined, 'mine\n']);
    assert.ok('kept' in undone && undone.kept.map(({ path }) => path).join() === 'b.txt');
    await fleet.undoChanges(agentId, { kind: 'file', path: 'a.txt' });
    assert.equal(look()[0], 'a\n');
  });

  it('is refused where there is nothing to undo, with a next step', async () => {
    const { fleet, agentId } = await worked();
    const refused = await fleet.undoChanges(agentId, { kind: 'file', path: 'mine.txt' });
    assert.ok('code' in refused && refused.next !== '');
  });
});
