import * as assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type GitPlace, gitPlace } from '../../support/gitPlace.ts';

describe('git', () => {
  let place: GitPlace;

  beforeEach(() => {
    place = gitPlace();
  });

  afterEach(() => place.remove());

  it('answers from the repository that a subfolder is in', async () => {
    const folder = place.repository('work', { 'a/b.txt': 'one\n' });
    const repository = await place.git.open(join(folder, 'a'));
    assert.ok(repository.ok);
    assert.deepEqual([repository.workTree, repository.kind], [folder, 'main']);
    writeFileSync(join(folder, 'a/b.txt'), 'two\n');
    const diff = await place.git.run(repository, { args: ['diff', '--name-only'] });
    assert.ok(diff.ok);
    assert.equal(diff.text, 'a/b.txt');
  });

  it('says what Git said when it fails', async () => {
    const repository = await place.git.open(place.repository('work', { 'a.txt': 'one\n' }));
    assert.ok(repository.ok);
    const result = await place.git.run(repository, { args: ['rev-parse', '--verify'], revisions: ['no-such'] });
    assert.deepEqual(result, {
      ok: false,
      kind: 'failed',
      exitCode: 128,
      text: `git rev-parse in ${repository.workTree} failed with code 128: fatal: Needed a single revision`,
      next: 'See what Git says, and try again.',
    });
  });
});
