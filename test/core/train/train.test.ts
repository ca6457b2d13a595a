import * as assert from 'node:assert/strict';
import fc from 'fast-check';
import { type AgentId, toId } from '../../../src/core/ids.ts';
import { upstreamOf } from '../../../src/core/plan/planGraph.ts';
import { carsInOrder, withDependents } from '../../../src/core/train/carOrder.ts';
import { conflictKind, counterpartsOf, hasMarkers, hunksOf } from '../../../src/core/train/conflict.ts';
import { decideTrain, type TrainCommand } from '../../../src/core/train/decideTrain.ts';
import { carOf, reduceTrain, startTrain, tipOf, type Train } from '../../../src/core/train/train.ts';
import { type TrainEvent, trainEventSchemas } from '../../../src/core/train/trainEvents.ts';
import { nextStep } from '../../../src/core/train/trainSteps.ts';
import { carText, trainText } from '../../../src/core/train/trainText.ts';
import { examples } from '../../support/examples.ts';

const trainId = toId('train', 't');
const names = ['ann', 'bob', 'cat', 'dan'] as const;
const ids = names.map((name) => toId('agent', name));
const task = (name: string) => toId('task', name);
const hash = (number: number) => number.toString(16).padStart(40, '0');
const person = { kind: 'person' } as const;

function begin(options: { check?: string; landing?: 'auto' | 'ask'; after?: Readonly<Record<string, readonly string[]>> } = {}): Train {
  const cars = names.map((name, index) => ({
    agentId: ids[index] ?? assert.fail(),
    label: name,
    ref: `refs/heads/${name}`,
    taskIds: [],
    after: (options.after?.[name] ?? []).map((one) => toId('agent', one)),
  }));
  const { check, landing = 'ask' } = options;
  const event = { type: 'trainStarted' as const, trainId, runId: toId('run', 'r'), by: person, folder: 'w', branch: 'refs/heads/main' };
  return startTrain({ ...event, base: hash(1), ...(check === undefined ? {} : { check }), landing, cars });
}

/** A machine that answers every step of a train by dice, with facts as the impure part records them. */
function answerStep(train: Train, dice: number, fresh: () => string): readonly TrainEvent[] {
  const step = nextStep(train);
  switch (step.kind) {
    case 'merge': {
      const { agentId } = step.car;
      if (dice % 4 === 0) {
        const files = [{ path: 'f', kind: 'content' as const, hunks: [], moreHunks: 0 }];
        return [{ type: 'carConflicted', trainId, agentId, head: fresh(), files, counterparts: [] }];
      }
      return dice % 5 === 0
        ? [{ type: 'carMerged', trainId, agentId, head: fresh(), commit: step.onto, files: 0 }]
        : [{ type: 'carMerged', trainId, agentId, head: fresh(), commit: fresh(), files: 2 }];
    }
    case 'check': {
      const who = step.agentId === undefined ? {} : { agentId: step.agentId };
      return dice % 3 === 0
        ? [{ type: 'checkFailed', trainId, ...who, commit: step.commit, exitCode: 1, output: 'no' }]
        : [{ type: 'checkPassed', trainId, ...who, commit: step.commit }];
    }
    case 'land':
      return dice % 3 === 0
        ? [{ type: 'trainRebased', trainId, base: fresh() }]
        : dice % 3 === 1
          ? [{ type: 'landingBlocked', trainId, message: 'm', next: 'n', files: [] }]
          : [{ type: 'trainEnded', trainId, outcome: 'landed', commit: step.commit, by: { kind: 'engine' } }];
    case 'endEmpty':
      return [{ type: 'trainEnded', trainId, outcome: 'nothing', by: { kind: 'engine' } }];
    case 'wait':
      return [];
  }
}

function answerWait(train: Train, dice: number): TrainCommand {
  const agentId = train.stop?.agentId ?? train.cars.find((car) => car.status === 'sentBack')?.agentId ?? ids[0] ?? assert.fail();
  const commands: readonly TrainCommand[] = [
    { type: 'skip', agentId, reason: 'r' },
    { type: 'retry', agentId },
    { type: 'accept', agentId },
    { type: 'sendBack', agentId, note: 'n' },
    { type: 'land' },
  ];
  return commands[dice % commands.length] ?? assert.fail();
}

describe('a merge train as its facts say', () => {
  it('always has a next step that its own facts answer, and never takes a car before what it depends on', () => {
    const after = fc.record({ bob: fc.subarray(['ann']), cat: fc.subarray(['ann', 'bob']), dan: fc.subarray(['ann', 'bob', 'cat']) });
    const dice = fc.array(fc.nat(1000), { minLength: 10, maxLength: 60 });
    fc.assert(
      fc.property(after, dice, fc.boolean(), (order, throws, checked) => {
        let number = 10;
        const fresh = () => hash(number++);
        let train = begin({ after: order, ...(checked ? { check: 'make test' } : {}) });
        for (const one of throws) {
          const waits = nextStep(train).kind === 'wait';
          const decision = waits ? decideTrain(train, answerWait(train, one), person) : undefined;
          const events = waits ? (decision?.ok === true ? decision.events : []) : answerStep(train, one, fresh);
          for (const event of events) {
            assert.ok(
              trainEventSchemas.some((schema) => schema.safeParse(event).success),
              event.type,
            );
            const before = train;
            train = reduceTrain(train, event);
            assert.notEqual(train, before, `${event.type} changed nothing`);
          }
          for (const [at, id] of train.order.entries()) {
            const status = (other: AgentId) => carOf(train, other)?.status;
            assert.ok(status(id) === 'done' || status(id) === 'merged');
            for (const needed of carOf(train, id)?.after ?? []) {
              assert.ok(train.order.indexOf(needed) < at, `${id} was merged before ${needed}`);
              assert.equal(status(needed), 'done');
            }
          }
          assert.ok(train.cars.filter((car) => car.status === 'merged').length <= 1);
          assert.ok([train.base, ...train.cars.map((car) => car.commit)].includes(tipOf(train)));
          if (nextStep(train).kind === 'land') {
            assert.ok(train.approved && train.cars.every((car) => car.status === 'done' || car.status === 'skipped'));
          }
          assert.notEqual(trainText(train), '');
        }
      }),
      examples(300),
    );
  });

  it('refuses every answer while a car is with the person, except to end that', () => {
    let train = begin();
    const agentId = ids[0] ?? assert.fail();
    const files = [{ path: 'f', kind: 'content' as const, hunks: [], moreHunks: 0 }];
    train = reduceTrain(train, { type: 'carConflicted', trainId, agentId, head: hash(2), files, counterparts: [] });
    train = reduceTrain(train, { type: 'byHandOpened', trainId, agentId, head: hash(2), by: person });
    const may = (command: TrainCommand) => decideTrain(train, command, person).ok;
    assert.deepEqual(
      [
        may({ type: 'skip', agentId, reason: '' }),
        may({ type: 'retry', agentId }),
        may({ type: 'sendBack', agentId, note: '' }),
        may({ type: 'openByHand', agentId }),
        may({ type: 'land' }),
        may({ type: 'finishByHand' }),
        may({ type: 'giveUpByHand' }),
        may({ type: 'abort' }),
      ],
      [false, false, false, false, false, true, true, true],
    );
    assert.equal(carText(train, train.cars[0] ?? assert.fail()), 'being resolved by hand');
  });

  it('asks for the check of the branch itself only when the first car is red', () => {
    let train = begin({ check: 'make test' });
    const [ann, bob] = [ids[0] ?? assert.fail(), ids[1] ?? assert.fail()];
    train = reduceTrain(train, { type: 'carMerged', trainId, agentId: ann, head: hash(2), commit: hash(3), files: 1 });
    const red = reduceTrain(train, { type: 'checkFailed', trainId, agentId: ann, commit: hash(3), exitCode: 1, output: '' });
    assert.deepEqual(nextStep(red), { kind: 'check', commit: hash(1), command: 'make test' });
    train = reduceTrain(train, { type: 'checkPassed', trainId, agentId: ann, commit: hash(3) });
    train = reduceTrain(train, { type: 'carMerged', trainId, agentId: bob, head: hash(4), commit: hash(5), files: 1 });
    train = reduceTrain(train, { type: 'checkFailed', trainId, agentId: bob, commit: hash(5), exitCode: 1, output: '' });
    assert.deepEqual(nextStep(train), { kind: 'wait', for: 'answer' });
  });

  it('goes on with cars that need nothing of one that was sent back', () => {
    let train = begin({ after: { bob: ['ann'] } });
    const agentId = ids[0] ?? assert.fail();
    train = reduceTrain(train, { type: 'carRefused', trainId, agentId, message: 'm', next: 'n' });
    train = reduceTrain(train, { type: 'carSentBack', trainId, agentId, note: 'n', by: person });
    const step = nextStep(train);
    assert.ok(step.kind === 'merge');
    assert.equal(step.car.label, 'cat');
  });
});

describe('the order of the cars', () => {
  it('follows the plan, through tasks without a car too, and names every car once', () => {
    const plan = fc.integer({ min: 1, max: 8 }).chain((size) =>
      fc.record({
        edges: fc.array(fc.tuple(fc.nat(size - 1), fc.nat(size - 1)), { maxLength: 12 }),
        with: fc.subarray([...new Array(size).keys()], { minLength: 1 }),
        mixed: fc.shuffledSubarray([...new Array(size).keys()], { minLength: size, maxLength: size }),
        size: fc.constant(size),
      }),
    );
    fc.assert(
      fc.property(plan, ({ edges, with: chosen, mixed, size }) => {
        const tasks = [...new Array(size).keys()].map((index) => ({
          id: task(`t${index}`),
          dependencies: edges.flatMap(([a, b]) => (a === index && b < a ? [task(`t${b}`)] : [])),
        }));
        const candidates = mixed
          .filter((index) => chosen.includes(index))
          .map((index) => ({
            agentId: toId('agent', `a${index}`),
            label: `a${index}`,
            ref: `refs/heads/${index}`,
            taskIds: [task(`t${index}`)],
          }));
        const cars = carsInOrder(tasks, candidates);
        assert.deepEqual(cars.map((car) => car.agentId).toSorted(), candidates.map((car) => car.agentId).toSorted());
        const upstream = upstreamOf(tasks);
        for (const [at, car] of cars.entries()) {
          const needed = [...(upstream.get(car.taskIds[0] ?? assert.fail()) ?? [])];
          const expected = cars.filter((other) => needed.includes(other.taskIds[0] ?? assert.fail())).map((other) => other.agentId);
          assert.deepEqual(car.after.toSorted(), expected.toSorted());
          assert.ok(expected.every((id) => cars.findIndex((other) => other.agentId === id) < at));
        }
      }),
      examples(300),
    );
  });

  it('makes one car of agents that share a branch', () => {
    const tasks = [
      { id: task('build'), dependencies: [] },
      { id: task('review'), dependencies: [task('build')] },
    ];
    const cars = carsInOrder(tasks, [
      { agentId: toId('agent', 'builder'), label: 'builder', ref: 'refs/heads/x', taskIds: [task('build')] },
      { agentId: toId('agent', 'reviewer'), label: 'reviewer', ref: 'refs/heads/x', taskIds: [task('review')] },
    ]);
    assert.deepEqual(
      cars.map(({ label, taskIds, after }) => [label, taskIds, after]),
      [['builder', ['build', 'review'], []]],
    );
  });

  it('finds everything that depends on a car', () => {
    const [ann, bob, cat, dan] = ids as [AgentId, AgentId, AgentId, AgentId];
    const cars = [
      { agentId: ann, after: [] },
      { agentId: bob, after: [ann] },
      { agentId: cat, after: [bob] },
      { agentId: dan, after: [] },
    ];
    assert.deepEqual(withDependents(cars, ann), [ann, bob, cat]);
  });
});

describe('reading conflicts', () => {
  it('finds the sides of each place, with or without the common version', () => {
    const text = [
      'top',
      '<<<<<<< a',
      'ours',
      '||||||| base',
      'old',
      '=======',
      'theirs',
      '>>>>>>> b',
      '<<<<<<< a',
      '=======',
      'new',
      '>>>>>>> b',
    ].join('\n');
    assert.deepEqual(hunksOf(text), {
      hunks: [
        { line: 2, ours: 'ours', theirs: 'theirs' },
        { line: 9, ours: '', theirs: 'new' },
      ],
      moreHunks: 0,
    });
  });

  it('sees markers, and none in a heading that is underlined or in a quotation', () => {
    assert.equal(hasMarkers('a\n>>>>>>> b\n'), true);
    assert.equal(hasMarkers('a\r\n<<<<<<<\r\nb'), true);
    assert.equal(hasMarkers('Heading\n=======\n\n>> quoted\n <<<<<<< x\n'), false);
  });

  it('names kinds by what Git calls them', () => {
    assert.deepEqual(
      [
        ['CONFLICT (contents)'],
        ['CONFLICT (binary)', 'CONFLICT (contents)'],
        ['CONFLICT (modify/delete)'],
        ['CONFLICT (file/directory)'],
        ['new'],
      ].map(conflictKind),
      ['content', 'binary', 'modifyDelete', 'fileFolder', 'other'],
    );
  });

  it('blames who conflicts alone, and for the rest who changed the file', () => {
    const [ann, bob] = [ids[0] ?? assert.fail(), ids[1] ?? assert.fail()];
    assert.deepEqual(
      counterpartsOf(
        ['a', 'b'],
        [
          { conflicts: [], changed: [] },
          { agentId: ann, conflicts: ['a', 'elsewhere'], changed: ['a', 'b'] },
          { agentId: bob, conflicts: [], changed: ['a', 'c'] },
        ],
      ),
      [
        { agentId: ann, how: 'lines', paths: ['a'] },
        { agentId: ann, how: 'files', paths: ['b'] },
      ],
    );
  });
});
