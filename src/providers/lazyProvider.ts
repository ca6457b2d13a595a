import type { ModelProvider } from '../orchestrator/ports.ts';

/** What is known of a provider before its code is loaded. */
export type ProviderFacts = Omit<ModelProvider, 'ready' | 'stream'>;

/** A provider whose code is loaded when it is first used. A load that failed is tried again the next time. */
export function createLazyProvider(facts: ProviderFacts, load: () => Promise<ModelProvider>): ModelProvider {
  let loading: Promise<ModelProvider> | undefined;
  const provider = (): Promise<ModelProvider> => {
    loading ??= load().catch((error: unknown) => {
      loading = undefined;
      throw error;
    });
    return loading;
  };
  return {
    id: facts.id,
    label: facts.label,
    get rateKey() {
      return facts.rateKey;
    },
    ...(facts.models === undefined ? {} : { models: facts.models }),
    contextWindow: (model) => facts.contextWindow(model),
    ready: async () => (await provider()).ready(),
    stream: async function* (request, signal) {
      yield* (await provider()).stream(request, signal);
    },
  };
}
