import type { Problem, TextRange } from '../orchestrator/ports.ts';

export type { Problem };
export type Range = TextRange;

/** Whether a file with these problems cannot be used. */
export function hasError(problems: readonly Problem[]): boolean {
  return problems.some(({ severity }) => severity === 'error');
}
