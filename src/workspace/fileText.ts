import { isUtf8 } from 'node:buffer';

/** How bytes became text. `bytes`: not valid UTF-8, so every byte is one character (Latin-1) and only ASCII may be changed. */
export type Encoding = 'utf8' | 'utf16le' | 'utf16be' | 'bytes';

/** A file as text, with all that is needed to change a part of it without touching the other bytes. */
export interface FileText {
  readonly encoding: Encoding;
  /** The byte order mark before the text; empty when there is none. */
  readonly mark: Buffer;
  /** The text without mark, line ends as they are in the file. */
  readonly text: string;
}

/** A replacement of the characters from `start` up to `end` (UTF-16 offsets into the text before any of the replacements). */
export interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

const marks = [
  { encoding: 'utf8', mark: Buffer.from([0xef, 0xbb, 0xbf]) },
  { encoding: 'utf16le', mark: Buffer.from([0xff, 0xfe]) },
  { encoding: 'utf16be', mark: Buffer.from([0xfe, 0xff]) },
] as const;
const noMark = Buffer.alloc(0);

/** Decodes without loss; undefined for a binary file. */
export function decodeFile(bytes: Buffer): FileText | undefined {
  const marked = marks.find(({ mark }) => bytes.subarray(0, mark.length).equals(mark));
  if (marked?.encoding === 'utf16le' || marked?.encoding === 'utf16be') {
    const body = bytes.subarray(marked.mark.length);
    return { ...marked, text: marked.encoding === 'utf16le' ? body.toString('utf16le') : swapped(body).toString('utf16le') };
  }
  if (bytes.includes(0) || hasManyControls(bytes)) {
    return undefined;
  }
  const mark = marked?.mark ?? noMark;
  const body = bytes.subarray(mark.length);
  return isUtf8(body)
    ? { encoding: 'utf8', mark, text: body.toString('utf8') }
    : { encoding: 'bytes', mark: noMark, text: bytes.toString('latin1') };
}

/** The text as a model sees it: LF line ends, undecodable bytes as U+FFFD. */
export function visibleText(file: FileText): string {
  const text = file.encoding === 'bytes' ? Buffer.from(file.text, 'latin1').toString('utf8') : file.text;
  return text.replaceAll('\r\n', '\n');
}

/** The file's bytes with the splices applied; every byte outside them stays as it was. Splices are in order and do not overlap. */
export function spliceBytes(bytes: Buffer, file: FileText, splices: readonly Splice[]): Buffer {
  const parts: Buffer[] = [];
  let doneChars = 0;
  let doneBytes = file.mark.length;
  let copied = 0;
  for (const splice of splices) {
    const start = doneBytes + byteLength(file, doneChars, splice.start);
    const end = start + byteLength(file, splice.start, splice.end);
    parts.push(bytes.subarray(copied, start), encodeText(splice.text, file.encoding));
    copied = end;
    doneChars = splice.end;
    doneBytes = end;
  }
  parts.push(bytes.subarray(copied));
  return Buffer.concat(parts);
}

/** The text with the splices applied. */
export function spliceText(text: string, splices: readonly Splice[]): string {
  let result = '';
  let copied = 0;
  for (const splice of splices) {
    result += text.slice(copied, splice.start) + splice.text;
    copied = splice.end;
  }
  return result + text.slice(copied);
}

/** Text as bytes of an encoding, without a mark. `bytes` takes ASCII only; anything else there is a defect. */
export function encodeText(text: string, encoding: Encoding): Buffer {
  switch (encoding) {
    case 'utf8':
      return Buffer.from(text, 'utf8');
    case 'utf16le':
      return Buffer.from(text, 'utf16le');
    case 'utf16be':
      return swapped(Buffer.from(text, 'utf16le'));
    case 'bytes':
      if (!isAscii(text)) {
        throw new RangeError('Only ASCII can be written into a file of unknown encoding');
      }
      return Buffer.from(text, 'latin1');
  }
}

/** Whether text means the same in every encoding that extends ASCII. */
export function isAscii(text: string): boolean {
  return /^[\x00-\x7f]*$/.test(text);
}

function byteLength(file: FileText, start: number, end: number): number {
  switch (file.encoding) {
    case 'utf8':
      return Buffer.byteLength(file.text.slice(start, end), 'utf8');
    case 'utf16le':
    case 'utf16be':
      return (end - start) * 2;
    case 'bytes':
      return end - start;
  }
}

function swapped(bytes: Buffer): Buffer {
  return Buffer.from(bytes.subarray(0, bytes.length & ~1)).swap16();
}

/** Text in old encodings has few control characters; compressed or encrypted data without a NUL has many. */
function hasManyControls(bytes: Buffer): boolean {
  const sample = bytes.subarray(0, 8192);
  let controls = 0;
  for (const byte of sample) {
    if (byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d && byte !== 0x0c && byte !== 0x1b && byte !== 0x08) {
      controls++;
    }
  }
  return controls * 10 > sample.length;
}
