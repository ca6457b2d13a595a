import { posix, win32 } from 'node:path';
import { ProcessError } from './processChild.ts';
import { shellCall } from './processShell.ts';

/** A text for the platform's shell. */
export interface CommandText {
  readonly command: string;
}

/** A program and its arguments, which no shell sees. */
export interface CommandArgv {
  /** The first is the absolute path of the program. */
  readonly argv: readonly [string, ...string[]];
}

/** Programs of which each reads what the one before writes; the last one's exit code counts. Not on Windows. */
export interface CommandPipeline {
  readonly pipeline: readonly PipelineProgram[];
}

export interface PipelineProgram extends CommandArgv {
  /** Left out: to the next program, or to the output. */
  readonly stdout?: 'discard';
  /** Left out: to the output. */
  readonly stderr?: 'discard' | 'stdout';
}

export type ProcessCall = CommandText | CommandArgv | CommandPipeline;

/** What to start for a call. */
export interface SpawnCall {
  readonly file: string;
  readonly args: readonly string[];
  /** The arguments are one text that the shell itself takes apart. */
  readonly verbatim: boolean;
}

/** Throws a ProcessError for what cannot be started safely. */
export function spawnCall(call: ProcessCall, platform: NodeJS.Platform, env: Readonly<Record<string, string>>): SpawnCall {
  if ('command' in call) {
    return shellCall(call.command, platform, env);
  }
  if ('argv' in call) {
    const [file, ...args] = checkArgv(call.argv, platform);
    return { file, args, verbatim: false };
  }
  return pipelineCall(call.pipeline, platform);
}

function checkArgv(argv: CommandArgv['argv'], platform: NodeJS.Platform): CommandArgv['argv'] {
  const flavor = platform === 'win32' ? win32 : posix;
  if (!flavor.isAbsolute(argv[0])) {
    throw new ProcessError(`The command was not started: ${argv[0]} is not the absolute path of a program.`);
  }
  if (argv.some((word) => word.includes('\0'))) {
    throw new ProcessError('The command was not started: it has a NUL character in it.');
  }
  return argv;
}

/**
 * Pipes between programs have to be real ones, which Node cannot make: `/bin/sh` makes them. All it reads is a text made of numbers,
 * like `"$1" "$2" 2>&1 | "$3"`; what is run are its positional parameters, which it does not look into.
 */
function pipelineCall(pipeline: readonly PipelineProgram[], platform: NodeJS.Platform): SpawnCall {
  if (pipeline.length === 0 || platform === 'win32') {
    throw new ProcessError('The command was not started: there is no program in it, or pipes cannot be made on this platform.');
  }
  const words: string[] = [];
  const parts = pipeline.map(({ argv, stdout, stderr }) => {
    const first = words.length + 1;
    words.push(...checkArgv(argv, platform));
    const names = argv.map((_, index) => `"\${${first + index}}"`).join(' ');
    return names + redirections(stdout, stderr);
  });
  return { file: '/bin/sh', args: ['-c', parts.join(' | '), 'sh', ...words], verbatim: false };
}

/** `2>&1` stands first: standard error goes where the output would have gone, also when that is discarded. */
function redirections(stdout: PipelineProgram['stdout'], stderr: PipelineProgram['stderr']): string {
  const forError = stderr === 'stdout' ? ' 2>&1' : stderr === 'discard' ? ' 2>/dev/null' : '';
  return forError + (stdout === 'discard' ? ' >/dev/null' : '');
}
