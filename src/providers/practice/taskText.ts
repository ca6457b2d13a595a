/*
 * What a brief's text is about: workflows put the person's own words below a line that announces them, and only those words say what to look for.
 */

const announced = /^(?:The|What|Answer)\b[^\n]*:\n(?!- )/m;
const after = /\n\s*\n(?=Verdict ["“]|For every task|The change note|(?:The|What) [^\n]*:\n)/;

/** The person's words in an objective that was written around them; the whole objective when it announces none. */
export function taskIn(objective: string): string {
  const match = announced.exec(objective);
  const rest = match === null ? objective : objective.slice(match.index + match[0].length);
  return (match === null ? rest : (rest.split(after)[0] ?? rest)).trim();
}

/** The command that an objective names to be run as it stands, if it names one and does not leave it to the agent to find. */
export function commandIn(objective: string): string | undefined {
  const command = /\bRun this\b[^\n]*:\n([^\n]+)/.exec(objective)?.[1]?.trim();
  return command === undefined || /^the project['’]s own\b/i.test(command) ? undefined : command.replace(/^`(.*)`$/, '$1');
}

/** Whether an objective wants something run. */
export const asksToRun = (objective: string): boolean => /\bRun this\b[^\n]*:/.test(objective);

/** A name and what it is to become. */
export interface Renaming {
  readonly from: string;
  readonly to: string;
}

/** The renaming a task asks for, if it names both names. */
export function renamingIn(task: string): Renaming | undefined {
  const match =
    /\b(?:rename|replace|change)\b(?:\s+(?:the|all|every|each|function|method|class|variable|constant|type|uses?|calls?|of|to)\b)*\s+[`"“']?([\w$.]+)[`"”']?(?:\(\))?\s+(?:to|with|by|into)\s+[`"“']?([\w$.]+)[`"”']?/i.exec(
      task,
    );
  const [, from = '', to = ''] = match ?? [];
  const isName = (word: string) => /^[A-Za-z_$][\w$]*(\.[A-Za-z_$][\w$]*)*$/.test(word);
  const [old, now] = [from.replace(/\.+$/, ''), to.replace(/\.+$/, '')];
  return isName(old) && isName(now) && old !== now ? { from: old, to: now } : undefined;
}

/** Where a name stands by itself, not as a part of a longer one. */
export function wholeName(name: string): RegExp {
  return new RegExp(`(?<![\\w$])${name.replaceAll(/[.$]/g, '\\$&')}(?![\\w$])`, 'g');
}
