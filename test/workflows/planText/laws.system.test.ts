import assert from 'node:assert/strict';
import fc from 'fast-check';
import { examples } from '../../support/examples.ts';
import type { TaskSpec } from '../../../src/core/planEvents.ts';
import { isSettled } from '../../../src/core/plan/planGraph.ts';
import { reducePlan, specOf } from '../../../src/core/plan/reducePlan.ts';
import type { Plan } from '../../../src/core/state.ts';
import { fieldsOf, sameFields } from '../../../src/core/plan/taskFields.ts';
import { readPlan } from '../../../src/workflows/planText/readPlan.ts';
import { settleClashes, type TextChanges, textToChanges } from '../../../src/workflows/planText/textToChanges.ts';
import { planToText, writePlan } from '../../../src/workflows/planText/writePlan.ts';
import { planLimits, randomPlan, randomSpecs } from '../../support/randomPlans.ts';

const facts = { label: 'A run', agentLabel: () => 'somebody' };
const context = { limits: planLimits, nameOf: () => 'the lead' };
const person = { kind: 'person' } as const;
const read = (text: string, plan: Plan) => textToChanges(text, plan, plan.revisions.length, context);
const errors = ({ problems }: TextChanges) => problems.filter(({ severity }) => severity === 'error').map(({ message }) => message);
const tasksOf = (text: string) => readPlan(text).tasks.map(({ values }) => values);
const textOf = (plan: Plan, specs: readonly TaskSpec[]) =>
  writePlan(
    plan,
    facts,
    specs.map((spec) => ({ spec, status: '' })),
    undefined,
  );

function after(plan: Plan, { changes }: TextChanges, by: { readonly kind: 'person' | 'engine' } = person): Plan {
  return changes.length === 0
    ? plan
    : reducePlan(plan, { type: 'planChanged', runId: plan.runId, by, reason: '', changes: [...changes] }, 10);
}

/** Something a person may do to a plan: take open tasks out, write waiting ones anew, shuffle, add. */
const randomEdit = randomPlan.chain((plan) => {
  const visible = plan.tasks.filter(({ status }) => status !== 'cancelled');
  return fc
    .tuple(
      fc.array(fc.constantFrom('keep', 'keep', 'remove', 'edit'), { minLength: visible.length, maxLength: visible.length }),
      randomSpecs('other', visible.length),
      randomSpecs('new', 3),
      fc.array(fc.nat({ max: 20 }), { minLength: visible.length + 3, maxLength: visible.length + 3 }),
      fc.boolean(),
    )
    .map(([acts, others, fresh, places, shuffle]) => {
      const kept = visible.flatMap((task, index): TaskSpec[] => {
        const act = acts[index];
        const other = others[index];
        if (act === 'remove' && !isSettled(task)) {
          return [];
        }
        return act === 'edit' && task.status === 'waiting' && other !== undefined
          ? [{ ...other, id: task.id, dependencies: task.dependencies, owner: task.owner }]
          : [task];
      });
      const all = [...kept, ...fresh].map((spec, index) => ({ spec, place: shuffle ? (places[index] ?? 0) : 0 }));
      return { plan, specs: all.toSorted((a, b) => a.place - b.place).map(({ spec }) => spec) };
    });
});

describe('the text of a plan', () => {
  it('asks for no change as long as nobody edits it', () => {
    fc.assert(
      fc.property(randomPlan, (plan) => {
        const result = read(planToText(plan, facts), plan);
        assert.deepEqual(errors(result), []);
        assert.deepEqual(result.changes, []);
      }),
      examples(40, 3400),
    );
  });

  it('says of every task all that its brief and its policy say', () => {
    fc.assert(
      fc.property(randomSpecs('t', 4), randomPlan, (specs, plan) => {
        const empty: Plan = { ...plan, tasks: [], revisions: [] };
        const result = read(textOf(empty, specs), empty);
        assert.deepEqual(errors(result), []);
        const added = after(empty, result);
        assert.deepEqual(tasksOf(planToText(added, facts)), tasksOf(textOf(empty, specs)));
        for (const [index, task] of added.tasks.entries()) {
          const objective = specs[index]?.brief.objective.replaceAll(/\r\n?/g, '\n');
          assert.equal(task.brief.objective.replaceAll(/\r\n?/g, '\n'), objective);
        }
      }),
      examples(40, 3400),
    );
  });

  it('becomes the plan: the text made after the change is the one that was saved', () => {
    fc.assert(
      fc.property(randomEdit, ({ plan, specs }) => {
        const edited = textOf(plan, specs);
        const result = read(edited, plan);
        assert.deepEqual(errors(result), []);
        const next = after(plan, result);
        assert.deepEqual(tasksOf(planToText(next, facts)), tasksOf(edited));
        assert.deepEqual(read(planToText(next, facts), next).changes, []);
      }),
      examples(40, 3400),
    );
  });

  it('keeps what it does not show: who asked for a task', () => {
    fc.assert(
      fc.property(randomEdit, ({ plan, specs }) => {
        const next = after(plan, read(textOf(plan, specs), plan));
        for (const task of next.tasks) {
          assert.equal(task.owner, plan.tasks.find(({ id }) => id === task.id)?.owner);
        }
      }),
      examples(40, 3400),
    );
  });

  it('keeps what others changed meanwhile, and never undoes it unasked', () => {
    fc.assert(
      fc.property(randomEdit, randomSpecs('late', 2), ({ plan, specs }, late) => {
        const edited = textOf(plan, specs);
        const theirs = plan.tasks.find(({ status }) => status === 'waiting');
        const changes = [
          ...late.map((task) => ({ kind: 'add', task }) as const),
          ...(theirs === undefined ? [] : [{ kind: 'edit', task: { ...specOf(theirs), title: 'Changed meanwhile' } } as const]),
        ];
        const now = after(plan, { changes, problems: [], reason: undefined }, { kind: 'engine' });
        const result = textToChanges(edited, now, plan.revisions.length, context);
        const mine = specs.find(({ id }) => id === theirs?.id);
        const untouched = mine !== undefined && theirs !== undefined && sameFields(fieldsOf(mine), fieldsOf(theirs));
        if (theirs === undefined || untouched) {
          assert.deepEqual(errors(result), []);
          const next = after(now, result);
          const ids = next.tasks.map(({ id }) => id);
          assert.ok(late.every(({ id }) => ids.includes(id)));
          assert.ok(theirs === undefined || next.tasks.find(({ id }) => id === theirs.id)?.title === 'Changed meanwhile');
          return;
        }
        assert.deepEqual(result.changes, []);
        assert.deepEqual(
          result.problems.flatMap(({ clash }) => (clash === undefined ? [] : [clash.id])),
          [theirs.id],
        );
        const kept = settleClashes(edited, now, plan.revisions.length, facts, 'mine');
        assert.ok(kept !== undefined);
        const won = after(now, read(kept, now)).tasks.find(({ id }) => id === theirs.id);
        assert.equal(won?.status === 'cancelled' ? undefined : won?.title.trim(), mine?.title.trim());
        const dropped = settleClashes(edited, now, plan.revisions.length, facts, 'theirs');
        assert.ok(dropped !== undefined);
        const lost = after(now, read(dropped, now)).tasks.find(({ id }) => id === theirs.id);
        assert.equal(lost?.title, 'Changed meanwhile');
        assert.equal(lost?.status, 'waiting');
      }),
      examples(40, 3400),
    );
  });
});
