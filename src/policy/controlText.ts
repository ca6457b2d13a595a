/*
 * Output of programs is shown to people and models as text. Escape sequences in it could clear a screen, set a clipboard or pose as
 * something else, so they go; what a carriage return would have overwritten goes too.
 */

/** Sequences with a body up to a terminator: OSC, DCS, SOS, PM, APC, in 7-bit and 8-bit form. An unfinished one ends with its line. */
const stringSequence =
  /(?:\u001b[\]PX^_]|[\u0090\u0098\u009d\u009e\u009f])[^\u0007\u001b\u009c\n]*(?:\u0007|\u001b\\|\u009c|(?=[\u001b\n])|$)/g;
const controlSequence = /(?:\u001b\[|\u009b)[0-?]*[ -/]*(?:[@-~]|(?=[^ -~])|$)/g;
const otherEscape = /\u001b[ -/]*(?:[0-~]|(?=[^ -~])|$)/g;
const control = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g;

/** Plain text with line feeds as a terminal would have left it, without any control character but tab and line feed. */
export function stripControls(text: string): string {
  return text
    .replace(stringSequence, '')
    .replace(controlSequence, '')
    .replace(otherEscape, '')
    .split('\n')
    .map(asDrawn)
    .join('\n')
    .replace(control, '');
}

/** A line as a terminal shows it in the end: each carriage return begins it anew. */
function asDrawn(line: string): string {
  let end = line.length;
  while (line[end - 1] === '\r') {
    end--;
  }
  return line.slice(end === 0 ? 0 : line.lastIndexOf('\r', end - 1) + 1, end);
}
