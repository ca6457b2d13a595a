/*
 * Commands that are refused with a reason rather than asked about. This is for a clear message only and never the boundary: whoever
 * wants to hide such a command from these patterns can. What they miss is confined or asked about like anything else.
 */

interface Segment {
  /** Words as they would be without quotes; the first is the command. */
  readonly words: readonly string[];
  /** The command before, when this one reads what it writes. */
  readonly from: Segment | undefined;
}

const becomesRoot: ReadonlySet<string> = new Set(['sudo', 'su', 'doas', 'pkexec', 'runuser']);
const stopsMachine: ReadonlySet<string> = new Set(['shutdown', 'reboot', 'halt', 'poweroff']);
const passesOn: ReadonlySet<string> = new Set(['command', 'exec', 'nohup', 'time', 'env', 'builtin', 'then', 'do', 'else', '!', '{', '(']);
const interpreters = /^(ba|da|z|k|fi)?sh$|^(python|perl|ruby|node|php)[\d.]*$/;
const everything: ReadonlySet<string> = new Set([
  '/',
  '/*',
  '~',
  '~/',
  '~/*',
  '$HOME',
  '$HOME/',
  '$HOME/*',
  '.',
  './',
  './*',
  '*',
  '..',
  '../',
  '../*',
]);

/** Why a command is refused, or undefined. A text whose quotes are open at its end is looked at up to them. */
export function hardReason(text: string): string | undefined {
  if (text.replace(/\s+/g, '').includes(':(){:|:')) {
    return 'it starts copies of itself until the machine stops.';
  }
  for (const segment of segmentsOf(text)) {
    const reason = reasonOf(segment);
    if (reason !== undefined) {
      return reason;
    }
  }
  return undefined;
}

function reasonOf({ words, from }: Segment): string | undefined {
  const [name = '', ...args] = words;
  const program = name.split('/').at(-1) ?? '';
  if (becomesRoot.has(program)) {
    return `agents do not run commands as another user (${program}). Say what has to be done, and the person can do it.`;
  }
  if (stopsMachine.has(program)) {
    return `it stops this machine (${program}).`;
  }
  if (/^mkfs(\.|$)/.test(program) || (program === 'dd' && args.some((arg) => /^of=\/dev\/(?!null$)/.test(arg)))) {
    return `it overwrites a disk (${program}).`;
  }
  if (words.some((word) => /^\d*>+\/dev\/(sd|nvme|vd|hd|disk|mem|kmem)/.test(word))) {
    return 'it writes to a device.';
  }
  if (program === 'rm' && args.some(isRecursive) && args.some((arg) => everything.has(arg))) {
    return 'it deletes a whole folder of which nobody said what is in it. Name what is to be deleted.';
  }
  if (program === 'kill' && args.length > 1 && args.at(-1) === '-1') {
    return 'it ends every process of the person.';
  }
  if (program === 'git' && isForcedPush(args)) {
    return 'it overwrites what others may have (git push --force). The person can do it.';
  }
  const source = from?.words[0]?.split('/').at(-1);
  if ((source === 'curl' || source === 'wget') && interpreters.test(program)) {
    return `it runs what ${source} loads from the network. Save it to a file and look at it first.`;
  }
  return undefined;
}

function isRecursive(arg: string): boolean {
  return arg === '--recursive' || /^-[a-zA-Z]*[rR]/.test(arg);
}

function isForcedPush(args: readonly string[]): boolean {
  const at = args.indexOf('push');
  return (
    at !== -1 &&
    args.slice(at + 1).some((arg) => arg === '--force' || arg === '--mirror' || /^-[a-zA-Z]*f/.test(arg) || arg.startsWith('+'))
  );
}

/** Commands, roughly: quotes and backslashes are followed, here documents are not read. */
function segmentsOf(text: string): readonly Segment[] {
  const segments: Segment[] = [];
  const token = /<<|\|\||&&|[;|&\n()`]|\$\(|[ \t]+|(?:'[^']*'|"(?:[^"\\]|\\[\s\S])*"|\\[\s\S]|\$(?!\()|[^\s;|&()`'"\\$<]|<(?!<))+/y;
  let words: string[] = [];
  let from: Segment | undefined;
  const close = (pipes: boolean) => {
    const segment = words.length === 0 ? undefined : { words: withoutPrefix(words), from };
    if (segment !== undefined) {
      segments.push(segment);
    }
    from = pipes ? segment : undefined;
    words = [];
  };
  for (let at = 0; at < text.length; at = token.lastIndex) {
    token.lastIndex = at;
    const part = token.exec(text)?.[0];
    if (part === undefined || part === '<<') {
      break;
    }
    if (/^(\|\||&&|[;|&\n()`]|\$\()$/.test(part)) {
      close(part === '|');
    } else if (part.trim() !== '') {
      words.push(unquote(part));
    }
  }
  close(false);
  return segments;
}

function unquote(part: string): string {
  return part.replace(
    /'([^']*)'|"((?:[^"\\]|\\[\s\S])*)"|\\([\s\S])/g,
    (_, single?: string, double?: string, escaped?: string) => single ?? double ?? escaped ?? '',
  );
}

function withoutPrefix(words: readonly string[]): readonly string[] {
  const at = words.findIndex((word) => !/^\w+=/.test(word) && !passesOn.has(word));
  return at === -1 ? words : words.slice(at);
}
