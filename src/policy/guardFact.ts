import type { FleetEvent } from '../core/events.ts';
import { showHidden } from './hiddenText.ts';
import type { GrowingText, Redactor } from './redact.ts';

type Redact = (text: string) => string;

/** From so many characters on, the beginning of what may be a secret is left out where a text was broken off. */
const longestLeft = 3;

/** Parts of a fact that are not text: returned to an endpoint byte for byte, or compared with what somebody else has. */
const exact: ReadonlySet<string> = new Set(['raw', 'type', 'kind', 'hash', 'before', 'after', 'told']);

/**
 * A fact as it may be kept and shown: without secrets, and, where it is text that other agents will read, with what is hidden in it written
 * out. The prompt is not changed here, since later agents are given the same one by comparing it; its parts are shown where they are read.
 */
export function guardFact(event: FleetEvent, { redact, growing }: Pick<Redactor, 'redact' | 'growing'>): FleetEvent {
  switch (event.type) {
    case 'promptFixed':
      return event;
    case 'agentSpawned':
      return guarded(event.opening === undefined ? event : { ...event, opening: showHidden(event.opening).text }, redact);
    case 'messageQueued':
      return guarded({ ...event, text: showHidden(event.text).text }, redact);
    case 'requestFailed':
      return guarded(event.partial === undefined ? event : { ...event, partial: withoutBeginning(growing(event.partial)) }, redact);
    default:
      return guarded(event, redact);
  }
}

/** A text that was broken off, without what may have become a secret. */
function withoutBeginning({ shown, held }: GrowingText): string {
  return held.length > longestLeft ? `${shown}…` : `${shown}${held}`;
}

function guarded<T extends FleetEvent>(event: T, redact: Redact): T {
  const result: T = { ...event };
  for (const [key, value] of Object.entries(event)) {
    const changed = exact.has(key) ? value : withoutSecrets(value, redact);
    if (changed !== value) {
      Object.assign(result, { [key]: changed });
    }
  }
  return result;
}

/** The same value when nothing in it is secret, so that facts stay cheap. */
function withoutSecrets(value: unknown, redact: Redact): unknown {
  if (typeof value === 'string') {
    return redact(value);
  }
  if (Array.isArray(value)) {
    const items: unknown[] = value.map((item: unknown) => withoutSecrets(item, redact));
    return items.every((item, index) => item === value[index]) ? value : items;
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([key, item]) => [key, exact.has(key) ? item : withoutSecrets(item, redact)] as const);
    return Object.entries(value).every(([, item], index) => item === entries[index]?.[1]) ? value : Object.fromEntries(entries);
  }
  return value;
}
