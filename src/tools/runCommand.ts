import * as z from 'zod';
import type { AgentId } from '../core/ids.ts';
import { firstLine } from '../core/rowText.ts';
import type { Tool, ToolOutcome } from '../orchestrator/ports.ts';
import { stripControls } from '../policy/controlText.ts';
import { visibleText } from '../policy/visibleText.ts';
import type { CommandPlan, CommandResult } from '../workspace/commands/commandGate.ts';
import type { ProcessResult } from '../workspace/processes.ts';
import type { Refusal } from '../workspace/refusal.ts';
import type { ResolvedPath, WorkspacePaths } from '../workspace/workspacePath.ts';
import { defineTool, ToolError } from './defineTool.ts';

export interface RunCommandDeps {
  readonly paths: WorkspacePaths;
  /** How a command of an agent would be run. `folder` is absolute. */
  readonly plan: (request: { readonly command: string; readonly folder: string }, agentId: AgentId) => Promise<CommandPlan | Refusal>;
}

const defaultSeconds = 120;
const maxSeconds = 1800;
const maxCommandLength = 32_000;

/** The tool `run_command`: one command, in the way the gate found for it, after a person or their settings allowed exactly that. */
export function createRunCommandTool({ paths, plan }: RunCommandDeps): Tool {
  return defineTool({
    name: 'run_command',
    description: [
      'Runs a command and waits for it to end. What provably only reads runs at once; everything else is confined or the person is asked first, so keep',
      'reading (ls, cat, grep, find, head, sort, wc, diff) apart from the rest, in plain words without variables, globs or redirections.',
      'Each call is a new shell: a directory change or variable does not last. Input is closed, so nothing can be asked interactively.',
      'When the shell ends, everything it left running is stopped: no servers or watchers in the background.',
      'The answer begins with the exit code; of a long output the beginning and the end are given.',
      'Read, search and edit files with the file tools, not with this.',
    ].join(' '),
    input: z.strictObject({
      command: z.string().min(1).max(maxCommandLength).describe('The command text.'),
      folder: z.string().optional().describe('Workspace folder to run in; the first one if left out.'),
      timeout_seconds: z.number().optional().describe(`Time limit, 1 to ${maxSeconds} seconds; ${defaultSeconds} if left out.`),
    }),
    prepare: async (input, agent) => {
      const { command } = input;
      if (command.trim() === '') {
        throw new ToolError('The command is empty; nothing was run.');
      }
      const folderText = input.folder ?? defaultFolder(paths);
      const folder = await resolveFolder(paths, folderText);
      const seconds = Math.min(maxSeconds, Math.max(1, input.timeout_seconds ?? defaultSeconds));
      const title = `Run ${visibleText(firstLine(command, 80))}`;
      const planned = await plan({ command, folder: folder.absolute }, agent.id);
      if (!('route' in planned)) {
        throw new ToolError(planned.text);
      }
      if (planned.route === 'denied') {
        throw new ToolError(`Nothing was run. Not allowed: ${planned.reason}`);
      }
      const { route, reason, hash, writes } = planned;
      return {
        kind: 'ready',
        title,
        outside: true,
        ask: { kind: 'command', title, command, folder: folder.real, route, why: reason, writes, hash },
        run: async (context, signal) => {
          // While a person thought about it, the folder may have become a link to somewhere else.
          const now = await resolveFolder(paths, folderText);
          if (now.absolute !== folder.absolute) {
            throw new ToolError(`Nothing was run. ${folder.display} leads to another folder now. Try again.`);
          }
          const options = { timeoutMs: seconds * 1000, onOutput: (text: string) => context.progress(stripControls(text)) };
          const result = await planned.run(options, signal);
          return result.ok ? toOutcome(command, result, seconds) : { text: result.text, isError: true };
        },
      };
    },
  });
}

async function resolveFolder(paths: WorkspacePaths, text: string): Promise<ResolvedPath> {
  const folder = await paths.resolve(text, 'read');
  if (!folder.ok) {
    throw new ToolError(`Nothing was run. ${folder.text}`);
  }
  return folder;
}

function defaultFolder(paths: WorkspacePaths): string {
  const folders = paths.folders();
  return folders.length > 1 ? (folders[0]?.name ?? '.') : '.';
}

function toOutcome(command: string, result: CommandResult, seconds: number): ToolOutcome {
  const output = stripControls(result.output);
  const text = [endText(result, seconds), ...notes(result), output === '' ? '(no output)' : output].join('\n');
  return {
    text,
    isError: result.exitCode !== 0,
    effects: [...(result.changes ?? []), { kind: 'ran', command, exitCode: result.exitCode }],
  };
}

function endText(result: ProcessResult, seconds: number): string {
  if (result.timedOut) {
    return `exit code none: stopped at its time limit of ${seconds} s; the output so far follows`;
  }
  if (result.tooMuchOutput === true) {
    return 'exit code none: stopped because of too much output; its beginning and end follow';
  }
  if (result.killed) {
    return 'exit code none: stopped before it ended; the output so far follows';
  }
  return result.exitCode === null ? `exit code none: ended by ${result.signal ?? 'a signal'}` : `exit code ${result.exitCode}`;
}

function notes(result: CommandResult): readonly string[] {
  const lines: string[] = [];
  if (result.leftRunning) {
    lines.push('(processes it had left running in the background were stopped)');
  }
  if (result.unkillable > 0) {
    lines.push(`(${result.unkillable} of its processes could not be stopped)`);
  }
  for (const { path, why } of result.unsure ?? []) {
    lines.push(`(${path} is different now, and it is not known whether this command did it: ${why})`);
  }
  if (result.leftOutBytes > 0) {
    const kept = result.spool;
    const where =
      kept === undefined
        ? ''
        : `; ${kept.bytes < result.totalBytes ? `the first ${kept.bytes} bytes are` : 'all of it is'} in ${kept.path}, which only run_command can read`;
    lines.push(`(${result.totalBytes} bytes of output, the beginning and end of which follow${where})`);
  }
  return lines;
}
