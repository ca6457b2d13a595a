import { isComment, type Probe, prose } from './probes.ts';
import type { SeenLine } from './toolText.ts';

/*
 * Edits that are certainly safe: each changes part of one line, and can be judged from that line alone.
 */

const slips: Readonly<Record<string, string>> = {
  teh: 'the',
  recieve: 'receive',
  recieved: 'received',
  seperate: 'separate',
  seperated: 'separated',
  seperately: 'separately',
  occured: 'occurred',
  occuring: 'occurring',
  definately: 'definitely',
  accross: 'across',
  enviroment: 'environment',
  dependancy: 'dependency',
  neccessary: 'necessary',
  succesful: 'successful',
  succesfully: 'successfully',
  wether: 'whether',
  untill: 'until',
  refered: 'referred',
  existance: 'existence',
  paramater: 'parameter',
  paramaters: 'parameters',
  reponse: 'response',
  lenght: 'length',
  thier: 'their',
  begining: 'beginning',
  explicitely: 'explicitly',
  overriden: 'overridden',
  sucess: 'success',
};
const slipPattern = `\\b(${Object.keys(slips).join('|')})\\b`;
const doubled = ['the', 'of', 'and', 'to', 'with', 'for', 'an'];
const doubledPattern = `\\b(${doubled.map((word) => `${word} ${word}`).join('|')})\\b`;

/** Prose may be corrected; code, addresses and quoted names in it may not. */
function isPlainProse(line: SeenLine): boolean {
  return /\.(md|mdx|markdown|txt|rst|adoc)$/i.test(line.path) && !/`|https?:|^\s{4}|^\s*[|>$]|^\t|<\w/.test(line.text);
}

const ownerless = /\b(TODO|FIXME)(?::| -)? +(?=\w)/;
/** Hosts that have answered https for years, so that the change is certainly safe. */
const securedHosts =
  '(www\\.)?(github\\.com|gitlab\\.com|npmjs\\.com|npmjs\\.org|nodejs\\.org|opensource\\.org|en\\.wikipedia\\.org|developer\\.mozilla\\.org|stackoverflow\\.com)';

export const fixProbes = {
  typo: {
    pattern: slipPattern,
    glob: prose,
    what: 'common slips of spelling in the documents',
    holds: (line) => isPlainProse(line) && new RegExp(slipPattern).test(line.text),
    claim: 'A word is misspelt',
    severity: 'low',
    advice: 'Correct the slips of spelling in the documents',
  },
  doubledWord: {
    pattern: doubledPattern,
    glob: prose,
    what: 'words written twice',
    holds: (line) => isPlainProse(line) && new RegExp(doubledPattern).test(line.text),
    claim: 'A word is written twice',
    severity: 'low',
    advice: 'Remove the doubled words in the documents',
  },
  plainLink: {
    pattern: `http://${securedHosts}[/)\\s]`,
    glob: prose,
    what: 'links without encryption to hosts that have it',
    holds: (line) => /\.(md|mdx|markdown|txt|rst|adoc)$/i.test(line.path) && new RegExp(`http://${securedHosts}[/)\\s]`).test(line.text),
    claim: 'A link goes without encryption to a host that has it',
    severity: 'low',
    advice: 'Let the links in the documents use https',
  },
  trailingBlank: {
    pattern: '^\\s*(//|#|\\*) .*\\S[ \\t]+$',
    what: 'blanks at the end of comment lines',
    holds: (line) =>
      isComment(line.text) && /^\s*(\/\/|#|\*) .*\S[ \t]+$/.test(line.text) && !/\.(md|mdx|markdown|rst|txt)$/i.test(line.path),
    claim: 'A comment line ends in blanks',
    severity: 'info',
    advice: 'Remove the blanks at line ends, with a formatter',
  },
  ownerlessTodo: {
    pattern: '^\\s*(//|#|\\*) *(TODO|FIXME)(:| -)? +\\w',
    what: 'TODO comments without an owner',
    holds: (line) =>
      isComment(line.text) && /^\s*(\/\/|#|\*) *(TODO|FIXME)(:| -)? +\w/.test(line.text) && !/\.(md|mdx|markdown)$/i.test(line.path),
    claim: 'A TODO names no owner',
    severity: 'low',
    advice: 'Give each TODO an owner or a tracked task',
  },
} as const satisfies Record<string, Probe>;

/** A line as it is and as it should be, and why. */
export interface Fix extends SeenLine {
  readonly better: string;
  readonly why: string;
}

/** The safe correction of a line, if it needs one. */
export function fixOf(line: SeenLine): Fix | undefined {
  if (line.text.length > 400) {
    return undefined;
  }
  if (fixProbes.typo.holds(line)) {
    const better = line.text.replace(new RegExp(slipPattern, 'g'), (word) => slips[word] ?? word);
    const [wrong = ''] = new RegExp(slipPattern).exec(line.text) ?? [];
    return { ...line, better, why: `“${wrong}” is written “${slips[wrong] ?? wrong}”` };
  }
  if (fixProbes.doubledWord.holds(line)) {
    const better = line.text.replace(new RegExp(doubledPattern, 'g'), (words) => words.split(' ')[0] ?? words);
    return { ...line, better, why: 'a word is written twice' };
  }
  if (fixProbes.plainLink.holds(line)) {
    const better = line.text.replace(new RegExp(`http://(?=${securedHosts}[/)\\s])`, 'g'), 'https://');
    return { ...line, better, why: 'a link goes to its host without encryption' };
  }
  if (fixProbes.trailingBlank.holds(line)) {
    return { ...line, better: line.text.trimEnd(), why: 'the comment line ends in blanks' };
  }
  if (fixProbes.ownerlessTodo.holds(line)) {
    return { ...line, better: line.text.replace(ownerless, '$1(owner unknown): '), why: 'the TODO names no owner, and now says so' };
  }
  return undefined;
}
