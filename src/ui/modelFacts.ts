import type { Agent } from '../core/state.ts';
import type { FleetControl, ModelProvider } from '../orchestrator/ports.ts';
import type { ModelFacts } from '../protocol/toWebview.ts';

/** What the timeline needs to know of the providers and of every model an agent of the fleet has used or asked for. */
export function modelFacts(fleet: FleetControl | undefined, providers: readonly ModelProvider[]): ModelFacts {
  const contextWindows: Record<string, number> = {};
  for (const agent of Object.values<Agent>(fleet?.state.agents ?? {})) {
    const provider = providers.find(({ id }) => id === agent.provider);
    for (const model of [agent.requestedModel, agent.model]) {
      const size = model === undefined ? undefined : provider?.contextWindow(model);
      if (model !== undefined && size !== undefined) {
        contextWindows[model] = size;
      }
    }
  }
  return { providerLabels: Object.fromEntries(providers.map(({ id, label }) => [id, label])), contextWindows };
}
