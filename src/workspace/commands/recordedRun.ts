import path from 'node:path';
import type { AgentId } from '../../core/ids.ts';
import type { Disposable } from '../../lib/disposables.ts';
import type { BlobPort } from '../../orchestrator/ports.ts';
import { commandChanges } from '../git/checkpointRestore.ts';
import type { Checkpoints } from '../git/checkpoints.ts';
import { type Refusal, refuse } from '../refusal.ts';
import { isInside, type WorkspacePaths } from '../workspacePath.ts';
import type { CommandResult, RunnablePlan, RunOptions } from './commandGate.ts';

interface RecordedRunsDeps {
  readonly checkpoints: Pick<Checkpoints, 'take' | 'changesBetween' | 'read'>;
  readonly blobs: Pick<BlobPort, 'put'>;
  readonly paths: Pick<WorkspacePaths, 'folders'>;
  /** Tells the absolute path of every file that is saved in an editor. */
  readonly onSaved: (listener: (absolute: string) => void) => Disposable;
}

/** Keeps what commands change in folders that agents share, so that it can be reviewed and undone like every edit. */
export class RecordedRuns {
  readonly #deps: RecordedRunsDeps;
  /** Who has a command running, and the paths others have written since it began. */
  readonly #running = new Set<{ readonly agentId: AgentId; readonly folder: string; readonly others: Set<string>; crossed: boolean }>();

  constructor(deps: RecordedRunsDeps) {
    this.#deps = deps;
  }

  /** To be told of every change that an agent makes otherwise; the path as agents write it. */
  wrote(agentId: AgentId, changed: string): void {
    for (const run of this.#running) {
      if (run.agentId !== agentId) {
        run.others.add(changed);
      }
    }
  }

  /** Runs a plan between two checkpoints of the workspace folder it starts in. Without the first nothing is run. */
  async run(plan: RunnablePlan, agentId: AgentId, options: RunOptions, signal: AbortSignal): Promise<CommandResult | Refusal> {
    const { checkpoints, blobs, paths } = this.#deps;
    const folders = paths.folders();
    const folder = folders.find((one) => isInside(one.path, plan.folder));
    if (folder === undefined) {
      return plan.run(options, signal);
    }
    const before = await checkpoints.take(folder.path, signal);
    if (!before.ok) {
      const off = 'Or have the person set flotilla.checkpoints to off: then what commands change cannot be undone.';
      return refuse(`Nothing was run, because the files could not be kept as they are now. ${before.text} ${before.next} ${off}`);
    }
    const run = { agentId, folder: folder.path, others: new Set<string>(), crossed: false };
    for (const other of this.#running) {
      if (other.folder === run.folder) {
        other.crossed = true;
        run.crossed = true;
      }
    }
    this.#running.add(run);
    const shown = (name: string) => (folders.length > 1 ? path.posix.join(folder.name, name) : name);
    const saves = this.#deps.onSaved((absolute) => {
      if (isInside(folder.path, absolute)) {
        run.others.add(shown(path.relative(folder.path, absolute).replaceAll(path.sep, '/')));
      }
    });
    let result: CommandResult | Refusal;
    try {
      result = await plan.run(options, signal);
    } finally {
      this.#running.delete(run);
      saves.dispose();
    }
    if (!result.ok) {
      return result;
    }
    // What the command changed is known even when its agent has been stopped meanwhile.
    const after = await checkpoints.take(folder.path);
    const found = after.ok ? await checkpoints.changesBetween(before, after) : after;
    if (!after.ok || !found.ok) {
      const why = found.ok ? '' : found.text;
      return { ...result, unsure: [{ path: folder.name, why: `What the command changed is not known. ${why}` }] };
    }
    const others = new Set(found.changes.map((change) => change.path).filter((name) => run.crossed || run.others.has(shown(name))));
    const { effects, unsure } = await commandChanges(checkpoints, { before, after, changes: found.changes }, others, blobs);
    return {
      ...result,
      changes: effects.map((effect) => ('path' in effect ? { ...effect, path: shown(effect.path) } : effect)),
      unsure: unsure.map((one) => ({ ...one, path: shown(one.path) })),
    };
  }
}
