import { isDenied } from './builder.ts';
import { field, type Story } from './story.ts';

/** What became of a command that was to be run. */
export type CheckRun =
  | { readonly kind: 'notRun' }
  | { readonly kind: 'passed'; readonly output: string }
  | { readonly kind: 'failed'; readonly exitCode: number | undefined; readonly output: string }
  /** The person, or a rule, said no. */
  | { readonly kind: 'denied'; readonly output: string }
  /** The command itself is not there, which says nothing about the work. */
  | { readonly kind: 'unavailable'; readonly output: string };

/** How the last run of a command in this task or round ended. */
export function checkRunOf(story: Story, command: string): CheckRun {
  const last = story.calls.findLast((entry) => entry.name === 'run_command' && field(entry.input, 'command') === command);
  if (last?.result === undefined) {
    return { kind: 'notRun' };
  }
  const output = last.result.text;
  const code = /^exit code (\d+|none)/im.exec(output)?.[1];
  if (code === undefined && isDenied(last)) {
    return { kind: 'denied', output };
  }
  if (!last.result.isError) {
    return { kind: 'passed', output };
  }
  if (code === '127' || code === '9009' || (code === undefined && /not found|not recognized/i.test(output))) {
    return { kind: 'unavailable', output };
  }
  return { kind: 'failed', exitCode: code === undefined || code === 'none' ? undefined : Number(code), output };
}

/** The lines of a command's output that decide: those that tell of failures, else the last. */
export function decisiveLines(output: string): readonly string[] {
  const lines = output.split('\n').filter((line) => line.trim() !== '' && !/^exit code/i.test(line));
  const telling = lines.filter((line) => /\b(fail(ed|ure|ing|s)?|error|not ok|assert\w*|expected|exception|traceback)\b|✖|✗/i.test(line));
  return telling.length > 0 ? telling.slice(0, 6) : lines.slice(-4);
}
