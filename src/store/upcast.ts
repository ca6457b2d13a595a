import { currentSchema } from './lineFormat.ts';

/** Turns a fact of one schema into a fact of the next; pure, and never changed once released. */
export type UpcastStep = (event: unknown) => unknown;

/** `steps[n - 1]` leads from schema n to schema n + 1, so there is one step less than there are schemas. */
const steps: readonly UpcastStep[] = [
  // 2 knows facts about plans, which 1 did not; those of 1 mean what they meant.
  (event) => event,
  // 3 knows facts about reviews of changes.
  (event) => event,
];

/** Turns a fact of an older schema into one of the current schema, step by step. Throws a RangeError for a schema it does not know. */
export function upcast(schema: number, event: unknown, through: readonly UpcastStep[] = steps): unknown {
  if (!Number.isInteger(schema) || schema < 1 || schema > through.length + 1) {
    throw new RangeError(`Schema ${schema} is unknown; this version knows 1 to ${through.length + 1}`);
  }
  return through.slice(schema - 1).reduce((current, step) => step(current), event);
}

/** Whether facts of a schema can be read at all. */
export function isKnownSchema(schema: number): boolean {
  return schema >= 1 && schema <= currentSchema;
}
