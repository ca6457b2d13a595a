import type { Rejection } from '../core/commands.ts';
import type { PlanRequest, PlanTemplate } from '../core/decideSpawn.ts';

/** What a workflow asks for beside the task. */
export interface WorkflowInputFacts {
  readonly name: string;
  readonly description: string;
  readonly required: boolean;
  /** Whether it takes several values. */
  readonly list: boolean;
  /** What it is without an answer. */
  readonly fallback?: string | readonly string[] | undefined;
}

/** What a workflow is given beside the task, by name. */
export type Inputs = Readonly<Record<string, string | string[]>>;

/** A workflow as the person picks it. */
export interface WorkflowFacts {
  readonly name: string;
  readonly description: string;
  readonly source: 'built-in' | 'user' | 'workspace';
  readonly inputs: readonly WorkflowInputFacts[];
  /** With an error among them it cannot be started. */
  readonly problems: readonly { readonly severity: 'error' | 'warning'; readonly message: string }[];
}

/** All workflows there are, and the plans they begin with. */
export interface Workflows {
  all(): readonly WorkflowFacts[];
  template(request: PlanRequest): PlanTemplate | Rejection;
}
