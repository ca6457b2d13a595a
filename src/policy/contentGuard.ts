import { hiddenNote, showHidden } from './hiddenText.ts';

/** Makes what all results of tools pass before they are kept and told. Passing twice changes nothing more. */
export function createContentGuard(redact: (text: string) => string): { readonly told: (text: string) => string } {
  return {
    told: (text) => {
      const shown = showHidden(text);
      const note = hiddenNote(shown);
      const told = redact(shown.text);
      return note === undefined ? told : `${told}\n${note}`;
    },
  };
}
