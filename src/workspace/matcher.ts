import { Worker } from 'node:worker_threads';
import { type Refusal, refuse } from './refusal.ts';
import type { SearchQuery } from './lineMatch.ts';

/** A regular expression as text. */
export interface Pattern {
  readonly ok: true;
  readonly source: string;
  readonly flags: string;
}

/** A line that matches, and where in it. */
export interface MatchedLine {
  readonly line: number;
  readonly column: number;
  readonly text: string;
}

/** Matches texts line by line, one after the other, outside the main thread. */
export interface Matcher {
  /** The first `limit` lines that match; `tooSlow` when the time for one text is over, after which the matcher is of no use. */
  readonly match: (text: string, limit: number) => Promise<readonly MatchedLine[] | 'tooSlow'>;
  readonly close: () => Promise<void>;
}

const maxPatternLength = 1000;

/** Reads what a model asks for as a JavaScript pattern, Unicode-aware where the pattern allows it. */
export function readPattern(query: SearchQuery): Pattern | Refusal {
  if (query.pattern.length > maxPatternLength) {
    return refuse(`The pattern is longer than ${maxPatternLength} characters.`);
  }
  const inline = query.literal ? undefined : /^\(\?i\)/.exec(query.pattern)?.[0];
  const source = query.literal ? query.pattern.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&') : query.pattern.slice(inline?.length ?? 0);
  const flags = query.ignoreCase || inline !== undefined ? 'i' : '';
  return readFlags(source, `${flags}u`) ?? readFlags(source, flags) ?? refuse(syntaxText(source, flags));
}

function readFlags(source: string, flags: string): Pattern | undefined {
  return syntaxError(source, flags) === undefined ? { ok: true, source, flags } : undefined;
}

function syntaxText(source: string, flags: string): string {
  return `The pattern is not a valid regular expression: ${syntaxError(source, flags) ?? 'it cannot be read'}. Set literal to look for it as plain text.`;
}

function syntaxError(source: string, flags: string): string | undefined {
  try {
    new RegExp(source, flags);
    return undefined;
  } catch (error) {
    if (error instanceof SyntaxError) {
      return error.message.replace(/^Invalid regular expression: /, '');
    }
    throw error;
  }
}

/** Runs in the thread; plain JavaScript in a string, so that it needs no file of its own beside the bundle. */
const threadSource = `
const { parentPort, workerData } = require('node:worker_threads');
const pattern = new RegExp(workerData.source, workerData.flags);
parentPort.on('message', ({ text, limit }) => {
  const found = [];
  let line = 0;
  for (let from = 0; from < text.length && found.length < limit; ) {
    line++;
    const end = text.indexOf('\\n', from);
    const content = text.slice(from, end < 0 ? text.length : end);
    const match = pattern.exec(content);
    if (match !== null) {
      found.push({ line, column: match.index, text: content });
    }
    from = end < 0 ? text.length : end + 1;
  }
  parentPort.postMessage(found);
});
`;

/** Starts a matcher; close it when done. */
export function createMatcher(pattern: Pattern, timeMs: number): Matcher {
  const worker = new Worker(threadSource, { eval: true, workerData: { source: pattern.source, flags: pattern.flags } });
  return {
    match: (text, limit) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => settle(() => resolve('tooSlow')), timeMs);
        const onMessage = (found: readonly MatchedLine[]) => settle(() => resolve(found));
        const onError = (error: unknown) => settle(() => reject(error));
        const settle = (report: () => void) => {
          clearTimeout(timer);
          worker.off('message', onMessage);
          worker.off('error', onError);
          report();
        };
        worker.on('message', onMessage);
        worker.on('error', onError);
        worker.postMessage({ text, limit });
      }),
    close: async () => {
      await worker.terminate();
    },
  };
}
