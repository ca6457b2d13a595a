import assert from 'node:assert/strict';
import fc from 'fast-check';
import { dispatch, type Handlers } from '../../src/protocol/handlers.ts';
import { type ToHost, toHostSchema } from '../../src/protocol/toHost.ts';
import { examples } from '../support/examples.ts';

/*
 * WEB-06: what a page that is no longer ours could send. Said here once more and in another way than in the schema: what each message may hold.
 */

const inEveryObject = Object.getOwnPropertyNames(Object.prototype);
const id = (value: unknown) => typeof value === 'string' && /^[!-~]{1,8192}$/.test(value) && !inEveryObject.includes(value);
const maybe = (check: (value: unknown) => boolean) => (value: unknown) => value === undefined || check(value);
const oneOf =
  (...values: readonly string[]) =>
  (value: unknown) =>
    typeof value === 'string' && values.includes(value);
const text =
  (most: number, least = 0) =>
  (value: unknown) =>
    typeof value === 'string' && value.length >= least && value.length <= most;
const line = (value: unknown) => Number.isSafeInteger(value) && Number(value) > 0;
const flag = (value: unknown) => typeof value === 'boolean';

const may: Readonly<Record<ToHost['type'], Readonly<Record<string, (value: unknown) => boolean>>>> = {
  ready: { follow: maybe(id) },
  follow: { agentId: maybe(id) },
  steer: { agentId: id, text: text(20_000, 1), interrupt: flag },
  followUp: { agentId: id, text: text(20_000, 1) },
  act: { agentId: id, act: oneOf('wrapUp', 'kill', 'pause', 'resume', 'retry', 'delete') },
  review: { askId: id },
  openPlace: { path: text(4096), line: maybe(line), agentId: maybe(id) },
  readOutput: { hash: (value) => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value) },
  startRun: {},
  openDocument: { runId: id, document: oneOf('Plan', 'Result') },
  cancelTask: { runId: id, taskId: id },
};
const types = Object.keys(may);

const evil = fc.constantFrom<unknown>(
  '__proto__',
  'constructor',
  'toString',
  '../x',
  'a b',
  'command:x',
  '',
  'x'.repeat(20_001),
  'f'.repeat(64),
  'F'.repeat(64),
  0,
  -1,
  1.5,
  Number.NaN,
  2 ** 60,
  null,
  undefined,
  [],
  {},
  true,
  'Plan',
  'Timeline',
  'kill',
  'allow',
  'agent-1',
);
const value = fc.oneof({ weight: 4, arbitrary: evil }, { weight: 1, arbitrary: fc.anything({ withNullPrototype: true }) });
const key = fc.constantFrom(
  ...new Set(Object.values(may).flatMap(Object.keys)),
  'answer',
  'scope',
  'command',
  'constructor',
  'hasOwnProperty',
  'force',
  'rights',
);
/** Of a type that there is, with all it should have, some of which is something else. */
const bent = fc
  .tuple(
    fc.constantFrom(...types),
    fc.dictionary(key, value, { maxKeys: 3 }),
    fc.constantFrom<object>({}, { agentId: 'agent-1', askId: 'ask-1', runId: 'run-1' }),
  )
  .map(([type, parts, good]) => ({
    ...{ text: 'x', interrupt: false, act: 'kill', path: 'a.ts', hash: 'a'.repeat(64), document: 'Plan', taskId: 'check.types' },
    ...good,
    ...parts,
    type,
  }));
/** Of a type that there is not. */
const unknownType = fc
  .tuple(
    fc.oneof(
      fc.constantFrom<unknown>('answerAsk', 'allow', 'execute', 'setMode', '__proto__', 'constructor', 'toString', 'Ready', ' ready'),
      value,
    ),
    fc.dictionary(key, value),
  )
  .map(([type, parts]) => ({ ...parts, type }));
const message = fc.oneof(
  { weight: 6, arbitrary: bent },
  { weight: 2, arbitrary: unknownType },
  { weight: 1, arbitrary: fc.anything({ withNullPrototype: true }) },
);

describe('WEB-06: messages of a page', () => {
  it('reach one handler, of their own type, with what that may be told and nothing else; all others reach none', () => {
    let [reached, refused] = [0, 0];
    fc.assert(
      fc.property(message, (raw) => {
        const calls: ToHost[] = [];
        const take = (one: ToHost) => calls.push(one);
        const handlers: Handlers<ToHost> = {
          ready: take,
          follow: take,
          steer: take,
          followUp: take,
          act: take,
          review: take,
          openPlace: take,
          readOutput: take,
          startRun: take,
          openDocument: take,
          cancelTask: take,
        };
        const parsed = toHostSchema.safeParse(raw);
        if (!parsed.success) {
          refused++;
          return;
        }
        dispatch(handlers, parsed.data);
        reached++;
        assert.equal(calls.length, 1);
        const { type, ...parts } = calls[0] ?? assert.fail();
        const rules = may[type];
        for (const [name, check] of Object.entries(rules)) {
          assert.ok(check(Reflect.get(parts, name)), `${type} with ${name} ${JSON.stringify(Reflect.get(parts, name))}`);
        }
        assert.deepEqual(
          Object.keys(parts).filter((name) => !Object.hasOwn(rules, name)),
          [],
        );
        assert.equal(Object.getPrototypeOf(parts), Object.prototype);
      }),
      examples(10_000),
    );
    assert.ok(reached > 0 && refused > 0, `${reached} reached a handler, ${refused} did not`);
  });

  it('answer nothing that a person is asked, and give no right: no type does', () => {
    assert.deepEqual([...toHostSchema.options.map(({ shape }) => shape.type.value)].sort(), [...types].sort());
    const asks = types.filter((type) => 'askId' in (may[type as ToHost['type']] ?? {}));
    assert.deepEqual(asks, ['review'], 'which opens the question in the editor');
  });
});
