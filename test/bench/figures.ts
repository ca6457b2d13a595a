import type { ServedReply } from './messages.ts';

/** From the end of each reply to the arrival of the same agent's next request, in ms. */
export function turnGaps(replies: readonly ServedReply[]): readonly number[] {
  const own = new Map<string, ServedReply[]>();
  for (const reply of replies) {
    own.set(reply.agent, [...(own.get(reply.agent) ?? []), reply]);
  }
  return [...own.values()].flatMap((unordered) => {
    const ordered = unordered.toSorted((a, b) => a.turn - b.turn);
    return ordered.slice(1).map((reply, index) => reply.from - (ordered[index]?.to ?? reply.from));
  });
}

/**
 * How long a fan-out took, and how long the model alone took on the path that decided it: from the last reply back, each time to the
 * reply that ended last before it began and that it had to wait for.
 */
export function criticalPath(
  replies: readonly ServedReply[],
  isLead: (reply: ServedReply) => boolean,
): { readonly wallMs: number; readonly pathMs: number } {
  const ordered = replies.toSorted((a, b) => a.to - b.to);
  const last = ordered.at(-1);
  const first = Math.min(...replies.map(({ from }) => from));
  let pathMs = 0;
  for (let at = last; at !== undefined; at = decisive(at, ordered, isLead)) {
    pathMs += at.to - at.from;
  }
  return { wallMs: (last?.to ?? first) - first, pathMs };
}

function decisive(reply: ServedReply, ordered: readonly ServedReply[], isLead: (reply: ServedReply) => boolean): ServedReply | undefined {
  // A worker waits for itself, and first for the lead that spawned it; the lead for itself and for any worker's report.
  return ordered.findLast(
    (other) => other.to <= reply.from && (isLead(other) ? isLead(reply) || reply.turn === 0 : isLead(reply) || other.agent === reply.agent),
  );
}

/** The value below which a share of all lies. */
export function quantile(values: readonly number[], share: number): number {
  const ordered = values.toSorted((a, b) => a - b);
  return ordered[Math.min(ordered.length - 1, Math.floor(ordered.length * share))] ?? Number.NaN;
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);
