import { crc32 } from 'node:zlib';
import type { JournalEntry } from '../core/events.ts';

/** The schema of the facts this version writes. */
export const currentSchema = 3;

/** What one line of a journal holds, before its fact is checked. */
export type LineContent =
  /** First line. Facts that follow are of this schema and written under this epoch. */
  | { readonly kind: 'header'; readonly schema: number; readonly epoch: number; readonly created: number }
  /** A later writer began here, having read everything up to the fact `after`. */
  | { readonly kind: 'opened'; readonly schema: number; readonly epoch: number; readonly at: number; readonly after: number }
  | { readonly kind: 'fact'; readonly seq: number; readonly at: number; readonly epoch: number; readonly event: unknown };

/** A line as read: its content, or why it is none. */
export type DecodedLine = { readonly ok: true; readonly content: LineContent } | { readonly ok: false; readonly why: string };

/** One line with its checksum and length, ending in a line feed. */
export function encodeLine(content: LineContent): Uint8Array {
  const { kind, ...rest } = content;
  const json = Buffer.from(JSON.stringify(kind === 'fact' ? rest : content), 'utf8');
  const head = Buffer.from(`${crc32(json).toString(16).padStart(8, '0')} ${json.length} `, 'latin1');
  return Buffer.concat([head, json, lineFeed]);
}

/** One fact as a line of the given writer. */
export function encodeEntry(entry: JournalEntry, epoch: number): Uint8Array {
  return encodeLine({ kind: 'fact', seq: entry.seq, at: entry.at, epoch, event: entry.event });
}

/** Reads one line without its line feed; checks length, checksum and shape, not the fact itself. */
export function decodeLine(line: Buffer): DecodedLine {
  const head = headPattern.exec(line.toString('latin1', 0, maxHeadLength));
  if (head === null) {
    return broken('it does not begin with a checksum and a length');
  }
  const [text, checksum = '', length = ''] = head;
  const json = line.subarray(text.length);
  if (json.length !== Number(length)) {
    return broken(`it should hold ${length} bytes and holds ${json.length}`);
  }
  if (crc32(json) !== Number.parseInt(checksum, 16)) {
    return broken('its checksum does not match');
  }
  return parseContent(json.toString('utf8'));
}

const lineFeed = Buffer.from('\n', 'latin1');
const headPattern = /^([0-9a-f]{8}) (\d{1,15}) /;
const maxHeadLength = 8 + 1 + 15 + 1;

function parseContent(json: string): DecodedLine {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    return broken(`it is not JSON (${error instanceof Error ? error.message : String(error)})`);
  }
  const content = toContent(value);
  return content === undefined ? broken('it is neither a header nor a fact') : { ok: true, content };
}

function toContent(value: unknown): LineContent | undefined {
  if (typeof value !== 'object' || value === null) {
    return undefined;
  }
  const { kind, schema, epoch, created, at, after, seq, event } = value as Readonly<Record<string, unknown>>;
  if (!isCount(epoch)) {
    return undefined;
  }
  if (kind === undefined) {
    return isCount(seq) && isTime(at) && event !== undefined ? { kind: 'fact', seq, at, epoch, event } : undefined;
  }
  if (kind === 'header') {
    return isCount(schema) && isTime(created) ? { kind, schema, epoch, created } : undefined;
  }
  if (kind === 'opened') {
    return isCount(schema) && isTime(at) && isCount(after) ? { kind, schema, epoch, at, after } : undefined;
  }
  return undefined;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function broken(why: string): DecodedLine {
  return { ok: false, why };
}
