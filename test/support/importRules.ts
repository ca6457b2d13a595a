/*
 * Who may import whom, as a program. src/README.md tells the same table in words.
 */

/** A file imports another file of the checkout, or a package. `to` has forward slashes from the checkout's root, or is the package as written. */
export interface Edge {
  readonly from: string;
  readonly to: string;
  readonly isType: boolean;
}

interface Rule {
  /** Folders below src, or single files without their ending, whose values and types may be imported. */
  readonly values: readonly string[];
  /** The same for types alone. */
  readonly types?: readonly string[];
  /** `node:` stands for every built-in module. */
  readonly packages: readonly string[];
}

const preact = ['preact', 'preact/hooks', 'preact/compat', '@preact/signals'];

const rules: Readonly<Record<string, Rule>> = {
  lib: { values: [], packages: [] },
  core: { values: [], packages: ['zod'] },
  policy: { values: ['core'], packages: ['picomatch'] },
  protocol: { values: ['core'], packages: ['zod'] },
  orchestrator: { values: ['core', 'lib'], packages: [] },
  store: { values: ['core', 'lib', 'orchestrator/ports'], packages: ['node:'] },
  workspace: {
    values: ['core', 'lib', 'policy', 'orchestrator/ports'],
    packages: ['node:', 'ignore', 'picomatch', 'diff', '@anthropic-ai/sandbox-runtime'],
  },
  providers: { values: ['core', 'lib', 'orchestrator/ports'], packages: ['@anthropic-ai/sdk'] },
  tools: { values: ['core', 'lib', 'policy', 'orchestrator/ports'], types: ['workspace'], packages: ['zod', 'diff'] },
  workflows: { values: ['core', 'lib'], types: ['orchestrator/ports'], packages: ['yaml'] },
  platform: { values: ['core', 'lib', 'orchestrator/ports'], types: ['workspace'], packages: ['vscode', 'node:'] },
  ui: { values: ['core', 'protocol', 'lib', 'policy', 'orchestrator/ports', 'api'], packages: ['vscode'] },
  webview: { values: ['core', 'protocol'], packages: [...preact, '@tanstack/virtual-core', 'uplot', 'marked', 'dompurify'] },
};

/** The composition root: extension.ts, with the making of a fleet, its life and its definitions in files of their own. */
const roots: readonly string[] = [
  'src/extension.ts',
  'src/agentPlaces.ts',
  'src/definitionParts.ts',
  'src/fleetLife.ts',
  'src/liveDefinitions.ts',
  'src/openFleet.ts',
  'src/openProviders.ts',
];

/** The only files of core that may know zod: they are where untrusted data is parsed. */
const zodFiles = [
  'src/core/events.ts',
  'src/core/eventParts.ts',
  'src/core/planEvents.ts',
  'src/core/train/trainEvents.ts',
  'src/core/commands.ts',
];

/** Every import and re-export a file's text names, types included, with relative ones resolved. */
export function findEdges(file: string, text: string): readonly Edge[] {
  const code = withoutComments(text);
  const statement = /(?:^|[;}\s])(?:import|export)\s+(type\s+)?((?:[\w*{}\s,$]|as)*?)\s*from\s*['"]([^'"]+)['"]/g;
  const bare = /(?:^|[;}\s])import\s*['"]([^'"]+)['"]/g;
  const dynamic = /\bimport\(\s*['"]([^'"]+)['"]\s*\)(\s*\.\s*[A-Z])?/g;
  return [
    ...[...code.matchAll(statement)].map((match) => edge(file, match[3] ?? '', match[1] !== undefined || hasOnlyTypes(match[2] ?? ''))),
    ...[...code.matchAll(bare)].map((match) => edge(file, match[1] ?? '', false)),
    ...[...code.matchAll(dynamic)].map((match) => edge(file, match[1] ?? '', match[2] !== undefined)),
  ];
}

/** What the table says against these imports, one line each. */
export function checkEdges(edges: readonly Edge[]): readonly string[] {
  return edges.flatMap((one) => {
    const trouble = troubleWith(one);
    return trouble === undefined ? [] : [`${one.from} imports ${one.isType ? 'types of ' : ''}${one.to}: ${trouble}`];
  });
}

/** Every import cycle among values, each as the path that comes back to its start. */
export function findCycles(edges: readonly Edge[]): readonly string[] {
  const next = new Map<string, string[]>();
  for (const { from, to, isType } of edges) {
    if (!isType) {
      next.set(from, [...(next.get(from) ?? []), to]);
    }
  }
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (file: string, path: readonly string[]): void => {
    const at = path.indexOf(file);
    if (at >= 0) {
      cycles.push([...path.slice(at), file].join(' → '));
      return;
    }
    if (!done.has(file)) {
      for (const to of next.get(file) ?? []) {
        visit(to, [...path, file]);
      }
      done.add(file);
    }
  };
  for (const file of next.keys()) {
    visit(file, []);
  }
  return cycles;
}

function troubleWith({ from, to, isType }: Edge): string | undefined {
  if (roots.includes(from)) {
    return undefined;
  }
  if (roots.includes(to)) {
    return 'nothing imports the composition root';
  }
  const area = areaOf(from);
  const rule = rules[area];
  if (rule === undefined) {
    return `the folder ${area} is not in the import table`;
  }
  if (isPackage(to)) {
    return packageTrouble(from, to, area, rule);
  }
  const allowed = isType ? [...rule.values, ...(rule.types ?? [])] : rule.values;
  const target = to.replace(/^src\//, '').replace(/\.tsx?$/, '');
  const inside = areaOf(to) === area;
  return inside || allowed.some((one) => target === one || target.startsWith(`${one}/`)) ? undefined : `${area} may not`;
}

function packageTrouble(from: string, to: string, area: string, rule: Rule): string | undefined {
  if (area === 'core' && to === 'zod' && !zodFiles.includes(from)) {
    return 'in core only events.ts and commands.ts parse';
  }
  const allowed = rule.packages.some((one) => to === one || (one.endsWith(':') ? to.startsWith(one) : to.startsWith(`${one}/`)));
  return allowed ? undefined : `${area} may not`;
}

/** The folder a file's rights depend on: `core` of `src/core/a.ts`, `webview` of all of webview. */
function areaOf(file: string): string {
  const parts = file.split('/');
  return (parts[0] === 'src' ? parts[1] : parts[0]) ?? '';
}

function isPackage(to: string): boolean {
  return !to.startsWith('src/') && !to.startsWith('webview/');
}

function edge(from: string, specifier: string, isType: boolean): Edge {
  return { from, to: specifier.startsWith('.') ? resolveFrom(from, specifier) : specifier, isType };
}

function resolveFrom(from: string, specifier: string): string {
  const parts = from.split('/').slice(0, -1);
  for (const part of specifier.split('/')) {
    if (part === '..') {
      parts.pop();
    } else if (part !== '.') {
      parts.push(part);
    }
  }
  return parts.join('/');
}

/** Whether an import clause is `{ type A, type B }`. */
function hasOnlyTypes(clause: string): boolean {
  const names = /^\{([^}]*)\}$/.exec(clause.trim())?.[1]?.split(',') ?? [];
  const filled = names.map((name) => name.trim()).filter((name) => name !== '');
  return filled.length > 0 && filled.every((name) => name.startsWith('type '));
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, ' ').replace(/(^|\s)\/\/.*$/gm, '$1');
}
