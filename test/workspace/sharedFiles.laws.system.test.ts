import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import type { SharedFiles, Wait } from '../../src/core/events.ts';
import { type AgentId, toId } from '../../src/core/ids.ts';
import type { EditRequest } from '../../src/workspace/fileEdits.ts';
import { bytesHash } from '../../src/workspace/keptBytes.ts';
import { leasedEdits } from '../../src/workspace/leasedEdits.ts';
import { createLeases } from '../../src/workspace/leases.ts';
import { closedDocuments } from '../../src/workspace/openDocuments.ts';
import { createWorkspaceFiles } from '../../src/workspace/workspaceFiles.ts';
import { createClock } from '../../src/platform/clock.ts';
import { examples } from '../support/examples.ts';
import { MemoryBlobs } from '../support/memoryJournal.ts';
import { FakeEditor } from './fakeEditor.ts';
import { memoryFolder, temporaryFolders } from './temporaryFolder.ts';

/*
 * CON-05: eight agents and a person at three files at once, under every rule of leases. Every accepted change says what the file was before and
 * after it, and no two texts are the same; so if no update was lost, the changes of a file form one chain from its first text to its last.
 */

const agents = Array.from({ length: 8 }, (_, index) => toId('agent', `agent-${index}`));
const names = ['a', 'b', 'open'] as const;
const gone = '(no file)';

interface Change {
  readonly before: string;
  readonly after: string;
}

type Name = (typeof names)[number];
type AgentStep = {
  readonly by: 'agent';
  readonly who: AgentId;
  readonly act: 'append' | 'rewrite' | 'blind' | 'release';
  readonly name: Name;
};
type PersonStep = { readonly by: 'person'; readonly act: 'save' | 'delete' | 'type'; readonly name: Name };
type Step = AgentStep | PersonStep;

const name = fc.constantFrom(...names);
const agentStep: fc.Arbitrary<AgentStep> = fc.record({
  by: fc.constant('agent'),
  who: fc.constantFrom(...agents),
  act: fc.constantFrom('append', 'append', 'rewrite', 'blind', 'release'),
  name,
});
const personStep: fc.Arbitrary<PersonStep> = fc.record({
  by: fc.constant('person'),
  act: fc.constantFrom('save', 'save', 'type', 'delete'),
  name,
});
const step: fc.Arbitrary<Step> = fc.oneof({ weight: 5, arbitrary: agentStep }, { weight: 1, arbitrary: personStep });

/** How often everything that is under way may go on before the next step begins. */
const schedule = fc.array(fc.tuple(step, fc.integer({ min: 0, max: 6 })), { minLength: 10, maxLength: 50 });

describe('CON-05: a shared tree', function () {
  this.timeout(3_600_000);
  const temporary = temporaryFolders(memoryFolder);
  let counted = { accepted: 0, refused: 0, person: 0 };

  const play = async (root: string, steps: readonly (readonly [Step, number])[], policy: SharedFiles): Promise<void> => {
    const at = (name: string) => path.join(root, name);
    const onDisk = (name: string): string => {
      try {
        return readFileSync(at(name), 'utf8');
      } catch {
        return gone;
      }
    };
    for (const name of names) {
      writeFileSync(at(name), `first ${name}\n`);
    }
    const editor = new FakeEditor(at('open'), 'first open\n', false);
    const stop = new AbortController();
    const leases = createLeases({ clock: createClock(), policy: () => policy, labelOf: String, limitMs: () => 600_000 });
    const files = createWorkspaceFiles({
      folders: () => [{ name: 'w', path: root }],
      documents: {
        read: (absolute) => (absolute === at('open') ? editor.read(absolute) : closedDocuments.read(absolute)),
        replace: (...rest) => editor.replace(...rest),
      },
      ripgrep: async () => undefined,
      blobs: new MemoryBlobs(),
    });
    const edits = leasedEdits(files.edits, leases);
    const now = (name: string) => (name === 'open' ? editor.text : onDisk(name));
    const changes = new Map<string, Change[]>(names.map((name) => [name, []]));
    const note = (name: string, change: Change) => changes.get(name)?.push(change);
    let token = 0;

    const asAgent = async ({ who, act, name: file }: AgentStep): Promise<void> => {
      if (act === 'release') {
        leases.release(who);
        return;
      }
      if (act !== 'blind') {
        await files.readLines(who, file, 1, undefined);
      }
      const text = `${who} ${token++}`;
      const first = now(file).split('\n')[0] ?? '';
      const request: EditRequest =
        act === 'append'
          ? { kind: 'replace', oldText: `${first}\n`, newText: `${first}\n${text}\n`, all: false }
          : { kind: 'write', content: `${text}\n` };
      const plan = await edits.plan(who, file, request);
      const call = { signal: stop.signal, whileWaiting: <T>(_: Wait, until: (say: () => void) => Promise<T>) => until(() => undefined) };
      const done = plan.ok ? await edits.apply(who, plan, call) : plan;
      if (!done.ok) {
        counted.refused++;
        return;
      }
      counted.accepted++;
      note(file, { before: done.before?.before ?? gone, after: done.after });
    };

    const asPerson = ({ act, name: file }: PersonStep): void => {
      const before = now(file);
      const after = act === 'delete' ? gone : `person ${token++}\n${before === gone ? '' : before}`;
      if (before === after || (file === 'open' && act === 'delete')) {
        return;
      }
      if (file === 'open') {
        editor.type(after);
      }
      if (act === 'delete') {
        rmSync(at(file));
      } else if (file !== 'open' || act === 'save') {
        writeFileSync(at(file), after);
        editor.dirty = file === 'open' ? false : editor.dirty;
      }
      counted.person++;
      note(file, { before: identity(before), after: identity(after) });
    };

    const running: Promise<void>[] = [];
    for (const [one, turns] of steps) {
      if (one.by === 'person') {
        asPerson(one);
      } else {
        running.push(asAgent(one));
      }
      for (let turn = 0; turn < turns; turn++) {
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
    // Turns end, so that whoever waits for a file gets it.
    const settled = Promise.allSettled(running);
    let open = true;
    void settled.then(() => {
      open = false;
    });
    while (open) {
      agents.forEach((agent) => leases.release(agent));
      await new Promise((resolve) => setImmediate(resolve));
    }
    for (const result of await settled) {
      assert.equal(result.status, 'fulfilled', result.status === 'rejected' ? String(result.reason) : '');
    }
    for (const name of names) {
      assertChain(identity(`first ${name}\n`), changes.get(name) ?? [], identity(now(name)), name);
    }
  };

  for (const policy of ['warn', 'wait', 'refuse'] as const) {
    it(`loses no update of agents or person, whoever comes in between, where the rule is to ${policy}`, async () => {
      counted = { accepted: 0, refused: 0, person: 0 };
      const root = temporary();
      await fc.assert(
        fc.asyncProperty(schedule, (steps) => play(root, steps, policy)),
        examples(100),
      );
      assert.ok(
        Object.values(counted).every((count) => count >= examples(100).numRuns),
        JSON.stringify(counted),
      );
    });
  }
});

function identity(text: string): string {
  return text === gone ? gone : bytesHash(Buffer.from(text));
}

/** Follows the changes from the first text to the last. A file may be gone several times; what leads there again comes first. */
function assertChain(first: string, changes: readonly Change[], last: string, name: string): void {
  const left = new Set(changes);
  const follow = (start: Change): readonly Change[] => {
    const chain = [start];
    for (let next: Change | undefined = start; next !== undefined && next.after !== gone; ) {
      const { after }: Change = next;
      next = changes.find((change) => change.before === after);
      chain.push(...(next === undefined ? [] : [next]));
    }
    return chain;
  };
  let current = first;
  for (;;) {
    const ways = [...left].filter((change) => change.before === current).map(follow);
    const way = ways.find((chain) => chain.at(-1)?.after === gone) ?? ways[0];
    if (way === undefined) {
      break;
    }
    way.forEach((change) => left.delete(change));
    current = way.at(-1)?.after ?? current;
  }
  assert.deepEqual([...left], [], `${name}: changes that were lost`);
  assert.equal(current, last, `${name}: the last change is what is there`);
}
