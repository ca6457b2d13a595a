import type { Secret } from './secretNames.ts';

/*
 * Secrets are left out wherever text is kept, shown or sent: each known value exactly, in the forms in which programs print it, and whatever
 * has the shape of a well-known kind of token.
 */

/** Finds secrets in texts. What is known may grow while it is in use. */
export interface Redactor {
  /** The text with ⟨secret NAME⟩ for each secret. The same object of a text without any. */
  readonly redact: (text: string) => string;
  /** Adds values to those that are known; short ones are left, since they would be found everywhere. */
  readonly learn: (secrets: readonly Secret[]) => void;
}

const shortest = 8;

/** The same for values that are plainly none. */
const plain =
  /^(?:true|false|null|none|undefined|[\d.,:_-]+|[./~][\w./~-]*|https?:\/\/[^@\s]*|(.)\1*|changeme|password|example|development|production|localhost)$/i;

const shapes: readonly (readonly [name: string, shape: RegExp])[] = [
  ['private key', /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----[^]*?(?:-----END (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----|$)/g],
  ['Anthropic key', /\bsk-ant-[\w-]{20,}/g],
  ['API key', /\bsk-(?:proj-|svcacct-|or-v1-)?[A-Za-z0-9_-]{32,}/g],
  ['GitHub token', /\b(?:gh[oprsu]_[A-Za-z0-9]{36,}|github_pat_\w{22,})/g],
  ['GitLab token', /\bgl(?:pat|dt|rt|ptt|cbt)-[\w-]{20,}/g],
  ['Slack token', /\bxox[abeoprs]-[A-Za-z0-9-]{10,}/g],
  ['AWS key', /\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b/g],
  ['Google key', /\bAIza[\w-]{35}/g],
  ['Google token', /\bya29\.[\w-]{20,}/g],
  ['npm token', /\bnpm_[A-Za-z0-9]{36}/g],
  ['PyPI token', /\bpypi-[\w-]{50,}/g],
  ['Hugging Face token', /\bhf_[A-Za-z0-9]{30,}/g],
  ['Stripe key', /\b(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{16,}/g],
  ['SendGrid key', /\bSG\.[\w-]{16,}\.[\w-]{16,}/g],
  ['web token', /\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}/g],
  ['authorization', /(?<=\b(?:Authorization|Proxy-Authorization)["']?\s*[:=]\s*["']?(?:Bearer|Basic|Token)\s+)[\w.~+/=-]{8,}/gi],
  // As programs print their environment; code rarely has such a value without a quote, bracket or dot in it.
  [
    'variable',
    /(?<=\b[A-Z0-9_]{0,60}(?:KEY|TOKEN|SECRET|PASSWORD|PASSWD)=["']?)(?=[^\s"']{0,200}\d)(?=[^\s"']{0,200}[A-Za-z])[\w+/=-]{12,}(?![\w.(])/g,
  ],
  ['password in an address', /(?<=\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s/:@"'<>]{0,100}:)[^\s/@"'<>⟨⟩]{3,200}(?=@)/gi],
];

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
    redact: (text) => {
      let result = text;
      for (const [value, mark] of ordered) {
        if (result.includes(value)) {
          result = result.replaceAll(value, () => mark);
        }
      }
      for (const [name, shape] of shapes) {
        result = result.replace(shape, () => asMark(name));
      }
      return result;
    },
  };
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
