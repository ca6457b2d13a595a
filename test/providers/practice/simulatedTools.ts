import picomatch from 'picomatch';
import type { Json } from '../../../src/core/json.ts';

/** What a simulated tool answers. */
export interface ToolAnswer {
  readonly text: string;
  readonly isError: boolean;
}
type Input = Readonly<Record<string, Json>>;

const ok = (text: string): ToolAnswer => ({ text, isError: false });
const failed = (text: string): ToolAnswer => ({ text, isError: true });
const str = (input: Input, name: string): string | undefined => (typeof input[name] === 'string' ? input[name] : undefined);
const num = (input: Input, name: string): number | undefined => (typeof input[name] === 'number' ? input[name] : undefined);

const isInput = (value: Json): value is Input => typeof value === 'object' && value !== null && !Array.isArray(value);
const listOf = (input: Input, name: string): readonly Json[] => {
  const value = input[name];
  return value !== undefined && Array.isArray(value) ? value : [];
};

/** The work tools over files in memory, answering in the words of the real ones. */
export class SimulatedTools {
  readonly files: Map<string, string>;
  readonly commands: string[] = [];
  /** How the next commands end: the text a real run answers with, and whether it is an error. */
  commandAnswer: ToolAnswer = ok('exit code 0\nv22.0.0');
  /** The plan by task id. */
  readonly plan = new Map<string, Input>();
  readonly artefacts = new Map<string, string>();

  constructor(files: Readonly<Record<string, string>>) {
    this.files = new Map(Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  run(name: string, input: Input): ToolAnswer {
    const path = str(input, 'path');
    if (path !== undefined && name !== 'write_file' && !this.#exists(path)) {
      return failed(`${path} does not exist. Use list_files or find_files to see what there is.`);
    }
    switch (name) {
      case 'read_file':
        return this.#read(path ?? '', num(input, 'from_line') ?? 1, num(input, 'to_line'));
      case 'list_files':
        return this.#list(path, num(input, 'depth') ?? 1);
      case 'find_files':
        return this.#find(str(input, 'glob') ?? '', path);
      case 'search_text':
        return this.#search(input, path);
      case 'edit_file':
        return this.#edit(path ?? '', str(input, 'old_text') ?? '', str(input, 'new_text') ?? '', input['replace_all'] === true);
      case 'write_file':
        this.files.set(path ?? '', str(input, 'content') ?? '');
        return ok(`Wrote ${path}`);
      case 'run_command':
        this.commands.push(str(input, 'command') ?? '');
        return this.commandAnswer;
      case 'change_plan':
        return this.#changePlan(input);
      case 'view_plan':
        return ok([...this.plan].map(([id, task]) => `- ${id}: ${str(task, 'title') ?? ''} (${str(task, 'agent_type') ?? ''})`).join('\n'));
      case 'publish_artefact':
        this.artefacts.set(str(input, 'name') ?? '', str(input, 'content') ?? '');
        return ok(`Published ${str(input, 'name')} as version 1.`);
      case 'read_artefact':
        return ok(`${str(input, 'name')}, version 1:\n${this.artefacts.get(str(input, 'name') ?? '') ?? ''}`);
      default:
        return ok('Done.');
    }
  }

  #exists(path: string): boolean {
    return this.files.has(path) || [...this.files.keys()].some((file) => file.startsWith(`${path}/`));
  }

  #below(path: string | undefined): string[] {
    return [...this.files.keys()].filter((file) => path === undefined || file === path || file.startsWith(`${path}/`));
  }

  #read(path: string, from: number, to: number | undefined): ToolAnswer {
    const content = this.files.get(path);
    if (content === undefined) {
      return failed(`${path} is a folder; use list_files to see what is in it.`);
    }
    const lines = linesOf(content);
    if (from > Math.max(1, lines.length)) {
      return failed(`${path} has only ${lines.length} lines; from_line ${from} is after its end.`);
    }
    const shown = lines.slice(from - 1, to).map((line, index) => `${String(from + index).padStart(5)}\t${line}`);
    return ok([`${path} (lines ${from}-${from + shown.length - 1} of ${lines.length})`, ...shown].join('\n'));
  }

  #list(path: string | undefined, depth: number): ToolAnswer {
    const start = path === undefined ? 0 : path.split('/').length;
    const entries = new Set<string>();
    for (const file of this.#below(path)) {
      const parts = file.split('/');
      for (let level = start + 1; level <= Math.min(parts.length, start + depth); level++) {
        entries.add(parts.slice(0, level).join('/') + (level < parts.length ? '/' : ''));
      }
    }
    return ok([...entries].join('\n') || 'The folder is empty.');
  }

  #find(glob: string, path: string | undefined): ToolAnswer {
    const matches = picomatch(glob, { dot: true });
    return ok(
      this.#below(path)
        .filter((file) => matches(file))
        .join('\n') || 'No file matches.',
    );
  }

  #search(input: Input, path: string | undefined): ToolAnswer {
    const pattern = str(input, 'pattern') ?? '';
    const source = input['literal'] === true ? pattern.replace(/[.*+?^${}()|[\]\\]/g, '\\$&') : pattern;
    const expression = new RegExp(source, input['ignore_case'] === true ? 'i' : '');
    const glob = str(input, 'glob');
    const matches = glob === undefined ? () => true : picomatch(glob, { dot: true });
    const rows = this.#below(path)
      .filter((file) => matches(file))
      .flatMap((file) =>
        linesOf(this.files.get(file) ?? '').flatMap((line, index) => (expression.test(line) ? [`${file}:${index + 1}: ${line}`] : [])),
      );
    return ok(rows.slice(0, num(input, 'max_results') ?? 100).join('\n') || 'No match.');
  }

  /** All at once or not at all, like the real one. */
  #changePlan(input: Input): ToolAnswer {
    const next = new Map(this.plan);
    for (const id of listOf(input, 'cancel')) {
      next.delete(typeof id === 'string' ? id : '');
    }
    for (const task of [...listOf(input, 'add'), ...listOf(input, 'edit')].filter(isInput)) {
      const id = str(task, 'id') ?? '';
      if (listOf(input, 'add').includes(task) && next.has(id)) {
        return failed(`Two tasks have the id "${id}". Give each task an id of its own.`);
      }
      next.set(id, { ...next.get(id), ...task });
    }
    for (const [id, task] of next) {
      const lost = listOf(task, 'depends_on').find((other) => typeof other === 'string' && !next.has(other));
      if (lost !== undefined) {
        return failed(`Task "${id}" names "${JSON.stringify(lost)}", which is not in the plan.`);
      }
    }
    this.plan.clear();
    for (const [id, task] of next) {
      this.plan.set(id, task);
    }
    return ok(`Changed the plan. It has ${this.plan.size} tasks.`);
  }

  #edit(path: string, before: string, after: string, all: boolean): ToolAnswer {
    const content = this.files.get(path) ?? '';
    const count = content.split(before).length - 1;
    if (all && count > 0) {
      this.files.set(
        path,
        content.replaceAll(before, () => after),
      );
      return ok(`Edited ${path}`);
    }
    if (count !== 1) {
      return failed(`old_text occurs ${count} times in ${path}.`);
    }
    this.files.set(
      path,
      content.replace(before, () => after),
    );
    return ok(`Edited ${path}`);
  }
}

/** The lines of a text; the end of the last does not begin another. */
export function linesOf(content: string): string[] {
  const lines = content.split('\n');
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}
