import type { ProcessCall } from '../processCall.ts';
import type { Processes, ProcessResult } from '../processes.ts';
import type { Refusal } from '../refusal.ts';
import type { DirectPlan, PlannedStep } from './directPlan.ts';

/** A direct plan is for looking at something; nobody was asked, so it must not hold the machine for long. */
export const directLimits = { timeoutMs: 10_000, outputBytes: 1024 * 1024 } as const;

interface DirectRun {
  readonly processes: Pick<Processes, 'run'>;
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly onOutput: (text: string) => void;
}

/** Runs the steps one after the other, each if what came before ended as it asks; time and output are limited for all together. */
export async function runDirectPlan(plan: DirectPlan, run: DirectRun, signal: AbortSignal): Promise<ProcessResult | Refusal> {
  const deadline = performance.now() + Math.min(run.timeoutMs, directLimits.timeoutMs);
  let total: ProcessResult | undefined;
  for (const step of plan.steps) {
    if (total !== undefined && !isDue(step, total.exitCode)) {
      continue;
    }
    const request = {
      ...callOf(step),
      folder: plan.folder,
      env: run.env,
      timeoutMs: Math.max(1, Math.ceil(deadline - performance.now())),
      maxOutputBytes: Math.max(0, directLimits.outputBytes - (total?.totalBytes ?? 0)),
    };
    const result = await run.processes.run(request, run.onOutput, signal);
    if (!result.ok) {
      return result;
    }
    total = total === undefined ? result : joined(total, result);
    if (result.killed || result.timedOut) {
      break;
    }
  }
  if (total === undefined) {
    throw new Error('A direct plan has at least one step');
  }
  return total;
}

function isDue({ join }: PlannedStep, exitCode: number | null): boolean {
  return join === ';' || (join === '&&') === (exitCode === 0);
}

function callOf({ pipeline }: PlannedStep): ProcessCall {
  const [only] = pipeline;
  return only !== undefined && pipeline.length === 1 && only.stdout === undefined && only.stderr === undefined
    ? { argv: only.argv }
    : {
        pipeline: pipeline.map(({ argv, stdout, stderr }) => ({
          argv,
          ...(stdout === undefined ? {} : { stdout }),
          ...(stderr === undefined ? {} : { stderr }),
        })),
      };
}

/** One result of two: how the later ended, and what both wrote. */
function joined(before: ProcessResult, last: ProcessResult): ProcessResult {
  const spool = last.spool ?? before.spool;
  return {
    ...last,
    output: before.output + last.output,
    totalBytes: before.totalBytes + last.totalBytes,
    leftOutBytes: before.leftOutBytes + last.leftOutBytes,
    leftRunning: before.leftRunning || last.leftRunning,
    unkillable: before.unkillable + last.unkillable,
    ...(spool === undefined ? {} : { spool }),
  };
}
