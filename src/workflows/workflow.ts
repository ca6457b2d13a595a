import type { Budget, Effort, Fallback, Gate, Isolation, Priority } from '../core/events.ts';

/*
 * What a workflow file says, checked and with its defaults filled in. README.md beside this file tells the format.
 */

/** Something a workflow asks for beside the task. */
export interface WorkflowInput {
  readonly name: string;
  readonly description: string;
  readonly required: boolean;
  /** Whether it takes several values. */
  readonly list: boolean;
  /** What counts when it is not given; of a list, its values. */
  readonly fallback?: string | readonly string[] | undefined;
}

/** What a task is repeated for. */
export type ForEach =
  | { readonly kind: 'folders' }
  /** `orFolders`: the folders of the workspace when the input is not given. */
  | { readonly kind: 'input'; readonly name: string; readonly orFolders: boolean }
  | { readonly kind: 'items'; readonly items: readonly string[] }
  /** Every file that the report of a task names; known only while the run goes. */
  | { readonly kind: 'findings'; readonly taskId: string };

/** One task of a workflow. Its texts may hold placeholders. */
export interface WorkflowTask {
  readonly id: string;
  readonly title: string;
  readonly agentType: string;
  readonly objective: string;
  readonly paths: readonly string[];
  readonly focus?: string | undefined;
  readonly outputFormat?: string | undefined;
  readonly doneCriteria: readonly string[];
  /** Without it, the task depends on all tasks of the phase before its own. */
  readonly dependsOn?: readonly string[] | undefined;
  readonly priority: Priority;
  readonly model?: string | undefined;
  readonly effort?: Effort | undefined;
  readonly gate?: WorkflowGate | undefined;
  readonly attempts: number;
  readonly fallback?: Fallback | undefined;
  readonly rollback: boolean;
  readonly partial: boolean;
  readonly publishes: readonly string[];
  readonly needs: readonly string[];
  readonly collects?: string | undefined;
  readonly forEach?: ForEach | undefined;
}

export interface WorkflowGate {
  readonly kind: Gate['kind'];
  readonly backTo?: string | undefined;
  readonly rounds: number;
  readonly check?: string | undefined;
}

export interface WorkflowPhase {
  readonly id: string;
  readonly title: string;
  readonly tasks: readonly WorkflowTask[];
}

export interface Workflow {
  readonly name: string;
  readonly description: string;
  readonly inputs: readonly WorkflowInput[];
  readonly budget?: Budget | undefined;
  /** Where its agents work; absent: by the person's setting. */
  readonly isolation?: Isolation | undefined;
  readonly phases: readonly WorkflowPhase[];
  /** Told to every agent of the run's first plan; may hold placeholders. */
  readonly context: string;
}
