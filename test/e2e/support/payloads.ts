/** Text that becomes code, requests or elements wherever text is taken for more than text. */
export const payloads = [
  `<script>window.hacked = 1</script>`,
  `<img src=x onerror="window.hacked = 1">`,
  `"><svg onload="window.hacked = 1"><a href="javascript:window.hacked = 1">x</a>`,
  `</textarea></title></style><iframe srcdoc="<script>parent.hacked = 1</script>"></iframe>`,
  `![pixel](https://evil.example/p.png) ![r][1]\n\n[1]: https://evil.example/r.png`,
  `[click](javascript:window.hacked=1) [cmd](command:workbench.action.quit) [file](file:///etc/passwd) <https://evil.example>`,
  `<style>@import url(https://evil.example/x.css); body { background: url(https://evil.example/b.png) }</style>`,
  `<link rel=stylesheet href=https://evil.example/x.css><object data=https://evil.example/o></object><base href=https://evil.example/>`,
  `<math><mtext><table><mglyph><style><!--</style><img title="--><img src onerror=window.hacked=1>">`,
  `{{constructor.constructor('window.hacked=1')()}} \${window.hacked=1} \u0000\u202e\u001b[2J`,
] as const;

/** All of them in one text, the other way round, and in one line: what one of them might hide, or a place might cut off, comes first in another. */
export const payloadTexts = {
  'one after the other': payloads.join('\n\n'),
  'the last one first': payloads.toReversed().join('\n\n'),
  'in one line': payloads.toReversed().join(' '),
} as const;
