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
