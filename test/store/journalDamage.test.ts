import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { JournalEntry } from '../../src/core/events.ts';
import { currentSchema, encodeLine } from '../../src/store/lineFormat.ts';
import { CrashFs } from '../support/crashFs.ts';
import { journalPath, newRecord, openIn, writeSampleRun } from '../support/journalRun.ts';
import { sampleRun } from '../support/sampleRun.ts';

/** A change somebody or something made to a file. */
type Mutation =
  | { readonly kind: 'flip' | 'cut' | 'duplicate' | 'zero'; readonly at: number; readonly length: number }
  | { readonly kind: 'swap'; readonly at: number; readonly length: number; readonly to: number }
  | { readonly kind: 'swapLines' | 'cutLine' | 'duplicateLine'; readonly at: number };

/** Anywhere, or, counted from the end, in the last lines. */
const place = fc.oneof(fc.nat(1_000_000), fc.integer({ min: -200, max: -1 }));
const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.record({
    kind: fc.constantFrom('flip', 'cut', 'duplicate', 'zero'),
    at: place,
    length: fc.oneof(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 5_000 })),
  }),
  fc.record({ kind: fc.constant('swap'), at: place, length: fc.integer({ min: 1, max: 300 }), to: place }),
  fc.record({ kind: fc.constantFrom('swapLines', 'cutLine', 'duplicateLine'), at: place }),
);

function mutate(data: Buffer, change: Mutation): Buffer {
  const at = toOffset(change.at, data.length);
  if (!('length' in change)) {
    return mutateLine(data, change.kind, at);
  }
  const end = Math.min(data.length, at + change.length);
  const part = data.subarray(at, end);
  const [head, tail] = [data.subarray(0, at), data.subarray(end)];
  switch (change.kind) {
    case 'flip':
      return Buffer.concat([head, part.map((byte, index) => byte ^ (1 << ((at + index) % 8))), tail]);
    case 'cut':
      return Buffer.concat([head, tail]);
    case 'duplicate':
      return Buffer.concat([head, part, part, tail]);
    case 'zero':
      return Buffer.concat([head, Buffer.alloc(part.length), tail]);
    case 'swap': {
      const without = Buffer.concat([head, tail]);
      const to = toOffset(change.to, without.length);
      return Buffer.concat([without.subarray(0, to), part, without.subarray(to)]);
    }
  }
}

function toOffset(at: number, length: number): number {
  return at < 0 ? Math.max(0, length + at) : at % Math.max(1, length);
}

function mutateLine(data: Buffer, kind: 'swapLines' | 'cutLine' | 'duplicateLine', at: number): Buffer {
  const lines = data.toString('latin1').split('\n');
  const index = at % lines.length;
  const [line = '', next = ''] = lines.slice(index, index + 2);
  const changed = { swapLines: [next, line], cutLine: [next], duplicateLine: [line, line, next] }[kind];
  return Buffer.from([...lines.slice(0, index), ...changed, ...lines.slice(index + 2)].join('\n'), 'latin1');
}

/** A journal of two writers, and what it holds. */
async function writtenTwice(): Promise<{ readonly whole: Buffer; readonly entries: readonly JournalEntry[] }> {
  const fs = new CrashFs();
  await writeSampleRun(fs, newRecord());
  const second = await openIn(fs);
  const added = second.journal.append(sampleRun().slice(0, 10));
  await second.journal.close();
  return { whole: fs.files.get(journalPath) ?? Buffer.alloc(0), entries: [...second.entries, ...added] };
}

function fileOf(fs: CrashFs, part: string): Buffer | undefined {
  return [...fs.files].find(([path]) => path.includes(part))?.[1];
}

describe('damaged journal', function () {
  this.timeout(30_000);

  it('is never made worse: what is shown is a beginning of the truth, and every byte still exists', async () => {
    const { whole, entries } = await writtenTwice();
    const seen = { whole: 0, torn: 0, damaged: 0 };
    await fc.assert(
      fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 3 }), async (mutations) => {
        const mutated = mutations.reduce(mutate, whole);
        const fs = new CrashFs(new Map([[journalPath, mutated]]));
        const opened = await openIn(fs);
        assert.deepEqual(opened.entries, entries.slice(0, opened.entries.length));
        const left = fs.files.get(journalPath) ?? Buffer.alloc(0);
        if (opened.readOnly !== undefined) {
          seen.damaged++;
          assert.ok(left.equals(mutated), 'nothing was changed');
          const aside = await opened.setAside?.();
          assert.deepEqual([aside?.readOnly, aside?.entries], [undefined, opened.entries]);
          assert.ok(fileOf(fs, '.damaged-')?.equals(mutated), 'the damaged file is whole under another name');
          await aside?.journal.close();
          return;
        }
        const torn = fileOf(fs, '.torn-');
        if (torn === undefined) {
          seen.whole++;
          assert.ok(left.subarray(0, mutated.length).equals(mutated), 'only added to');
        } else {
          seen.torn++;
          assert.ok(mutated.subarray(mutated.length - torn.length).equals(torn), 'the end is kept');
          assert.ok(
            left.subarray(0, mutated.length - torn.length).equals(mutated.subarray(0, mutated.length - torn.length)),
            'the rest is as it was',
          );
          assert.deepEqual(
            opened.notices.map(({ kind }) => kind),
            ['tornTail'],
          );
        }
        await opened.journal.close();
      }),
      { numRuns: 150, seed: 20_251_121 },
    );
    assert.ok(seen.torn > 10 && seen.damaged > 60, JSON.stringify(seen));
  });

  const facts = sampleRun().slice(0, 4);
  const header = encodeLine({ kind: 'header', schema: 1, epoch: 1, created: 5 });
  const lines = facts.map((event, index) => encodeLine({ kind: 'fact', seq: index + 1, at: 10 + index, epoch: 1, event }));
  const [one = header, two = header, three = header, four = header] = lines;
  const flipped = Buffer.from(two).map((byte, index) => (index === 30 ? byte ^ 1 : byte));
  const zeros = Buffer.alloc(100);
  const cases: ReadonlyArray<readonly [string, readonly Uint8Array[], number, number, RegExp]> = [
    [
      'a changed byte',
      [header, one, flipped, three, four],
      1,
      3,
      /its checksum does not match\). You see the fleet up to fact 1\. Behind it, 2 facts are whole/,
    ],
    ['a missing line', [header, one, three, four], 1, 3, /fact 2 should be here and fact 3 is/],
    ['a doubled line', [header, one, one, two], 1, 3, /fact 2 should be here and fact 1 is/],
    ['a cut line', [header, one, two.subarray(0, 40), Buffer.from('\n'), three], 1, 3, /it should hold \d+ bytes and holds \d+/],
    ['an empty line', [header, one, Buffer.from('\n'), two], 1, 3, /it does not begin with a checksum/],
    ['zeros in the middle', [header, one, zeros, two], 1, 3, /does not begin with a checksum/],
    ['no header', [one, two], 0, 1, /the first line is not a header/],
    ['two headers', [header, one, header, two], 1, 3, /there is a second header/],
    [
      'an unannounced writer',
      [header, encodeLine({ kind: 'fact', seq: 1, at: 1, epoch: 2, event: facts[0] })],
      0,
      2,
      /writer 2 is not announced/,
    ],
    [
      'a writer that knows more',
      [header, one, encodeLine({ kind: 'opened', schema: 1, epoch: 2, at: 1, after: 7 })],
      1,
      3,
      /went on after fact 7/,
    ],
    [
      'an unknown fact',
      [header, one, encodeLine({ kind: 'fact', seq: 2, at: 1, epoch: 1, event: { type: 'sunRose' } })],
      1,
      3,
      /does not know such a fact/,
    ],
    ['another file', [Buffer.from('name,age\nAda,36\n')], 0, 1, /it is not the beginning of a journal/],
    ['a long file without lines', [Buffer.alloc(300, 'x')], 0, 1, /it is not the beginning of a journal/],
  ];
  for (const [what, parts, count, line, message] of cases) {
    it(`is read up to ${what}, shown loudly, and left alone`, async () => {
      const data = Buffer.concat(parts);
      const fs = new CrashFs(new Map([[journalPath, data]]));
      const opened = await openIn(fs);
      assert.deepEqual([opened.entries.length, opened.notices.map((notice) => [notice.kind, notice.line])], [count, [['damaged', line]]]);
      assert.match(opened.notices[0]?.message ?? '', message);
      assert.equal(opened.readOnly, `${opened.notices[0]?.message} ${opened.notices[0]?.next}`);
      assert.deepEqual([...fs.files], [[journalPath, data]]);
      await assert.rejects(opened.journal.sync(), { kind: 'readOnly' });
    });
  }

  it('can be set aside by a person, and goes on from the facts before the damage', async () => {
    const data = Buffer.concat([header, one, flipped, three]);
    const fs = new CrashFs(new Map([[journalPath, data]]));
    const opened = await openIn(fs);
    const aside = await opened.setAside?.();
    assert.deepEqual(
      aside?.notices.map(({ kind }) => kind),
      ['setAside'],
    );
    assert.deepEqual(
      aside?.journal.append(facts.slice(1, 2)).map(({ seq }) => seq),
      [2],
    );
    await aside?.journal.close();
    const again = await openIn(fs);
    assert.deepEqual([again.readOnly, again.notices, again.entries.map(({ event }) => event)], [undefined, [], facts.slice(0, 2)]);
    await again.journal.close();
  });

  it('is never without a journal while it is set aside, wherever that is stopped', async () => {
    const data = Buffer.concat([header, one, flipped, three]);
    const probe = new CrashFs(new Map([[journalPath, data]]));
    const opened = await openIn(probe);
    const before = probe.calls.length;
    await (await opened.setAside?.())?.journal.close();
    for (let index = before + 1; index <= probe.calls.length; index++) {
      const fs = new CrashFs(new Map([[journalPath, data]]));
      fs.fault = (call) => (call.index === index ? { kind: 'crash', when: 'before' } : undefined);
      const first = await openIn(fs);
      await Promise.race([first.setAside?.().then((aside) => aside.journal.close()), fs.crashed]);
      const disk = fs.afterKill();
      const again = await openIn(disk);
      assert.equal(again.entries.length, 1, `stopped before call ${index}`);
      assert.ok(
        [...disk.files.values()].some((file) => file.equals(data)),
        `stopped before call ${index}`,
      );
      await again.journal.close();
    }
  });

  it('is left alone when the copy does not fit on the disk', async () => {
    const data = Buffer.concat([header, one, flipped, three]);
    const fs = new CrashFs(new Map([[journalPath, data]]));
    const opened = await openIn(fs);
    fs.fault = (call) =>
      call.name === 'append' && call.path.includes('.damaged-') ? { kind: 'error', code: 'ENOSPC', bytes: 9 } : undefined;
    const aside = await opened.setAside?.();
    assert.match(aside?.readOnly ?? '', /the disk is full\. Free some space/);
    assert.equal(aside?.entries.length, 1);
    assert.deepEqual([...fs.files], [[journalPath, data]]);
  });
});

describe('journal of a newer version', () => {
  const fact = { type: 'sunRose', brightness: 11 };
  const event = sampleRun()[0];
  for (const [what, parts, count] of [
    [
      'from its first line on',
      [
        encodeLine({ kind: 'header', schema: currentSchema + 1, epoch: 1, created: 5 }),
        encodeLine({ kind: 'fact', seq: 1, at: 1, epoch: 1, event: fact }),
      ],
      0,
    ],
    [
      'since it was last opened',
      [
        encodeLine({ kind: 'header', schema: 1, epoch: 1, created: 5 }),
        encodeLine({ kind: 'fact', seq: 1, at: 1, epoch: 1, event }),
        encodeLine({ kind: 'opened', schema: currentSchema + 1, epoch: 2, at: 5, after: 1 }),
        encodeLine({ kind: 'fact', seq: 2, at: 1, epoch: 2, event: fact }),
      ],
      1,
    ],
  ] as const) {
    it(`is opened to look only and not touched: ${what}`, async () => {
      const data = Buffer.concat(parts);
      const fs = new CrashFs(new Map([[journalPath, data]]));
      const opened = await openIn(fs);
      assert.deepEqual(
        [opened.entries.length, opened.notices.map(({ kind }) => kind), opened.setAside],
        [count, ['newerSchema'], undefined],
      );
      assert.match(opened.readOnly ?? '', /A newer version of Flotilla wrote the journal.*Update Flotilla/);
      assert.deepEqual([...fs.files], [[journalPath, data]]);
    });
  }
});
