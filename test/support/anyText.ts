import fc from 'fast-check';

/** Any text: every code point there is, the shapeless ones and lone halves of pairs among them. The library's own unit for this takes a second to set up. */
export const anyText = fc
  .array(fc.integer({ min: 0, max: 0x10ffff }).map((point) => String.fromCodePoint(point)))
  .map((points) => points.join(''));
