import * as assert from 'node:assert/strict';
import { classifyCommand, classifyWith } from '../../../src/policy/commands/classifyCommand.ts';
import type { ProgramSpec } from '../../../src/policy/commands/programSpec.ts';
import { allSpecs } from '../../../src/policy/commands/specs/allSpecs.ts';

/** Every specification that differs from one by a line less. */
function withLess(spec: ProgramSpec): readonly ProgramSpec[] {
  return [
    ...[...(spec.letters ?? '')].map((letter) => ({ ...spec, letters: (spec.letters ?? '').replace(letter, '') })),
    ...(spec.words ?? []).map((word) => ({ ...spec, words: (spec.words ?? []).filter((one) => one !== word) })),
    ...Object.keys(spec.values ?? {}).map((name) => ({
      ...spec,
      values: Object.fromEntries(Object.entries(spec.values ?? {}).filter(([one]) => one !== name)),
    })),
    ...(spec.count === undefined ? [] : [withoutCount(spec)]),
  ];
}

function withoutCount(spec: ProgramSpec): ProgramSpec {
  const { count: _, ...rest } = spec;
  return rest;
}

describe('specifications of programs', () => {
  it('describe each program once, with examples of both kinds', () => {
    assert.equal(new Set(allSpecs.map((spec) => spec.name)).size, allSpecs.length);
    const lacking = allSpecs.filter((spec) => spec.allow.length === 0 || spec.reject.length === 0).map((spec) => spec.name);
    assert.deepEqual(lacking, []);
    const foreign = allSpecs.flatMap((spec) => [...spec.allow, ...spec.reject].filter((text) => text.split(' ')[0] !== spec.name));
    assert.deepEqual(foreign, []);
  });

  for (const spec of allSpecs) {
    it(`prove what ${spec.name} is allowed and nothing that it is not`, () => {
      const unproven = spec.allow.filter((text) => classifyCommand(text).kind !== 'direct');
      const proven = spec.reject.filter((text) => classifyCommand(text).kind === 'direct');
      assert.deepEqual({ unproven, proven }, { unproven: [], proven: [] });
    });
  }

  it('SH-01: are closed: a specification that says less proves nothing more', () => {
    const everything = allSpecs.flatMap((spec) => [...spec.allow, ...spec.reject]);
    const milder: string[] = [];
    for (const spec of allSpecs) {
      const others = allSpecs.filter((one) => one !== spec);
      for (const fewer of [others, ...withLess(spec).map((less) => [...others, less])]) {
        const own = everything.filter((text) => text.split(' ')[0] === spec.name);
        milder.push(...own.filter((text) => classifyWith(fewer, text).kind === 'direct' && classifyCommand(text).kind !== 'direct'));
      }
    }
    assert.deepEqual(milder, []);
  });

  it('know no flag that means something else when it is shortened', () => {
    for (const spec of allSpecs) {
      for (const word of [...(spec.words ?? []), ...Object.keys(spec.values ?? {})].filter((one) => /^--[a-z-]{4,}$/.test(one))) {
        const short = word.slice(0, -1);
        if (!(spec.words ?? []).includes(short) && !Object.hasOwn(spec.values ?? {}, short)) {
          assert.equal(classifyCommand(`${spec.name} ${short} x`).kind, 'unproven', `${spec.name} ${short}`);
        }
      }
    }
  });
});
