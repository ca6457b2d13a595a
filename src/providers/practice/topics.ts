import { type Probe, probes } from './probes.ts';
import { fixProbes } from './fixes.ts';
import { wordsOf } from './words.ts';

/** A subject a worker can take on. */
export interface Topic {
  readonly id: TopicId;
  /** What the worker is to do, as an objective. */
  readonly objective: string;
  readonly focus: string;
  readonly doneCriteria: readonly string[];
  /** Words of a task that call for this topic. */
  readonly words: readonly string[];
  readonly probes: readonly Probe[];
  /** Paths that belong to the topic before others. */
  readonly home?: RegExp;
}

export type TopicId =
  | 'structure'
  | 'risks'
  | 'security'
  | 'tests'
  | 'docs'
  | 'quality'
  | 'performance'
  | 'improvement'
  | 'review'
  | 'question';

const cited = 'Every finding names a file and a line that was read';

export const topics: Readonly<Record<TopicId, Topic>> = {
  structure: {
    id: 'structure',
    objective: 'Map the structure: which folders and files there are, where the entry points are, and what each part offers to the others.',
    focus: 'Structure: folders, entry points and what the files offer to each other',
    doneCriteria: ['The main folders and entry points are named', cited],
    words: [
      'structure',
      'architecture',
      'map',
      'overview',
      'understand',
      'explain',
      'describe',
      'organisation',
      'organization',
      'layout',
      'summarise',
      'summarize',
      'explore',
      'onboard',
    ],
    probes: [probes.declaration],
  },
  risks: {
    id: 'risks',
    objective:
      'Find risky spots: unfinished work (TODO, FIXME, HACK), errors that are dropped, code made from text, commands through a shell.',
    focus: 'Risks: unfinished work and dropped errors',
    doneCriteria: ['Each kind of risk was searched for', cited],
    words: [
      'risk',
      'risks',
      'risky',
      'bug',
      'bugs',
      'defect',
      'defects',
      'error',
      'errors',
      'todo',
      'todos',
      'fixme',
      'broken',
      'problem',
      'problems',
      'issue',
      'issues',
      'robust',
      'crash',
      'audit',
    ],
    probes: [probes.marker, probes.emptyCatch, probes.bareExcept, probes.evaluated, probes.shell],
  },
  security: {
    id: 'security',
    objective:
      'Look for weak points: secrets in files, code made from text, markup set from text, commands through a shell, addresses without encryption.',
    focus: 'Security: secrets, code and markup made from text, shells',
    doneCriteria: ['Each kind of weak point was searched for', cited],
    words: [
      'security',
      'secure',
      'vulnerability',
      'vulnerabilities',
      'secret',
      'secrets',
      'injection',
      'xss',
      'unsafe',
      'harden',
      'attack',
      'attacker',
      'untrusted',
    ],
    probes: [probes.secret, probes.evaluated, probes.markup, probes.shell, probes.plainHttp],
  },
  tests: {
    id: 'tests',
    objective: 'Check the tests: where they are, what is skipped, what waits for time, and which sources have no test named after them.',
    focus: 'Tests: skipped tests, fixed waits and sources without tests',
    doneCriteria: ['It is clear where tests are and where none are', cited],
    words: ['test', 'tests', 'testing', 'coverage', 'spec', 'specs', 'flaky', 'ci'],
    probes: [probes.testCase, probes.skippedTest, probes.fixedWait],
    home: /(^|\/)(tests?|specs?|__tests__|e2e)$/i,
  },
  docs: {
    id: 'docs',
    objective: 'Check the documents: what they cover, gaps they name themselves, and slips of spelling.',
    focus: 'Docs: what the documents cover, their gaps and slips',
    doneCriteria: ['The documents there are were listed', cited],
    words: [
      'doc',
      'docs',
      'documentation',
      'document',
      'documents',
      'readme',
      'guide',
      'typo',
      'typos',
      'spelling',
      'changelog',
      'comments',
    ],
    probes: [probes.heading, probes.docGap, fixProbes.typo],
    home: /(^|\/)(docs?|documentation|website|guides?)$/i,
  },
  quality: {
    id: 'quality',
    objective:
      'Look at the quality of the code: types switched off, checks switched off, direct console output, functions with many parameters.',
    focus: 'Quality: loose types, switched-off checks, console output, large functions',
    doneCriteria: ['The places most worth cleaning up are named', cited],
    words: [
      'quality',
      'refactor',
      'refactoring',
      'clean',
      'cleanup',
      'simplify',
      'readable',
      'maintainable',
      'lint',
      'style',
      'types',
      'typing',
      'modernise',
      'modernize',
      'debt',
      'unhandled',
      'swallowed',
      'duplicated',
      'races',
    ],
    probes: [probes.looseType, probes.suppressed, probes.console, probes.manyParameters, probes.oldVar],
  },
  performance: {
    id: 'performance',
    objective: 'Look for what may be slow: file calls that block, values copied through text, commands that are waited for.',
    focus: 'Performance: blocking calls and needless copies',
    doneCriteria: ['Each kind of slow spot was searched for', cited],
    words: ['performance', 'slow', 'speed', 'fast', 'faster', 'memory', 'latency', 'optimise', 'optimize', 'profile', 'blocking'],
    probes: [probes.blocking, probes.copiedByText, probes.shell],
  },
  improvement: {
    id: 'improvement',
    objective:
      'Make one small improvement that is certainly safe (a slip of spelling in the documents, a stray blank at a line end, a TODO without an owner), then run a harmless command to check.',
    focus: 'Improvement: one small safe edit and a check',
    doneCriteria: ['At most one file is changed, by one line', 'A command was run, or the person declined it'],
    words: [
      'fix',
      'improve',
      'improvement',
      'edit',
      'change',
      'correct',
      'repair',
      'write',
      'add',
      'implement',
      'update',
      'polish',
      'rename',
      'apply',
    ],
    probes: [fixProbes.typo, fixProbes.doubledWord, fixProbes.plainLink, fixProbes.trailingBlank, fixProbes.ownerlessTodo],
  },
  review: {
    id: 'review',
    objective:
      'Judge the change that the report of an earlier task names: read the changed files as they are now, and say what is still wrong in them and what would settle it.',
    focus: 'Review: what was changed',
    doneCriteria: ['Every changed file was read', cited],
    words: [],
    probes: [probes.evaluated, probes.emptyCatch, probes.secret],
  },
  question: {
    id: 'question',
    objective: '',
    focus: 'Question: find the places that answer it',
    doneCriteria: ['The places that answer the question are named', cited],
    words: [],
    probes: [probes.declaration],
  },
};

const order: readonly TopicId[] = ['security', 'tests', 'docs', 'performance', 'quality', 'risks', 'structure', 'improvement'];

/** The topics a text calls for, the most called-for first. */
export function topicsIn(text: string): readonly Topic[] {
  const words = wordsOf(text);
  return order
    .map((id) => ({ topic: topics[id], score: words.filter((word) => topics[id].words.includes(word)).length }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .map(({ topic }) => topic);
}

/** The topic a focus was written for, if it is one of ours. */
export function topicOfFocus(focus: string): Topic | undefined {
  return Object.values(topics).find((topic) => focus.startsWith(topic.focus));
}
