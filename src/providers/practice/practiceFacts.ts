import type { ProviderFacts } from '../lazyProvider.ts';

const contextTokens = 200_000;

/** What is known of the practice model before its rules are loaded. */
export const practiceFacts: ProviderFacts = {
  id: 'practice',
  label: 'Practice model (offline)',
  rateKey: 'practice',
  models: { lead: 'practice-lead', worker: 'practice-worker', scout: 'practice-worker' },
  contextWindow: () => contextTokens,
};
