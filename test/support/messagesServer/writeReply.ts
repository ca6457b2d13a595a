import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { type Fault, frameText, type RenderedReply, type Reply } from './reply.ts';

/** Writes a reply with its pace and its fault. Ends when the answer has ended or its client has gone. */
export async function writeReply(
  response: ServerResponse,
  reply: Reply,
  rendered: RenderedReply,
  number: number,
  signal: AbortSignal,
): Promise<void> {
  const { fault } = reply;
  if (fault?.kind === 'status') {
    const html = typeof fault.body === 'string';
    response.writeHead(fault.status, { 'content-type': html ? 'text/html' : 'application/json', ...fault.headers });
    response.end(html ? fault.body : JSON.stringify(fault.body));
    return;
  }
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'request-id': `req_${number}` });
  response.flushHeaders();
  const texts = toTexts(rendered, fault);
  const between = reply.pace?.between;
  if (between === undefined && fault === undefined) {
    response.end(texts.join(''));
    return;
  }
  const last = fault === undefined ? texts.at(-1) : undefined;
  for (const [index, text] of texts.entries()) {
    if (index > 0 && between !== undefined) {
      await delay(between, undefined, { signal });
    }
    if (text === last) {
      // With its end in one piece, as a fast server sends it.
      response.end(text);
      return;
    }
    await write(response, text);
  }
  await finish(response, fault, signal);
}

function toTexts({ frames }: RenderedReply, fault: Fault | undefined): readonly (string | Buffer)[] {
  switch (fault?.kind) {
    case undefined:
    case 'status':
      return frames.map(frameText);
    case 'stall':
    case 'cutAtEvent':
    case 'endEarly':
      return frames.slice(0, fault.after).map(frameText);
    case 'cutAtByte':
      return [Buffer.from(frames.map(frameText).join('')).subarray(0, fault.after)];
    case 'reframe':
      return fault.reframe(frames).map(frameText);
    case 'rewrite':
      return chunksOf(Buffer.from(fault.rewrite(frames.map(frameText).join(''))), fault.chunkBytes ?? Number.MAX_SAFE_INTEGER);
  }
}

async function finish(response: ServerResponse, fault: Fault | undefined, signal: AbortSignal): Promise<void> {
  switch (fault?.kind) {
    case 'cutAtEvent':
    case 'cutAtByte':
      response.destroy();
      return;
    case 'stall':
      await untilGone(response, fault.pingMs, signal);
      return;
    default:
      response.end();
  }
}

/** Says nothing, or only pings, until the client goes or the server closes. */
async function untilGone(response: ServerResponse, pingMs: number | undefined, signal: AbortSignal): Promise<void> {
  while (!response.destroyed && !signal.aborted) {
    await delay(pingMs ?? 20, undefined, { signal });
    if (pingMs !== undefined) {
      await write(response, 'event: ping\ndata: {"type":"ping"}\n\n');
    }
  }
}

/** Each write is awaited, so that pieces arrive as pieces. */
function write(response: ServerResponse, text: string | Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    if (response.destroyed) {
      reject(new Error('The client has gone'));
      return;
    }
    response.write(text, (error) => {
      if (error) {
        reject(error);
      } else {
        setImmediate(resolve);
      }
    });
  });
}

function chunksOf(bytes: Buffer, size: number): readonly Buffer[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) => bytes.subarray(index * size, (index + 1) * size));
}
