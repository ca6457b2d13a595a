/*
 * Text from models, tools and files may hold control characters that move the cursor, reorder what is read or hide a part of it.
 * Escape sequences of terminals are dropped; everything else that is invisible but acts is made visible.
 */

const suspicious = new RegExp(
  '[\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f\\u00ad\\u061c\\u180e\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\ufeff\\ufff9-\\ufffb]',
);
const everySuspicious = new RegExp(suspicious.source, 'g');
const terminalSequences = new RegExp(
  [
    '(?:\\u001b\\[|\\u009b)[0-?]*[ -/]*[@-~]',
    '(?:\\u001b\\]|\\u009d)[^\\u0007\\u001b\\u009c]*(?:\\u0007|\\u001b\\\\|\\u009c)',
    '(?:\\u001b[PX^_]|[\\u0090\\u0098\\u009e\\u009f])[^\\u001b\\u009c]*(?:\\u001b\\\\|\\u009c)',
    '\\u001b[ -/]*[0-~]',
  ].join('|'),
  'g',
);

/** The text with nothing in it that acts unseen: no terminal sequences, and control or direction marks written out. */
export function toVisible(text: string): string {
  if (!suspicious.test(text)) {
    return text;
  }
  return text.replaceAll('\r\n', '\n').replace(terminalSequences, '').replace(everySuspicious, nameOf);
}

/** {@link toVisible} on one line: line breaks and tabs become blanks. */
export function toVisibleLine(text: string): string {
  return toVisible(text).replace(/\s+/g, ' ').trim();
}

function nameOf(character: string): string {
  const code = character.charCodeAt(0);
  // The control pictures block has one glyph for each of the first 32 characters and for DEL.
  if (code < 0x20) {
    return String.fromCharCode(0x2400 + code);
  }
  return code === 0x7f ? '\u2421' : `‹U+${code.toString(16).toUpperCase().padStart(4, '0')}›`;
}
