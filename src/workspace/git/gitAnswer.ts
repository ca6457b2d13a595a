import type { ProgramEnd } from './gitProcess.ts';
import { type GitOutput, type GitTrouble, trouble } from './gitResult.ts';

const lockMessage = /(?:Unable to create|could not lock config file|cannot lock ref)[^\n]*File exists/;
const lockFile = /'([^'\n]+\.lock)'/;

/** What an ended call means; `what` and `where` are for the person. */
export function toResult(end: ProgramEnd, what: string, where: string, okCodes: readonly number[]): GitOutput | GitTrouble {
  if (end.kind === 'notStarted') {
    return trouble('noGit', `${what} could not be started: ${end.message}`, 'Check the installation of Git, then try again.');
  }
  if (end.kind === 'timedOut') {
    return trouble(
      'timedOut',
      `${what} in ${where} took too long and was ended.`,
      'Try again; a very large repository may need less to do at once.',
    );
  }
  if (end.kind === 'tooMuch') {
    return trouble('tooMuch', `${what} in ${where} printed more than is allowed and was ended.`, 'Ask for less at once.');
  }
  if (end.kind === 'signalled') {
    return trouble('failed', `${what} in ${where} was ended by ${end.signal}.`, 'Try again.');
  }
  if (okCodes.includes(end.exitCode)) {
    const text = end.stdout.toString('utf8').replace(/\r?\n$/, '');
    return { ok: true, exitCode: end.exitCode, bytes: end.stdout, text, stderr: end.stderr };
  }
  if (lockMessage.test(end.stderr)) {
    const lock = lockFile.exec(end.stderr)?.[1];
    return trouble(
      'locked',
      `${what} in ${where} waits for another Git command${lock === undefined ? '' : `, which holds ${lock}`}.`,
      'Finish that command. If none is running, it was interrupted: remove the lock file yourself, Flotilla never does.',
      lock === undefined ? {} : { lock },
    );
  }
  const said = end.stderr.trim().split('\n').slice(-3).join(' ').slice(0, 600);
  return trouble(
    'failed',
    `${what} in ${where} failed with code ${end.exitCode}: ${said || 'it said nothing'}`,
    'See what Git says, and try again.',
    {
      exitCode: end.exitCode,
    },
  );
}
