import type { Secret } from './secretNames.ts';
import { shapeOpening, shapes } from './secretShapes.ts';

/*
 * Secrets are left out wherever text is kept, shown or sent: each known value exactly, in the forms in which programs print it, and whatever
 * has the shape of a well-known kind of token.
 */

/** Finds secrets in texts. What is known may grow while it is in use. */
export interface Redactor {
  /** The text with ⟨secret NAME⟩ for each secret. The same object of a text without any. */
  readonly redact: (text: string) => string;
  /** A text that is still being written, or was broken off. */
  readonly growing: (text: string) => GrowingText;
  /** Adds values to those that are known; short ones are left, since they would be found everywhere. */
  readonly learn: (secrets: readonly Secret[]) => void;
}

/** What of a growing text can be shown whatever comes after it, without secrets; and, as it is, its end, in which a secret may have begun. */
export interface GrowingText {
  readonly shown: string;
  readonly held: string;
}

const shortest = 8;
/** So many characters are no beginning of a secret yet. Fewer would hold back the end of almost every text. */
const shortestBeginning = 4;

/** The same for values that are plainly none. */
const plain =
  /^(?:true|false|null|none|undefined|[\d.,:_-]+|[./~][\w./~-]*|https?:\/\/[^@\s]*|(.)\1*|changeme|password|example|development|production|localhost)$/i;

/** Makes a redactor that knows some values from the beginning. */
export function createRedactor(known: readonly Secret[] = []): Redactor {
  const names = new Map<string, string>();
  let ordered: readonly (readonly [value: string, mark: string])[] = [];
  const learn = (secrets: readonly Secret[]): void => {
    for (const { name, value } of secrets) {
      if (value.length >= shortest && !plain.test(value)) {
        for (const form of formsOf(value)) {
          names.set(form, asMark(name));
        }
      }
    }
    // A secret may contain another; the longer one has to go first.
    ordered = [...names].sort(([a], [b]) => b.length - a.length);
  };
  learn(known);
  return {
    learn,
    redact: (text) => withMarks(text, findSecrets(text, ordered)),
    growing: (text) => {
      const secrets = findSecrets(text, ordered);
      const from = Math.min(
        shapeOpening(text),
        valueOpening(text, ordered),
        ...secrets.flatMap(({ from, to }) => (to === text.length ? [from] : [])),
      );
      const cut = secrets.find((secret) => secret.from < from && secret.to > from)?.from ?? from;
      const before = secrets.filter(({ to }) => to <= cut);
      return { shown: withMarks(text.slice(0, cut), before), held: text.slice(cut) };
    },
  };
}

interface Found {
  readonly from: number;
  readonly to: number;
  readonly mark: string;
}

/** The secrets in a text, in order; those that overlap are one, which is called by the longest that is known. */
function findSecrets(text: string, known: readonly (readonly [value: string, mark: string])[]): readonly Found[] {
  const all: Found[] = [];
  for (const [value, mark] of known) {
    for (let from = text.indexOf(value); from >= 0; from = text.indexOf(value, from + 1)) {
      all.push({ from, to: from + value.length, mark });
    }
  }
  const priority = new Map(all.map((found, index) => [found, index]));
  for (const [name, shape] of shapes) {
    for (const match of text.matchAll(shape)) {
      all.push({ from: match.index, to: match.index + match[0].length, mark: asMark(name) });
    }
  }
  const rank = (found: Found) => priority.get(found) ?? Number.POSITIVE_INFINITY;
  const merged: Found[] = [];
  for (const found of all.sort((a, b) => a.from - b.from || b.to - a.to)) {
    const last = merged.at(-1);
    if (last === undefined || found.from >= last.to) {
      merged.push(found);
      continue;
    }
    const one = { from: last.from, to: Math.max(last.to, found.to), mark: rank(found) < rank(last) ? found.mark : last.mark };
    priority.set(one, Math.min(rank(found), rank(last)));
    merged[merged.length - 1] = one;
  }
  return merged;
}

function withMarks(text: string, secrets: readonly Found[]): string {
  if (secrets.length === 0) {
    return text;
  }
  const parts = secrets.map(({ from, mark }, index) => text.slice(secrets[index - 1]?.to ?? 0, from) + mark);
  return parts.join('') + text.slice(secrets.at(-1)?.to);
}

/** Where the first beginning of a known value that a text ends with begins; its length if it ends with none. */
function valueOpening(text: string, known: readonly (readonly [value: string, mark: string])[]): number {
  let first = text.length;
  for (const [value] of known) {
    const beginning = value.slice(0, shortestBeginning);
    const earliest = Math.max(0, text.length - value.length + 1);
    for (let at = text.indexOf(beginning, earliest); at >= 0 && at < first; at = text.indexOf(beginning, at + 1)) {
      if (value.startsWith(text.slice(at))) {
        first = at;
      }
    }
  }
  return first;
}

/** Stands for a secret in a text. */
const anyMark = /⟨secret [^⟨⟩\n]{1,80}⟩/;

/** Whether a text has a mark of a secret that `original` does not have: written to a file, the mark would take the secret's place. */
export function hasNewMark(text: string, original: string): boolean {
  return [...text.matchAll(new RegExp(anyMark.source, 'g'))].some(([mark]) => !original.includes(mark));
}

function asMark(name: string): string {
  return `⟨secret ${name.replaceAll(/[^\w .-]/g, '').slice(0, 60)}⟩`;
}

/** A value as it is and as programs print it: in JSON, in an address, and in base64, alone or with what stood before it. */
function formsOf(value: string): ReadonlySet<string> {
  const bytes = new TextEncoder().encode(value);
  return new Set(
    [value, JSON.stringify(value).slice(1, -1), encodeURIComponent(value), ...base64Forms(bytes)].filter((form) => form.length >= shortest),
  );
}

/** What of a value's base64 is the same whatever stands before and after it, at each of the three offsets. */
function base64Forms(bytes: Uint8Array): readonly string[] {
  return [0, 1, 2].map((offset) => {
    const padded = new Uint8Array(offset + bytes.length);
    padded.set(bytes, offset);
    const text = btoa(String.fromCharCode(...padded));
    const from = [0, 2, 3][offset] ?? 0;
    const complete = Math.floor(((offset + bytes.length) * 8) / 6);
    return text.slice(from, complete);
  });
}
