import type { SeenLine } from './toolText.ts';

/** How much a finding matters. */
export type Severity = 'high' | 'medium' | 'low' | 'info';

/** Something that can be searched for, and what may truly be said of a line where it is found. */
export interface Probe {
  /** For the search tool: common to ripgrep and JavaScript, so no look-around and no back-references. */
  readonly pattern: string;
  readonly literal?: boolean;
  readonly ignoreCase?: boolean;
  readonly glob?: string;
  /** What is searched for, as an agent would say it. */
  readonly what: string;
  /** Whether the claim holds for a line; the search's own match is not always enough. */
  readonly holds: (line: SeenLine) => boolean;
  readonly claim: string;
  readonly severity: Severity;
  /** What to do about it. */
  readonly advice: string;
  /** The line's content is not repeated, because it may be a secret. */
  readonly masked?: boolean;
}

const script = '**/*.{ts,tsx,mts,cts,js,jsx,mjs,cjs,vue,svelte}';
const typed = '**/*.{ts,tsx,mts,cts}';
const code = '**/*.{ts,tsx,mts,cts,js,jsx,mjs,cjs,vue,svelte,py,go,rs,java,kt,cs,rb,php,c,h,cc,cpp,hpp,swift,scala,sh,lua}';
export const prose = '**/*.{md,mdx,markdown,txt,rst,adoc}';

/** Whether a line is only a comment in most languages. */
export const isComment = (text: string): boolean => /^\s*(\/\/|\/\*|\*|#(?!\[|!|include|define|if|end)|--\s|<!--)/.test(text);
/** Whether a path belongs to tests, by its name. */
export const isTestPath = (path: string): boolean =>
  /(^|\/)(tests?|specs?|__tests__|testing|e2e|fixtures?)\/|[._-](test|spec)s?\.\w+$|(^|\/)test_\w+\.py$|_test\.\w+$/i.test(path);
/** Whether a path is made by a machine or comes from elsewhere. */
export const isGenerated = (path: string): boolean =>
  /(^|\/)(dist|build|out|vendor|third_party|node_modules|coverage|bundles?|umd)\/|\.min\.\w+$|\.map$|(^|\/)(package-lock\.json|yarn\.lock|pnpm-lock\.yaml|Cargo\.lock)$|\.(snap|svg)$/i.test(
    path,
  );

const matches = (pattern: RegExp) => (line: SeenLine) => pattern.test(line.text);
const codeMatches = (pattern: RegExp) => (line: SeenLine) => !isComment(line.text) && pattern.test(line.text);

export const probes = {
  marker: {
    pattern: '\\b(TODO|FIXME|HACK)\\b',
    what: 'TODO, FIXME and HACK',
    holds: matches(/\b(TODO|FIXME|HACK)\b/),
    claim: 'Work is marked as unfinished here',
    severity: 'low',
    advice: 'Turn the TODO and FIXME marks into tracked work with an owner, or do them',
  },
  emptyCatch: {
    pattern: 'catch\\s*(\\([^)]*\\))?\\s*\\{\\s*\\}',
    glob: code,
    what: 'empty catch blocks',
    holds: codeMatches(/catch\s*(\([^)]*\))?\s*\{\s*\}/),
    claim: 'An error is caught and dropped without a trace',
    severity: 'medium',
    advice: 'Handle or at least record the errors that empty catch blocks drop',
  },
  bareExcept: {
    pattern: '^\\s*except\\s*:',
    glob: '**/*.py',
    what: 'bare except clauses',
    holds: matches(/^\s*except\s*:/),
    claim: 'A bare except catches everything, also what should stop the program',
    severity: 'medium',
    advice: 'Name the exceptions that are expected',
  },
  evaluated: {
    pattern: '(^|[^.\\w])(eval|new Function)\\(',
    glob: code,
    what: 'eval and new Function',
    holds: codeMatches(/(^|[^.\w])(eval|new Function)\(/),
    claim: 'Code is made from text at run time',
    severity: 'high',
    advice: 'Replace code that is made from text by a table or a parser',
  },
  shell: {
    pattern: '(\\bexecSync\\(|os\\.system\\(|shell=True|shell:\\s*true)',
    glob: code,
    what: 'command lines given to a shell',
    holds: codeMatches(/\bexecSync\(|os\.system\(|shell=True|shell:\s*true/),
    claim: 'A command line goes through a shell',
    severity: 'medium',
    advice: 'Give programs their arguments as a list instead of through a shell',
  },
  secret: {
    pattern: '(api[_-]?key|secret|passw(or)?d|auth[_-]?token)["\']?\\s*[:=]\\s*["\'][A-Za-z0-9+/_-]{16,}["\']',
    ignoreCase: true,
    what: 'values that look like secrets',
    holds: matches(/(api[_-]?key|secret|passw(or)?d|auth[_-]?token)["']?\s*[:=]\s*["'][A-Za-z0-9+/_-]{16,}["']/i),
    claim: 'A value that looks like a secret is written here (not repeated)',
    severity: 'high',
    advice: 'Check whether the values that look like secrets are real; if so, revoke them and keep them out of the repository',
    masked: true,
  },
  markup: {
    pattern: '(\\.innerHTML\\s*=|dangerouslySetInnerHTML|document\\.write\\()',
    glob: script,
    what: 'text set as markup',
    holds: codeMatches(/\.innerHTML\s*=(?!=)|dangerouslySetInnerHTML|document\.write\(/),
    claim: 'Text is put into the page as markup',
    severity: 'medium',
    advice: 'Set text as text, or sanitise markup where it enters the page',
  },
  plainHttp: {
    pattern: 'http://',
    glob: code,
    what: 'addresses without encryption',
    holds: codeMatches(/['"`]http:\/\/(?!localhost|127\.|0\.0\.0\.0|\[|www\.w3\.org|schemas?\.|json-schema|example\.|xml|ns\.|\$|['"`])/),
    claim: 'An address without encryption is used',
    severity: 'low',
    advice: 'Use https where the other side offers it',
  },
  skippedTest: {
    pattern:
      '(\\b(describe|it|test|suite)\\.(skip|only)\\(|\\bx(it|describe)\\(|pytest\\.mark\\.skip|unittest\\.skip|t\\.Skip\\(|#\\[ignore\\]|@Disabled)',
    glob: code,
    what: 'skipped or exclusive tests',
    holds: codeMatches(
      /\b(describe|it|test|suite)\.(skip|only)\(|\bx(it|describe)\(|pytest\.mark\.skip|unittest\.skip|t\.Skip\(|^\s*#\[ignore\]|@Disabled/,
    ),
    claim: 'A test is skipped, or keeps others from running',
    severity: 'medium',
    advice: 'Bring skipped tests back or delete them',
  },
  fixedWait: {
    pattern: '(setTimeout\\(|time\\.sleep\\(|Thread\\.sleep\\(|time\\.Sleep\\()',
    glob: code,
    what: 'tests that wait for a fixed time',
    holds: (line) => isTestPath(line.path) && codeMatches(/setTimeout\(|time\.sleep\(|Thread\.sleep\(|time\.Sleep\(/)(line),
    claim: 'A test works with a timer, which makes it slow or unsteady',
    severity: 'low',
    advice: 'Let tests wait for events instead of for time',
  },
  testCase: {
    pattern: '(^\\s*(it|test)\\(["\'`]|^\\s*def test_|^func Test|#\\[test\\])',
    glob: code,
    what: 'test cases',
    holds: (line) => /^\s*(it|test)\(["'`]|^\s*def test_|^func Test|#\[test\]/.test(line.text),
    claim: 'A test case is declared here',
    severity: 'info',
    advice: '',
  },
  console: {
    pattern: 'console\\.(log|debug)\\(',
    glob: script,
    what: 'console output',
    holds: (line) => !isTestPath(line.path) && codeMatches(/console\.(log|debug)\(/)(line),
    claim: 'The console is written to directly',
    severity: 'low',
    advice: 'Send output through one log that can be switched off',
  },
  looseType: {
    pattern: '(:\\s*any\\b|\\bas any\\b|<any>)',
    glob: typed,
    what: 'the type any',
    holds: codeMatches(/:\s*any\b|\bas any\b|<any>/),
    claim: 'The type any switches checking off',
    severity: 'low',
    advice: 'Replace any by unknown or by the real type',
  },
  suppressed: {
    pattern: '(@ts-ignore|@ts-nocheck|eslint-disable|#\\s*noqa|type:\\s*ignore|@SuppressWarnings)',
    glob: code,
    what: 'switched-off checks',
    holds: matches(/@ts-ignore|@ts-nocheck|eslint-disable|#\s*noqa|type:\s*ignore|@SuppressWarnings/),
    claim: 'A check is switched off here',
    severity: 'low',
    advice: 'Give each switched-off check a reason, or correct what it warned of',
  },
  manyParameters: {
    pattern: '(function\\s*\\w*\\s*|def\\s+\\w+)\\(([^(),]+,){5,}[^(),]+\\)',
    glob: code,
    what: 'functions with many parameters',
    holds: codeMatches(/(function\s*\w*\s*|def\s+\w+)\(([^(),]+,){5,}[^(),]+\)/),
    claim: 'A function takes six or more parameters',
    severity: 'low',
    advice: 'Give functions with many parameters one object with names',
  },
  oldVar: {
    pattern: '^\\s*var\\s+\\w+',
    glob: script,
    what: 'declarations with var',
    holds: matches(/^\s*var\s+\w+/),
    claim: 'A variable is declared with var, visible outside its block',
    severity: 'info',
    advice: 'Use const and let where the supported engines allow',
  },
  blocking: {
    pattern: '\\b(readFileSync|writeFileSync|readdirSync|statSync)\\(',
    glob: script,
    what: 'file calls that block',
    holds: (line) => !isTestPath(line.path) && codeMatches(/\b(readFileSync|writeFileSync|readdirSync|statSync)\(/)(line),
    claim: 'A file call blocks everything else until it is done',
    severity: 'low',
    advice: 'Use the asynchronous file calls where others wait',
  },
  copiedByText: {
    pattern: 'JSON\\.parse\\(JSON\\.stringify\\(',
    glob: script,
    what: 'values copied through text',
    holds: codeMatches(/JSON\.parse\(JSON\.stringify\(/),
    claim: 'A value is copied by turning it into text and back',
    severity: 'low',
    advice: 'Copy with structuredClone, or do not copy',
  },
  declaration: {
    pattern:
      '^(export (default |async |abstract )*(function|class|const|interface|type|enum)\\b|module\\.exports|exports\\.\\w+ =|def \\w+|class \\w+|func [A-Z]|pub (fn|struct|enum|trait))',
    glob: code,
    what: 'what each file offers to others',
    holds: matches(
      /^(export (default |async |abstract )*(function|class|const|interface|type|enum)\b|module\.exports|exports\.\w+ =|def \w+|class \w+|func [A-Z]|pub (fn|struct|enum|trait))/,
    ),
    claim: 'Part of what this file offers to others',
    severity: 'info',
    advice: '',
  },
  heading: {
    pattern: '^#{1,2} \\S',
    glob: '**/*.{md,mdx,markdown}',
    what: 'headings of the documents',
    holds: matches(/^#{1,2} \S/),
    claim: 'A section of the documents begins here',
    severity: 'info',
    advice: '',
  },
  docGap: {
    pattern: '(\\bTBD\\b|\\bTODO\\b|coming soon|lorem ipsum|to be (written|documented|done))',
    glob: prose,
    ignoreCase: true,
    what: 'gaps in the documents',
    holds: matches(/\bTBD\b|\bTODO\b|coming soon|lorem ipsum|to be (written|documented|done)/i),
    claim: 'The documents have a gap here, by their own words',
    severity: 'low',
    advice: 'Fill the gaps the documents themselves name, or remove them',
  },
} as const satisfies Record<string, Probe>;
