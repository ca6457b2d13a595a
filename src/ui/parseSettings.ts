import type { Effort, Isolation } from '../core/events.ts';
import { type MergedPrices, mergePrices } from '../core/priceOverrides.ts';
import { listPrices, type PriceTable } from '../core/prices.ts';
import type { FleetSettings } from '../orchestrator/ports.ts';
import { type Mode, type Policy, stricter } from '../policy/rights.ts';

/** Everything a person can set, checked and with defaults filled in. */
export interface Settings {
  readonly provider: 'auto' | 'anthropic' | 'practice';
  /** Without a trailing slash; undefined: Anthropic's own. */
  readonly baseUrl: string | undefined;
  readonly fleet: FleetSettings;
  /** The person's, with what the workspace makes stricter. */
  readonly policy: Policy;
  readonly sandbox: {
    readonly wish: 'auto' | 'required' | 'off';
    /** Hosts that confined commands may reach. */
    readonly domains: readonly string[];
  };
  /** Whether what commands change is kept, to be reviewed and undone. */
  readonly checkpoints: boolean;
  /** Where agents that change files work. */
  readonly isolation: {
    readonly isolation: Isolation;
    /** Ignored files that every worktree gets a copy of, as lines of a .gitignore. */
    readonly copy: readonly string[];
    /** Commands that run in every new worktree, one after the other. */
    readonly setup: readonly string[];
    readonly dependencies: { readonly names: readonly string[]; readonly how: 'link' | 'copy' } | undefined;
  };
  readonly prices: PriceTable;
}

/** Settings with one message for each value that was not understood and replaced by its default. */
export interface ParsedSettings {
  readonly settings: Settings;
  readonly problems: readonly string[];
}

/** The settings as the editor holds them, by name without the prefix `flotilla.`; the values may be anything. */
export type RawSettings = (name: string) => unknown;

/** Models that an agent gets when neither its spawner nor the person chose one. */
export const defaultModels = { lead: 'claude-opus-5-5', worker: 'claude-sonnet-5-5', scout: 'claude-haiku-5-5' } as const;

/** How hard each role thinks: leads decide for everyone, scouts mostly read. */
const efforts: Readonly<Record<keyof typeof defaultModels, Effort>> = { lead: 'high', worker: 'medium', scout: 'low' };

/** Reads and checks all settings. Never throws: what makes no sense is named and replaced. */
export function parseSettings(raw: RawSettings): ParsedSettings {
  const problems: string[] = [];
  const read = new Reader(raw, problems);
  const { table, problems: priceProblems }: MergedPrices = mergePrices(listPrices, raw('prices'));
  const settings: Settings = {
    provider: read.oneOf('provider', ['auto', 'anthropic', 'practice']),
    baseUrl: read.url('anthropic.baseUrl'),
    fleet: {
      models: {
        lead: read.text('models.lead', defaultModels.lead),
        worker: read.text('models.worker', defaultModels.worker),
        scout: read.text('models.scout', defaultModels.scout),
      },
      effort: efforts,
      maxConcurrentAgents: read.whole('maxConcurrentAgents', 8, 1, 500),
      maxDepth: read.whole('maxDepth', 2, 0, 10),
      maxAgentsPerRun: read.whole('maxAgentsPerRun', 100, 1, 10_000),
      budget: {
        tokens: read.amount('budget.tokens'),
        minutes: read.amount('budget.minutes'),
        usd: read.amount('budget.usd'),
      },
      sharedFiles: read.oneOf('sharedFiles', ['warn', 'wait', 'refuse']),
      fanOut: read.whole('approvals.fanOut', 10, 1, 1000),
      idleTimeoutMs: read.whole('idleTimeoutSeconds', 120, 5, 3600) * 1000,
      stuckMs: read.whole('stuckMinutes', 5, 1, 240) * 60_000,
    },
    policy: stricter(
      {
        mode: read.oneOf('approvals.mode', ['ask', 'readOnly', 'editFreely', 'autonomous']),
        allowedCommands: read.texts('approvals.allowedCommands'),
        denyWrites: read.texts('approvals.denyWrites'),
        denyCommands: read.texts('approvals.denyCommands'),
      },
      {
        mode: modeOfWorkspace(read.oneOf('workspace.mode', ['person', 'readOnly', 'ask', 'editFreely'])),
        denyWrites: read.texts('workspace.denyWrites'),
        denyCommands: read.texts('workspace.denyCommands'),
      },
    ),
    sandbox: { wish: read.oneOf('sandbox', ['auto', 'required', 'off']), domains: read.texts('sandboxDomains') },
    checkpoints: read.oneOf('checkpoints', ['on', 'off']) === 'on',
    isolation: {
      isolation: read.oneOf('isolation', ['shared', 'worktree']),
      copy: read.texts('worktree.copy'),
      setup: read.textOrTexts('worktree.setup'),
      dependencies: dependenciesOf(read.oneOf('worktree.dependencies', ['link', 'copy', 'none'])),
    },
    prices: table,
  };
  return { settings, problems: [...problems, ...priceProblems] };
}

/** A workspace without a wish leaves the person's mode as it is. */
function modeOfWorkspace(wish: 'person' | 'readOnly' | 'ask' | 'editFreely'): Mode {
  return wish === 'person' ? 'autonomous' : wish;
}

/** Folders that package managers fill, by name. */
const dependencyFolders = ['node_modules', '.venv', 'vendor'] as const;

function dependenciesOf(how: 'link' | 'copy' | 'none'): Settings['isolation']['dependencies'] {
  return how === 'none' ? undefined : { names: dependencyFolders, how };
}

/** Whether new agents get Anthropic's models rather than the practice model. An endpoint of one's own may need no key. */
export function usesAnthropic({ provider, baseUrl }: Pick<Settings, 'provider' | 'baseUrl'>, hasKey: boolean): boolean {
  return provider === 'anthropic' || (provider === 'auto' && (hasKey || baseUrl !== undefined));
}

/** Reads one value at a time and remembers what was wrong. */
class Reader {
  readonly #raw: RawSettings;
  readonly #problems: string[];

  constructor(raw: RawSettings, problems: string[]) {
    this.#raw = raw;
    this.#problems = problems;
  }

  /** The first choice is the default. */
  oneOf<T extends string>(name: string, choices: readonly [T, ...T[]]): T {
    const value = this.#raw(name);
    const found = choices.find((choice) => choice === value);
    return found ?? this.#fallBack(name, value, choices[0], `one of ${choices.map((choice) => `"${choice}"`).join(', ')}`);
  }

  whole(name: string, standard: number, low: number, high: number): number {
    const value = this.#raw(name);
    const fits = typeof value === 'number' && Number.isInteger(value) && value >= low && value <= high;
    return fits ? value : this.#fallBack(name, value, standard, `a whole number from ${low} to ${high}`);
  }

  /** A number above 0; undefined for 0, which means no limit. */
  amount(name: string): number | undefined {
    const value = this.#raw(name);
    const fits = typeof value === 'number' && Number.isFinite(value) && value >= 0;
    const amount = fits ? value : this.#fallBack(name, value, 0, 'a number from 0 on, where 0 means no limit');
    return amount === 0 ? undefined : amount;
  }

  text(name: string, standard: string): string {
    const value = this.#raw(name);
    const fits = typeof value === 'string' && value.trim() !== '';
    return fits ? value.trim() : this.#fallBack(name, value === '' ? undefined : value, standard, 'a name');
  }

  texts(name: string): readonly string[] {
    const value = this.#raw(name);
    if (!Array.isArray(value)) {
      return this.#fallBack(name, value, [], 'a list of texts');
    }
    const texts = value.filter((item): item is string => typeof item === 'string' && item.trim() !== '');
    if (texts.length < value.length) {
      this.#problems.push(`flotilla.${name}: items that are not texts are ignored.`);
    }
    return texts;
  }

  /** A list of texts, of which one may be written without the list. */
  textOrTexts(name: string): readonly string[] {
    const value = this.#raw(name);
    return typeof value === 'string' ? [value].filter((text) => text.trim() !== '') : this.texts(name);
  }

  url(name: string): string | undefined {
    const value = this.#raw(name);
    if (value === undefined || value === '') {
      return undefined;
    }
    const url = typeof value === 'string' && URL.canParse(value.trim()) ? new URL(value.trim()) : undefined;
    if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
      return this.#fallBack(name, value, undefined, 'an http or https address');
    }
    if (url.username !== '' || url.password !== '') {
      this.#problems.push(
        `flotilla.${name}: an address with a user name or password is not used. Use the command "Flotilla: Set API Key".`,
      );
      return undefined;
    }
    return url.href.replace(/\/+$/, '');
  }

  #fallBack<T>(name: string, value: unknown, standard: T, wanted: string): T {
    if (value !== undefined) {
      this.#problems.push(`flotilla.${name} must be ${wanted}; ${JSON.stringify(standard) ?? 'the default'} is used instead.`);
    }
    return standard;
  }
}
