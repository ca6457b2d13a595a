import type { DefinitionFields } from './definitionFields.ts';
import type { Dialect } from './foreignTools.ts';

/** Names that stand for a model of the person's settings: of scouts, workers and leads. */
const families: readonly string[] = ['haiku', 'sonnet', 'opus'];

/** The model a file asks for, of a list the first that can be used; undefined when the setting is to decide. */
export function readModel(fields: DefinitionFields, dialect: Dialect): string | undefined {
  const wishes = fields.list('model') ?? [];
  for (const wish of wishes) {
    const model = dialect === 'flotilla' ? wish : usable(wish);
    if (model !== undefined) {
      if (model !== wish) {
        fields.refuse('model', `${wish}: it uses the model your settings give for ${model}.`);
      }
      return model;
    }
  }
  const first = wishes[0];
  if (first !== undefined && first !== 'default') {
    fields.refuse(
      'model',
      first === 'inherit' ? 'inherit: the setting for its role decides.' : `${wishes.join(', ')}: not a model of the providers there are.`,
    );
  }
  return undefined;
}

/** Model ids are taken as they are. Names for people, such as "Claude Sonnet 4.5 (copilot)", are understood by their family. */
function usable(wish: string): string | undefined {
  const name = wish.toLowerCase();
  if (families.includes(name)) {
    return name;
  }
  if (/^(?:[a-z0-9.]+[./])?claude-[a-z0-9@.:[\]-]+$/.test(name)) {
    return wish;
  }
  return name.startsWith('claude') ? families.find((family) => name.includes(family)) : undefined;
}
