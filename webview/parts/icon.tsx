import type { Sign } from '../text/words.ts';

/** A codicon that only repeats what the words beside it say. */
export function Icon({ name, tone, spin }: { readonly name: string; readonly tone?: Sign['tone']; readonly spin?: boolean }) {
  return (
    <span class={`codicon codicon-${name}${tone === undefined ? '' : ` tone-${tone}`}${spin === true ? ' spin' : ''}`} aria-hidden="true" />
  );
}

/** Whether an icon is one that turns while work goes on. */
export function isTurning(icon: string): boolean {
  return icon === 'loading' || icon === 'gear';
}
