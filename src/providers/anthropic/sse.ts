import { ReplyTooLargeError } from './streamErrors.ts';

/** One server-sent event. */
export interface SseEvent {
  readonly event: string | undefined;
  readonly data: string;
}

/** Cuts bytes into server-sent events. */
export interface SseDecoder {
  /** The events that these bytes complete. Throws ReplyTooLargeError once a reply exceeds its bytes. */
  push(chunk: Uint8Array): readonly SseEvent[];
}

/** A decoder for one reply of at most `maxBytes`; LF, CRLF and CR end lines, and characters may be split between chunks. */
export function createSseDecoder(maxBytes: number): SseDecoder {
  const decoder = new TextDecoder();
  let bytes = 0;
  /** Pieces of a line that has not ended; joined only when it has, so that a long line costs no more than its length. */
  let pending: string[] = [];
  /** The last character was a CR, which ended its line; an LF that follows belongs to it. */
  let afterReturn = false;
  let event: string | undefined;
  let data: string[] = [];

  const takeLine = (line: string): SseEvent | undefined => {
    if (line === '') {
      const complete = data.length > 0 ? { event, data: data.join('\n') } : undefined;
      event = undefined;
      data = [];
      return complete;
    }
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    if (field === 'data') {
      data.push(value);
    } else if (field === 'event') {
      event = value;
    }
    return undefined;
  };

  return {
    push: (chunk) => {
      bytes += chunk.byteLength;
      if (bytes > maxBytes) {
        throw new ReplyTooLargeError(`The reply exceeds ${maxBytes} bytes`);
      }
      const decoded = decoder.decode(chunk, { stream: true });
      const text = afterReturn && decoded.startsWith('\n') ? decoded.slice(1) : decoded;
      afterReturn = decoded === '' ? afterReturn : decoded.endsWith('\r');
      const lines = text.split(/\r\n|\n|\r/);
      const rest = lines.pop() ?? '';
      if (lines.length === 0) {
        pending.push(rest);
        return [];
      }
      lines[0] = pending.join('') + (lines[0] ?? '');
      pending = [rest];
      return lines.flatMap((line) => takeLine(line) ?? []);
    },
  };
}
