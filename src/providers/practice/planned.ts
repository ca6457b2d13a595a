import type { Json } from '../../core/json.ts';

/** Input of a call: the fixed snake_case shapes of the tools. */
export type CallInput = Readonly<Record<string, Json>>;

/** A call the practice model wants to make. */
export interface PlannedCall {
  readonly kind: 'call';
  readonly name: string;
  readonly input: CallInput;
}

/** One block of a planned reply, before it has ids. */
export type Planned = { readonly kind: 'thinking' | 'text'; readonly text: string } | PlannedCall;

export const thinking = (text: string): Planned => ({ kind: 'thinking', text });
export const text = (value: string): Planned => ({ kind: 'text', text: value });
export const call = (name: string, input: CallInput = {}): PlannedCall => ({ kind: 'call', name, input });

/** Two calls with one key are the same call; the order of fields does not count. */
export function callKey(planned: { readonly name: string; readonly input: CallInput }): string {
  return `${planned.name} ${JSON.stringify(Object.entries(planned.input).sort(([a], [b]) => (a < b ? -1 : 1)))}`;
}
