import { CST, Lexer } from 'yaml';

/** How deep fields may nest; people write four or five levels. */
const maxDepth = 100;
/** How many tokens fields may have: about 4000 values. The parser compares every name of a list with every other. */
const maxTokens = 20_000;

/**
 * Why YAML is not given to the parser, if so. The parser recurses for every level, and a text made for it ends the whole process rather than
 * throwing; the lexer does not recurse. The depth is an upper bound: every level takes a column of indentation, a bracket, or a mark on its line.
 */
export function findSizeTrouble(source: string): string | undefined {
  let tokens = 0;
  let depth = 0;
  /** The depth at which each open bracket's items begin. */
  const brackets: number[] = [];
  let atLineStart = true;
  for (const token of new Lexer().lex(source)) {
    const type = CST.tokenType(token);
    switch (type) {
      case 'newline':
        depth = brackets.length === 0 ? 0 : depth;
        break;
      case 'space':
        depth += atLineStart && brackets.length === 0 ? token.length : 0;
        break;
      case 'flow-seq-start':
      case 'flow-map-start':
        depth++;
        brackets.push(depth);
        break;
      case 'flow-seq-end':
      case 'flow-map-end':
        depth = Math.max(0, (brackets.pop() ?? depth) - 1);
        break;
      case 'comma':
        depth = brackets.at(-1) ?? depth;
        break;
      case 'seq-item-ind':
      case 'explicit-key-ind':
      case 'map-value-ind':
        depth++;
        break;
      default:
        break;
    }
    atLineStart = type === 'newline';
    tokens++;
    if (depth > maxDepth) {
      return `The fields nest more than ${maxDepth} levels deep.`;
    }
    if (tokens > maxTokens) {
      return 'The fields hold more than a few thousand values.';
    }
  }
  return undefined;
}
