import type { Agent } from '../../src/core/state.ts';
import type { Store } from '../store.ts';
import type { OpenPlace } from '../text/markdown.tsx';

/** Opens a place that an agent named, in the agent's own folder if it has one. */
export function placeOpener(store: Store, { id, workplace }: Agent): OpenPlace {
  return (path, line) =>
    store.post({
      type: 'openPlace',
      path,
      ...(line === undefined ? {} : { line }),
      ...(workplace === undefined ? {} : { agentId: id }),
    });
}
