/*
 * Placeholders in the texts of a workflow: {{task}}, {{item}}, {{input.NAME}} and {{input.NAME or some text}}.
 */

export type Placeholder =
  | { readonly kind: 'task' }
  | { readonly kind: 'item' }
  /** `otherwise` stands for an input that was not given. */
  | { readonly kind: 'input'; readonly name: string; readonly otherwise?: string | undefined }
  | { readonly kind: 'unknown' };

/** What placeholders stand for. A missing `item` leaves its placeholder as it is, for whoever knows it later. */
export interface PlaceholderValues {
  readonly task: string;
  readonly item?: string | undefined;
  /** The value of an input; undefined or empty when it was not given. */
  readonly input: (name: string) => string | undefined;
}

const pattern = /\{\{([^{}]*)\}\}/g;

/** Every placeholder of a text in its order, with the text it is written as. */
export function findPlaceholders(text: string): readonly { readonly raw: string; readonly placeholder: Placeholder }[] {
  return [...text.matchAll(pattern)].map(([raw, inside]) => ({ raw, placeholder: readPlaceholder(inside ?? '') }));
}

/** The text with its placeholders filled in once: placeholders inside a value stay as they are. */
export function fillPlaceholders(text: string, { task, item, input }: PlaceholderValues): string {
  return text.replace(pattern, (raw, inside: string) => {
    const placeholder = readPlaceholder(inside);
    switch (placeholder.kind) {
      case 'task':
        return task;
      case 'item':
        return item ?? raw;
      case 'input':
        return input(placeholder.name) || (placeholder.otherwise ?? '');
      case 'unknown':
        return raw;
    }
  });
}

function readPlaceholder(inside: string): Placeholder {
  const text = inside.trim();
  if (text === 'task' || text === 'item') {
    return { kind: text };
  }
  const input = /^input\.([\w-]+)(?:\s+or\s+([\s\S]+))?$/.exec(text);
  return input?.[1] === undefined ? { kind: 'unknown' } : { kind: 'input', name: input[1], otherwise: input[2] };
}
