import fc from 'fast-check';
import { type TaskSpec, taskSpecSchema } from '../../src/core/planEvents.ts';
import { toId } from '../../src/core/ids.ts';
import { emptyPlan, reducePlan, withAttempt } from '../../src/core/plan/reducePlan.ts';
import type { Plan } from '../../src/core/state.ts';
import type { PlanLimits } from '../../src/core/plan/validatePlan.ts';

/** The agent types that random plans use. */
export const planLimits: PlanLimits = {
  agentTypes: ['builder', 'scout', 'reviewer'],
  changesFiles: (type) => type === 'builder',
  maxTasks: 1000,
};

/** Texts as models and people write them, and some that try to be something else. */
const text = fc.oneof(
  fc.string({ minLength: 1, maxLength: 120 }),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
  fc.constantFrom(
    'Read the code',
    'two\nlines',
    'ends with a break\n',
    '\nbegins with one',
    ' begins with a blank',
    'a list:\n- one\n- two\n\n  indented\n\n',
    'key: value # no comment',
    '2026',
    'true',
    'null',
    '~',
    '- dash',
    'it\'s "quoted"',
    'a\r\nb',
    'tab\there',
    '\u2028 and \u0085',
    'x'.repeat(300),
    'many words '.repeat(30).trim(),
    'many words '.repeat(30),
    '#',
    '&a *b !c',
    '---\n...',
  ),
);
const optional = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: undefined });
const texts = fc.array(text, { maxLength: 3 });

/** A task that stands alone, to be put into a plan. */
function looseSpec(id: string): fc.Arbitrary<TaskSpec> {
  return fc
    .record({
      title: text,
      agentType: fc.constantFrom(...planLimits.agentTypes),
      objective: text,
      paths: optional(texts),
      focus: optional(text),
      context: optional(text),
      withheld: optional(text),
      outputFormat: optional(text),
      doneCriteria: optional(texts),
      tokens: optional(fc.integer({ min: 1, max: 1_000_000 })),
      minutes: optional(fc.constantFrom(0.5, 1, 30)),
      priority: fc.constantFrom('high', 'medium', 'low'),
      phase: optional(text),
      model: optional(text),
      effort: optional(fc.constantFrom('low', 'max')),
      attempts: fc.integer({ min: 1, max: 5 }),
      fallback: optional(fc.record({ agentType: optional(text), model: optional(text), effort: optional(fc.constantFrom('low', 'high')) })),
      partial: optional(fc.boolean()),
      rollback: optional(fc.boolean()),
      gate: optional(
        fc.record({ kind: fc.constantFrom('verdict', 'person'), rounds: fc.integer({ min: 1, max: 10 }), check: optional(text) }),
      ),
      publishes: optional(texts),
      owner: optional(fc.constant('agent-lead')),
    })
    .map(({ objective, paths, focus, context, withheld, outputFormat, doneCriteria, tokens, minutes, ...rest }) =>
      taskSpecSchema.parse({
        ...rest,
        id,
        brief: {
          objective,
          scope: paths === undefined && focus === undefined ? undefined : { paths: paths ?? [], focus },
          context,
          withheld,
          outputFormat,
          constraints: { tokens, minutes, doneCriteria },
        },
      }),
    );
}

/** Tasks of a valid plan: each depends only on earlier ones, and is named by its place after `prefix`. */
export function randomSpecs(prefix: string, maxLength: number): fc.Arbitrary<readonly TaskSpec[]> {
  return fc.nat({ max: maxLength }).chain((length) =>
    fc
      .tuple(
        fc.tuple(...Array.from({ length }, (_, index) => looseSpec(`${prefix}${index}`))),
        fc.array(fc.tuple(fc.nat({ max: 30 }), fc.nat({ max: 30 })), { minLength: length, maxLength: length }),
      )
      .map(([specs, picks]) =>
        specs.map((spec, index) => {
          const [first, second] = picks[index] ?? [0, 0];
          const earlier = [specs[first], specs[second]].filter((one) => one !== undefined && specs.indexOf(one) < index);
          return { ...spec, dependencies: [...new Set(earlier.flatMap((one) => (one === undefined ? [] : [one.id])))] };
        }),
      ),
  );
}

/** A plan of tasks in every state. */
export const randomPlan: fc.Arbitrary<Plan> = randomSpecs('t', 6).chain((specs) =>
  fc
    .array(fc.constantFrom('waiting', 'waiting', 'running', 'done', 'failed', 'skipped', 'cancelled'), {
      minLength: specs.length,
      maxLength: specs.length,
    })
    .map((statuses) => {
      const runId = toId('run', 'r');
      const by = { kind: 'engine' } as const;
      const changes = specs.map((task) => ({ kind: 'add', task }) as const);
      const begun =
        specs.length === 0 ? emptyPlan(runId) : reducePlan(emptyPlan(runId), { type: 'planChanged', runId, by, reason: '', changes }, 1);
      return specs.reduce((plan, { id }, index) => {
        const status = statuses[index] ?? 'waiting';
        if (status === 'waiting') {
          return plan;
        }
        const running = status === 'skipped' ? plan : withAttempt(plan, id, toId('agent', `agent-${id}`), 'new', 2);
        return status === 'running' ? running : reducePlan(running, { type: 'taskSettled', runId, taskId: id, status, by }, 3);
      }, begun);
    }),
);
