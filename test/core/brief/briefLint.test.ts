import assert from 'node:assert/strict';
import fc from 'fast-check';
import { briefDefaults } from '../../../src/core/brief/briefDefaults.ts';
import { type BriefToLint, briefLimits, lintBrief } from '../../../src/core/brief/briefLint.ts';
import { normalisePath, type PathFact, pathsToLookAt } from '../../../src/core/brief/briefPaths.ts';
import type { Brief } from '../../../src/core/events.ts';

const facts = new Map<string, PathFact>([
  ['src', { kind: 'folder', path: 'src' }],
  ['src/auth.ts', { kind: 'file', path: 'src/auth.ts' }],
  ['/w/src/auth.ts', { kind: 'file', path: 'src/auth.ts' }],
  ['src/new.ts', { kind: 'missing', candidates: [], inFolder: true }],
  ['lib/auth.ts', { kind: 'missing', candidates: ['src/auth.ts'], inFolder: false }],
  ['src/login.ts', { kind: 'missing', candidates: ['src/ui/login.ts'], inFolder: true }],
  ['index.ts', { kind: 'missing', candidates: ['a/index.ts', 'b/index.ts'], inFolder: true }],
  ['gone', { kind: 'missing', candidates: [], inFolder: false }],
  ['../x', { kind: 'outside', why: '"../x" contains "..".' }],
]);

function lint(brief: Partial<Brief>, options: Partial<Omit<BriefToLint, 'brief'>> = {}) {
  return lintBrief({
    brief: { objective: 'Find where tokens are compared.', ...brief },
    by: 'agent',
    agentType: 'scout',
    changesFiles: false,
    facts,
    ...options,
  });
}

const builder = { agentType: 'builder', changesFiles: true };
const inPaths = (...paths: string[]): Partial<Brief> => ({ scope: { paths } });
const errors = (result: ReturnType<typeof lint>) =>
  result.problems.filter(({ severity }) => severity === 'error').map(({ message }) => message);
const warnings = (result: ReturnType<typeof lint>) =>
  result.problems.filter(({ severity }) => severity === 'warning').map(({ message }) => message);

describe('the objective of a brief', () => {
  for (const objective of [' \n', '...', 'fix it', 'Do the task.', 'continue', 'Please finish the rest of the work']) {
    it(`is an error as ${JSON.stringify(objective)}`, () => {
      assert.match(errors(lint({ objective })).join(), /empty|fits any task/);
    });
  }

  for (const objective of ['Fix the race in login', 'Why 7?', 'find all uses of toId', '修复登录错误', 'npm audit']) {
    it(`is fine as ${JSON.stringify(objective)}`, () => {
      assert.deepEqual(lint({ objective }).problems, []);
    });
  }

  it('may be general where scope or context say what it is about, and then is a warning', () => {
    const result = lint({ objective: 'review it', ...inPaths('src/auth.ts') });
    assert.deepEqual(errors(result), []);
    assert.match(warnings(result).join(), /fits any task/);
  });

  it('is warned of when it refers to what its agent cannot see', () => {
    assert.match(warnings(lint({ objective: 'Rename tokens as we discussed' })).join(), /knows nothing but the brief/);
    assert.deepEqual(lint({ objective: 'Rename tokens as discussed', context: 'We said: a to b.' }).problems, []);
  });
});

describe('the paths of a brief', () => {
  it('are written plainly and once, and what was corrected is told', () => {
    const result = lint(inPaths(' ./src/ ', 'src', '`src\\auth.ts`', '/w/src/auth.ts', ''));
    assert.deepEqual(result.brief.scope?.paths, ['src', 'src/auth.ts']);
    assert.deepEqual(result.problems, []);
    assert.match(
      result.fixes.join('\n'),
      /" \.\/src\/ " was taken as src[^]*An empty path[^]*instead of several times: src, src\/auth\.ts/,
    );
  });

  it('become places of the focus when they name lines', () => {
    const { brief } = lint({ scope: { paths: ['src/auth.ts:12', 'lib/auth.ts:3-9'], focus: 'the comparison' } });
    assert.deepEqual(brief.scope, { paths: ['src/auth.ts'], focus: 'the comparison; line 12 of src/auth.ts; lines 3 to 9 of src/auth.ts' });
  });

  it('may be patterns that begin in a folder', () => {
    const result = lint(inPaths('src/**/*.ts'));
    assert.deepEqual([result.brief.scope?.paths, result.fixes, result.problems], [['src/**/*.ts'], [], []]);
    assert.match(errors(lint(inPaths('gone/*.ts'))).join(), /"gone\/\*\.ts" does not exist/);
  });

  it('are the only namesake where there is one', () => {
    const result = lint(inPaths('lib/auth.ts'));
    assert.deepEqual(result.brief.scope?.paths, ['src/auth.ts']);
    assert.match(result.fixes.join(), /"lib\/auth.ts" does not exist and was taken as src\/auth.ts/);
  });

  it('are an error when they are missing, outside, or could be several', () => {
    assert.match(errors(lint(inPaths('gone'))).join(), /"gone" does not exist\. Name files/);
    assert.match(errors(lint(inPaths('index.ts'))).join(), /There are a\/index\.ts, b\/index\.ts/);
    assert.deepEqual(errors(lint(inPaths('../x'))), ['"../x" contains "..".']);
  });

  it('may be missing for an agent that can create them where their folder exists, whatever has the name elsewhere', () => {
    const result = lint(inPaths('src/new.ts', 'src/login.ts'), builder);
    assert.deepEqual(result.brief.scope?.paths, ['src/new.ts', 'src/login.ts']);
    assert.deepEqual(errors(result), []);
    assert.match(
      warnings(result).join('\n'),
      /src\/new\.ts does not exist yet[^]*src\/login\.ts does not exist yet.*There is src\/ui\/login\.ts/,
    );
    assert.match(errors(lint(inPaths('gone'), builder)).join(), /existing folder in which/);
  });

  it('may be missing when other tasks come first', () => {
    const result = lint(inPaths('gone'), { waits: true });
    assert.deepEqual(errors(result), []);
    assert.match(warnings(result).join(), /gone does not exist yet/);
  });

  it('are taken on trust without facts about them', () => {
    const result = lint(inPaths('unknown/x'));
    assert.deepEqual([result.brief.scope?.paths, result.problems], [['unknown/x'], []]);
  });
});

describe('the scope of a brief', () => {
  it('is asked of types that change files, unless the objective names a place or others come first', () => {
    assert.match(errors(lint({}, builder)).join(), /where builder may change files/);
    assert.deepEqual(lint({ objective: 'Fix the race in src/auth.ts' }, builder).problems, []);
    assert.deepEqual(lint({ scope: { paths: [], focus: 'the login' } }, builder).problems, []);
    assert.deepEqual(errors(lint({}, { ...builder, waits: true })), []);
  });

  it('is only advised to types that may be meant to look', () => {
    const result = lint({}, { agentType: 'general', changesFiles: true });
    assert.deepEqual(errors(result), []);
    assert.match(warnings(result).join(), /where general may change files/);
  });
});

describe('a brief', () => {
  it('gets the form of report and the criteria of its agent type where it has none', () => {
    const { outputFormat, doneCriteria } = briefDefaults('scout', false);
    const result = lint({ outputFormat: ' ', constraints: { minutes: 5, doneCriteria: ['', ' '] } });
    assert.deepEqual([result.brief.outputFormat, result.brief.constraints], [outputFormat, { minutes: 5, doneCriteria }]);
    assert.deepEqual(result.fixes, []);
    assert.notDeepEqual(briefDefaults('toString', true), briefDefaults('toString', false));
  });

  it('keeps its own, each criterion once', () => {
    const result = lint({ outputFormat: ' a list ', constraints: { doneCriteria: ['found', 'found '] } });
    assert.deepEqual([result.brief.outputFormat, result.brief.constraints], ['a list', { doneCriteria: ['found'] }]);
    assert.match(result.fixes.join(), /named once/);
  });

  it('has limits of size', () => {
    const many = Array.from({ length: briefLimits.paths + 1 }, (_, at) => `p${at}`);
    assert.match(
      errors(lint({ objective: `find ${'x '.repeat(briefLimits.objective)}` })).join(),
      /objective has \d+ characters; at most 8000/,
    );
    assert.match(errors(lint({ context: 'x'.repeat(briefLimits.whole) })).join(), /brief has \d+ characters.*write_note/);
    assert.match(errors(lint(inPaths(...many))).join(), /names 201 paths/);
  });

  it('of a person is never blocked', () => {
    for (const objective of ['fix it', '.', 'x'.repeat(briefLimits.whole + 1)]) {
      const result = lint({ objective, ...inPaths('gone', '../x') }, { ...builder, by: 'person' });
      assert.deepEqual(errors(result), []);
      assert.ok(warnings(result).length > 0);
    }
  });

  it('that was put right has nothing more to put right', () => {
    const path = fc.oneof(fc.constantFrom(...facts.keys()), fc.stringMatching(/^[./\\ `"'\w:*-]{0,12}$/));
    const brief = fc.record({ objective: fc.string({ minLength: 1 }), paths: fc.array(path), focus: fc.string(), context: fc.string() });
    fc.assert(
      fc.property(brief, fc.boolean(), ({ objective, paths, focus, context }, changesFiles) => {
        const first = lint({ objective, context, scope: { paths, focus } }, { changesFiles });
        const again = lintBrief({ brief: first.brief, by: 'agent', agentType: 'scout', changesFiles, facts });
        assert.deepEqual([again.brief, again.fixes], [first.brief, []]);
      }),
    );
  });
});

describe('a path in a brief', () => {
  it('is looked at as it is written plainly, without its lines, and where its pattern begins', () => {
    assert.deepEqual(pathsToLookAt(['./src/', 'a.ts:3', 'b/*/c', '*.md', '']), ['src', 'a.ts:3', 'a.ts', 'b/*/c', 'b', '*.md', '.']);
  });

  it('is plain after one go', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[./\\ `"'ab:]{0,14}$/), (text) => normalisePath(normalisePath(text)) === normalisePath(text)),
    );
  });
});
