import { findModel, type PriceTable } from './core/prices.ts';
import type { ModelProvider } from './orchestrator/ports.ts';
import { createLazyProvider } from './providers/lazyProvider.ts';
import { practiceFacts } from './providers/practice/practiceFacts.ts';
import type { OpenFleetDeps } from './openFleet.ts';
import { usesAnthropic } from './ui/parseSettings.ts';

/*
 * Part of the composition root: where replies come from.
 */

/** All sources of models, and the one that new agents get. */
export interface Providers {
  readonly all: readonly ModelProvider[];
  readonly current: () => ModelProvider;
  /** The person's prices, and those of models that are free. */
  readonly prices: () => PriceTable;
}

/** What the sources need. */
export interface ProviderDeps extends Pick<OpenFleetDeps, 'clock' | 'settings'> {
  /** Nobody watches: tests run in this window. */
  readonly unwatched: boolean;
}

/** Makes the sources; each is loaded when it is first asked for something. */
export function createProviders(deps: ProviderDeps, readKey: () => string | undefined): Providers {
  const { clock, settings, unwatched } = deps;
  const practice = createLazyProvider(practiceFacts, async () => {
    const { briskPace, createPracticeModel, watchablePace } = await import('./providers/practice/practiceModel.ts');
    return createPracticeModel({ clock, pace: unwatched ? briskPace : watchablePace });
  });
  const facts = {
    id: 'anthropic',
    label: 'Anthropic',
    get rateKey() {
      return `anthropic ${settings().baseUrl ?? ''}`;
    },
    contextWindow: (model: string) => findModel(settings().prices, model)?.contextWindow,
  };
  const anthropic = createLazyProvider(facts, async () => {
    const { createAnthropicProvider } = await import('./providers/anthropic/index.ts');
    const options = { baseUrl: () => settings().baseUrl, prices: () => settings().prices, now: () => clock.now() };
    return createAnthropicProvider({ ...options, readKey: async () => readKey() });
  });
  const free = { contextWindow: 0, maxOutput: 0, prices: [{ bands: [{ input: 0, output: 0 }] }] };
  const freeModels: PriceTable = Object.fromEntries(Object.values(practice.models ?? {}).map((model) => [model, free]));
  return {
    all: [anthropic, practice],
    prices: () => ({ ...settings().prices, ...freeModels }),
    current: () => (usesAnthropic(settings(), readKey() !== undefined) ? anthropic : practice),
  };
}
