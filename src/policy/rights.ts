import picomatch from 'picomatch';
import type { Ask, RightsSet } from '../core/events.ts';
import { allRights, mayWrite } from '../core/rights.ts';
import { isProtectedPath } from './protectedPaths.ts';
import { isBuildPath } from './taint.ts';
import { hasHiddenText } from './visibleText.ts';

/** How much agents may do without asking, from the least to the most. */
export const modes = ['readOnly', 'ask', 'editFreely', 'autonomous'] as const;
export type Mode = (typeof modes)[number];

/** What the person's settings say about asking. */
export interface Policy {
  readonly mode: Mode;
  /** Whole command texts; only the very same text is allowed, since any part of a command can change what it does. */
  readonly allowedCommands: readonly string[];
  /** Globs of workspace paths that agents never write. */
  readonly denyWrites: readonly string[];
  /** Programs, or whole command texts, that agents never run. */
  readonly denyCommands: readonly string[];
}

/** What else bears on a decision: who asks, and what the person has said before. */
export interface Standing {
  readonly rights: RightsSet;
  /** The person has said yes to this very plan for more than one call. */
  readonly granted: boolean;
  /** An agent of the run has changed a file that decides what builds and tests do, so that an allowed command may be another one by now. */
  readonly tainted: boolean;
}

type Decision = { readonly kind: 'allow' } | { readonly kind: 'ask' } | { readonly kind: 'deny'; readonly reason: string };

/** The person's policy with a workspace's wishes, which can only make it stricter. */
export function stricter(person: Policy, workspace: Pick<Policy, 'mode' | 'denyWrites' | 'denyCommands'>): Policy {
  return {
    ...person,
    mode: modes.indexOf(workspace.mode) < modes.indexOf(person.mode) ? workspace.mode : person.mode,
    denyWrites: [...person.denyWrites, ...workspace.denyWrites],
    denyCommands: [...person.denyCommands, ...workspace.denyCommands],
  };
}

/** What a mode leaves to agents at most, whatever the person answers. */
export function rightsOfMode(mode: Mode): RightsSet {
  return mode === 'readOnly' ? { ...allRights, writes: [], commands: ['direct'], network: false } : allRights;
}

/**
 * The rule for a policy. Looks at the plan and the standing alone, and asks whenever it is not sure. What is denied stays denied, whatever else
 * allows it.
 */
export function createRights(policy: Policy): (ask: Ask, standing: Standing) => Decision {
  const isDeniedPath = picomatch([...policy.denyWrites], { dot: true, nocase: true });
  return (ask, standing) => {
    const reason = denial(ask, standing, policy, isDeniedPath);
    if (reason !== undefined) {
      return { kind: 'deny', reason };
    }
    return isAllowed(ask, standing, policy) ? { kind: 'allow' } : { kind: 'ask' };
  };
}

function denial(ask: Ask, { rights }: Standing, policy: Policy, isDeniedPath: (path: string) => boolean): string | undefined {
  switch (ask.kind) {
    case 'question':
      return undefined;
    case 'write':
      if (!mayWrite(rights, ask.path)) {
        return `this agent may not change ${ask.path}. Report what should be changed instead.`;
      }
      if (policy.mode === 'readOnly') {
        return 'the person lets agents read here and change nothing. Report what should be changed instead.';
      }
      return isDeniedPath(ask.path) ? `the person's settings keep ${ask.path} from being changed by agents. Go on without it.` : undefined;
    case 'command':
      return commandDenial(ask, rights, policy);
  }
}

function commandDenial(ask: Extract<Ask, { kind: 'command' }>, rights: RightsSet, policy: Policy): string | undefined {
  const rule = policy.denyCommands.find((denied) => names(ask.command, denied));
  if (rule !== undefined) {
    return `the person's settings keep agents from running ${rule}. Go on without it.`;
  }
  const route = ask.route ?? 'shell';
  if (!rights.commands.includes(route)) {
    return 'this agent may not run commands that could change something. Use the tools for reading and searching.';
  }
  return policy.mode === 'readOnly' && route !== 'direct'
    ? 'the person lets agents run here only what provably reads. Use the tools for reading and searching.'
    : undefined;
}

/** Whether a command is the denied one, or the denied program is anywhere in it. Rather once too often than once too seldom. */
function names(command: string, denied: string): boolean {
  if (denied.trim() === '') {
    return false;
  }
  const program = /^[\w.+-]+$/.test(denied);
  return program
    ? command.split(/[^\w.+-]+/).some((word) => word.toLowerCase() === denied.toLowerCase())
    : command.trim() === denied.trim();
}

function isAllowed(ask: Ask, { granted, tainted }: Standing, { mode, allowedCommands }: Policy): boolean {
  switch (ask.kind) {
    case 'question':
      return false;
    case 'write':
      return (
        (mode === 'editFreely' || mode === 'autonomous') &&
        ask.concern === undefined &&
        !isProtectedPath(ask.path) &&
        !hasHiddenText(ask.path) &&
        // Without this, an agent could make an allowed command mean anything and then run it, all without a click.
        !(isBuildPath(ask.path) && allowedCommands.length > 0)
      );
    case 'command':
      if (hasHiddenText(ask.command)) {
        return false;
      }
      return (
        ask.route === 'direct' ||
        (ask.route === 'sandboxed' && mode === 'autonomous') ||
        ((granted || allowedCommands.includes(ask.command)) && (ask.route === 'sandboxed' || !tainted))
      );
  }
}
