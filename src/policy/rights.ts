import type { Ask } from '../core/events.ts';
import { isBuildPath, isProtectedPath } from './protectedPaths.ts';
import { hasHiddenText } from './visibleText.ts';

/** What the person's settings let agents do without asking. */
export interface RightsSettings {
  readonly writes: 'ask' | 'allow';
  readonly commands: 'ask' | 'allowListed';
  /** Whole command texts; only the very same text is allowed, since any part of a command can change what it does. */
  readonly allowedCommands: readonly string[];
}

type Decision = { readonly kind: 'allow' } | { readonly kind: 'ask' };

/** The rule for a person's settings. Looks at the plan alone and asks whenever it is not sure. */
export function createRights(settings: RightsSettings): (ask: Ask) => Decision {
  return (ask) => (isAllowed(ask, settings) ? { kind: 'allow' } : { kind: 'ask' });
}

function isAllowed(ask: Ask, settings: RightsSettings): boolean {
  switch (ask.kind) {
    case 'write':
      return settings.writes === 'allow' && !isProtectedPath(ask.path) && !hasHiddenText(ask.path) && !decidesCommand(ask.path, settings);
    case 'command':
      return runsUnasked(settings) && settings.allowedCommands.includes(ask.command) && !hasHiddenText(ask.command);
    case 'question':
      return false;
  }
}

/** Without this, an agent could make `npm test` mean anything and then run it, all without a click. */
function decidesCommand(path: string, settings: RightsSettings): boolean {
  return runsUnasked(settings) && isBuildPath(path);
}

function runsUnasked({ commands, allowedCommands }: RightsSettings): boolean {
  return commands === 'allowListed' && allowedCommands.length > 0;
}
