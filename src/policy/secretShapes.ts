/*
 * Well-known kinds of secrets by how they look, and where in a text that is still being written one of them may have begun.
 */

/** The name of each kind, and its shape. */
export const shapes: readonly (readonly [name: string, shape: RegExp])[] = [
  ['private key', /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----[^]*?(?:-----END (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----|$)/g],
  ['Anthropic key', /\bsk-ant-[\w-]{20,}/g],
  ['API key', /\bsk-(?:proj-|svcacct-|or-v1-)?[A-Za-z0-9_-]{32,}/g],
  ['GitHub token', /\b(?:gh[oprsu]_[A-Za-z0-9]{36,}|github_pat_\w{22,})/g],
  ['GitLab token', /\bgl(?:pat|dt|rt|ptt|cbt)-[\w-]{20,}/g],
  ['Slack token', /\bxox[abeoprs]-[A-Za-z0-9-]{10,}/g],
  ['AWS key', /\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b/g],
  ['Google key', /\bAIza[\w-]{35}/g],
  ['Google token', /\bya29\.[\w-]{20,}/g],
  ['npm token', /\bnpm_[A-Za-z0-9]{36}/g],
  ['PyPI token', /\bpypi-[\w-]{50,}/g],
  ['Hugging Face token', /\bhf_[A-Za-z0-9]{30,}/g],
  ['Stripe key', /\b(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{16,}/g],
  ['SendGrid key', /\bSG\.[\w-]{16,}\.[\w-]{16,}/g],
  ['web token', /\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}/g],
  ['authorization', /(?<=\b(?:Authorization|Proxy-Authorization)["']?\s*[:=]\s*["']?(?:Bearer|Basic|Token)\s+)[\w.~+/=-]{8,}/gi],
  // As programs print their environment; code rarely has such a value without a quote, bracket or dot in it.
  [
    'variable',
    /(?<=\b[A-Z0-9_]{0,60}(?:KEY|TOKEN|SECRET|PASSWORD|PASSWD)=["']?)(?=[^\s"']{0,200}\d)(?=[^\s"']{0,200}[A-Za-z])[\w+/=-]{12,}(?![\w.(])/g,
  ],
  ['password in an address', /(?<=\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s/:@"'<>]{0,100}:)[^\s/@"'<>⟨⟩]{3,200}(?=@)/gi],
];

/** What the tokens among the shapes begin with. */
const heads: readonly string[] = [
  'sk-',
  ...['o', 'p', 'r', 's', 'u'].map((letter) => `gh${letter}_`),
  'github_pat_',
  ...['pat', 'dt', 'rt', 'ptt', 'cbt'].map((kind) => `gl${kind}-`),
  ...['a', 'b', 'e', 'o', 'p', 'r', 's'].map((letter) => `xox${letter}-`),
  ...['AKIA', 'ASIA', 'ABIA', 'ACCA', 'AIza', 'ya29.', 'npm_', 'pypi-', 'hf_', 'SG.', 'eyJ'],
  ...['sk_live_', 'sk_test_', 'rk_live_', 'rk_test_'],
];
const oneOf = (texts: Iterable<string>) => [...texts].map((text) => text.replaceAll('.', String.raw`\.`)).join('|');
const beginnings = new Set(heads.flatMap((head) => Array.from({ length: head.length }, (_, index) => head.slice(0, index + 1))));
const head = new RegExp(String.raw`\b(?:${oneOf(heads)})`);
const headOnItsWay = new RegExp(String.raw`\b(?:${oneOf(beginnings)})$`);
const longestHead = 16;

const tokenPart = /[\w.~+/=-]/;
const variablePart = /[^\s"']/;
const valuePart = /[\w+/=-]/;
/** How far the shape of a variable looks ahead, in characters. */
const variableLook = 200;

const authorization = /\b(?:Proxy-)?Authorization["']?\s*[:=]\s*["']?(?:Bearer|Basic|Token)\s+$/i;
const variable = /\b[A-Z0-9_]{0,60}(?:KEY|TOKEN|SECRET|PASSWORD|PASSWD)=["']?/g;
const password = /(?<=\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s/:@"'<>]{0,100}:)[^\s/@"'<>⟨⟩]{0,200}$/i;
const privateKey = /(?:-{1,5}|-----(?:B|BE|BEG|BEGI|BEGIN|BEGIN [A-Z0-9 ]{0,80}-{0,5}))$/;
/** More than any of the last three can need. */
const contextChars = 400;

/**
 * Where the first of what may be a secret on its way to the end of a text begins: nothing that comes after makes a secret of what stands
 * before. The length of the text if there is none. What lies before it may reach beyond, as a match of a shape.
 */
export function shapeOpening(text: string): number {
  const context = Math.max(0, text.length - contextChars);
  const last = text.slice(context);
  const found = [password, privateKey].map((pattern) => last.search(pattern)).filter((at) => at >= 0);
  return Math.min(tokenOpening(text), variableOpening(text), text.length, ...found.map((at) => context + at));
}

function tokenOpening(text: string): number {
  const from = runStart(text, tokenPart);
  if (authorization.test(text.slice(Math.max(0, from - contextChars), from))) {
    return from;
  }
  const run = text.slice(from);
  const at = run.search(head);
  if (at >= 0) {
    return from + at;
  }
  const end = run.slice(-longestHead);
  const begun = end.search(headOnItsWay);
  return begun < 0 ? text.length : text.length - end.length + begun;
}

function variableOpening(text: string): number {
  const from = runStart(text, variablePart);
  const whole = runStart(text, valuePart);
  const context = Math.max(0, from - 80);
  for (const match of text.slice(context).matchAll(variable)) {
    const value = context + match.index + match[0].length;
    if (value >= from && (value >= whole || text.length - value <= variableLook)) {
      return value;
    }
  }
  return text.length;
}

/** Where the characters of one kind begin that a text ends with. */
function runStart(text: string, part: RegExp): number {
  let at = text.length;
  while (at > 0 && part.test(text.charAt(at - 1))) {
    at--;
  }
  return at;
}
