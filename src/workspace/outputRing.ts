/** Where the kept parts of a long output lie. */
export interface KeptOutput {
  readonly head: Buffer;
  readonly tail: Buffer;
  /** Bytes between the two that are not kept. */
  readonly leftOut: number;
}

/** Keeps the beginning and the end of an output of any length in a fixed amount of memory. */
export class OutputRing {
  readonly #head: Buffer;
  readonly #tail: Buffer;
  #headLength = 0;
  #total = 0;

  constructor(headBytes: number, tailBytes: number) {
    this.#head = Buffer.alloc(headBytes);
    this.#tail = Buffer.alloc(tailBytes);
  }

  /** All bytes ever pushed. */
  get totalBytes(): number {
    return this.#total;
  }

  /** Whether the whole output is still held. */
  get isWhole(): boolean {
    return this.#total <= this.#head.length + this.#tail.length;
  }

  push(chunk: Buffer): void {
    const forHead = Math.min(chunk.length, this.#head.length - this.#headLength);
    chunk.copy(this.#head, this.#headLength, 0, forHead);
    this.#headLength += forHead;
    const capacity = this.#tail.length;
    const rest = chunk.subarray(Math.max(forHead, chunk.length - capacity));
    const start = (this.#total + chunk.length - rest.length - this.#headLength) % capacity;
    const first = Math.min(rest.length, capacity - start);
    rest.copy(this.#tail, start, 0, first);
    rest.copy(this.#tail, 0, first);
    this.#total += chunk.length;
  }

  /** A copy of what is held. */
  kept(): KeptOutput {
    const capacity = this.#tail.length;
    const beyondHead = this.#total - this.#headLength;
    const end = beyondHead % capacity;
    const tail =
      beyondHead <= capacity
        ? Buffer.from(this.#tail.subarray(0, beyondHead))
        : Buffer.concat([this.#tail.subarray(end), this.#tail.subarray(0, end)]);
    return { head: Buffer.from(this.#head.subarray(0, this.#headLength)), tail, leftOut: beyondHead - tail.length };
  }
}

/** What is held as text, cut at whole characters, with `gap` between the parts when something is left out. */
export function keptOutputToText(kept: KeptOutput, gap: (leftOut: number) => string): string {
  if (kept.leftOut === 0) {
    return Buffer.concat([kept.head, kept.tail]).toString('utf8');
  }
  const head = kept.head.subarray(0, wholeCharactersEnd(kept.head));
  const tail = kept.tail.subarray(firstCharacterStart(kept.tail));
  const leftOut = kept.leftOut + (kept.head.length - head.length) + (kept.tail.length - tail.length);
  return `${head.toString('utf8')}${gap(leftOut)}${tail.toString('utf8')}`;
}

const longestCharacter = 4;

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}

function firstCharacterStart(bytes: Buffer): number {
  let start = 0;
  while (start < longestCharacter - 1 && isContinuation(bytes[start])) {
    start++;
  }
  return start;
}

function wholeCharactersEnd(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(longestCharacter, bytes.length); back++) {
    const byte = bytes[bytes.length - back];
    if (byte !== undefined && !isContinuation(byte)) {
      return byte >= 0xc0 && back < utf8Length(byte) ? bytes.length - back : bytes.length;
    }
  }
  return bytes.length;
}

function utf8Length(lead: number): number {
  if (lead >= 0xf0) {
    return 4;
  }
  return lead >= 0xe0 ? 3 : 2;
}
