import * as assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { toId } from '../../../src/core/ids.ts';
import { blockedText, trainText } from '../../../src/core/train/trainText.ts';
import { Died, TrainPlace } from '../../support/trainPlace.ts';

const lines = (...all: readonly string[]): string => `${all.join('\n')}\n`;
const base = {
  'one.txt': lines('a', 'b', 'c', 'd', 'e'),
  'two.txt': lines('1', '2', '3'),
  'three.txt': lines('x', 'y', 'z'),
  '.gitignore': 'built/\n*.secret\n',
};
const id = (name: string) => toId('agent', name);

describe('the safety of merge trains', () => {
  let at: TrainPlace;

  beforeEach(() => {
    at = new TrainPlace(base);
  });

  afterEach(() => at.remove());

  describe('and what the person has not committed', () => {
    beforeEach(async () => {
      at.agent('ann', { 'one.txt': lines('ANN'), 'made.txt': 'made by ann\n', 'key.secret': 'of ann\n' });
      at.place.plain(at.agentFolder('ann'), 'add', '-f', 'key.secret');
      at.place.plain(at.agentFolder('ann'), 'commit', '-q', '-m', 'an ignored file');
      await at.start();
      await at.advance();
    });

    const land = async () => {
      await at.say({ type: 'land' });
      await at.advance();
    };

    it('GIT-10: staged, unstaged, untracked and ignored files beside the move stay as they are', async () => {
      at.write({ 'two.txt': lines('staged') });
      at.git('add', 'two.txt');
      at.write({
        'two.txt': lines('staged', 'and more'),
        'three.txt': lines('unstaged'),
        'mine.txt': 'untracked\n',
        'mine.secret': 'ignored\n',
      });
      at.git('add', '-N', 'mine.txt');
      const mine = at.mine();
      await land();
      assert.equal(at.now().ended?.outcome, 'landed');
      assert.deepEqual({ ...at.mine(), head: mine.head }, mine);
      assert.equal(at.read('two.txt'), lines('staged', 'and more'));
      assert.equal(at.read('mine.secret'), 'ignored\n');
      assert.equal(at.read('one.txt'), lines('ANN'));
    });

    for (const [why, make] of [
      ['staged', () => at.git('add', 'one.txt')],
      ['changed', () => ''],
    ] as const) {
      it(`a ${why} file that the move would change stops it, and nothing is touched`, async () => {
        at.write({ 'one.txt': lines('PERSON') });
        make();
        const mine = at.mine();
        await land();
        assert.deepEqual(at.now().blocked?.files, [{ path: 'one.txt', why }]);
        assert.deepEqual(at.mine(), mine);
        assert.equal(at.read('one.txt'), lines('PERSON'));
        at.git('reset', '-q', '--hard');
        await land();
        assert.equal(at.now().ended?.outcome, 'landed');
      });
    }

    it('untracked and ignored files that stand in the way stop it, and nothing is touched', async () => {
      at.write({ 'made.txt': 'by the person\n', 'key.secret': 'of the person\n' });
      const mine = at.mine();
      await land();
      assert.deepEqual(at.now().blocked?.files, [
        { path: 'key.secret', why: 'untracked' },
        { path: 'made.txt', why: 'untracked' },
      ]);
      assert.equal(at.now().blocked?.files.map(blockedText)[1], 'made.txt: it is there and Git does not know it');
      assert.deepEqual(at.mine(), mine);
      assert.deepEqual([at.read('made.txt'), at.read('key.secret')], ['by the person\n', 'of the person\n']);
    });

    it('unsaved text in an editor stops it', async () => {
      at.unsaved = [join(at.folder, 'one.txt'), join(at.folder, 'two.txt')];
      await land();
      assert.deepEqual(at.now().blocked?.files, [{ path: 'one.txt', why: 'unsaved' }]);
      assert.equal(at.read('one.txt'), base['one.txt']);
    });

    it('files that go through a filter are left to the Git of the person', async () => {
      at.write({ '.git/info/attributes': '*.txt filter=big\n' });
      await land();
      assert.deepEqual(
        at.now().blocked?.files.map((file) => file.why),
        ['filtered', 'filtered'],
      );
      assert.match(at.now().blocked?.next ?? '', /git merge --ff-only/);
    });

    it('GIT-10: a lock of the person is waited for and never removed', async () => {
      at.write({ '.git/index.lock': '' });
      await land();
      assert.match(at.now().blocked?.next ?? '', /remove the lock file yourself/);
      assert.ok(existsSync(join(at.folder, '.git/index.lock')));
      assert.equal(at.read('one.txt'), base['one.txt']);
    }).timeout(20_000);

    it('is no business of a train whose branch is not checked out any more', async () => {
      at.git('switch', '-q', '-c', 'other');
      at.write({ 'one.txt': lines('PERSON') });
      const mine = at.mine();
      await land();
      assert.equal(at.now().ended?.outcome, 'landed');
      assert.deepEqual(at.mine(), mine);
      assert.equal(at.git('show', 'main:one.txt'), 'ANN');
    });

    it('a rebase that is going on stops it', async () => {
      at.git('switch', '-q', '-c', 'side');
      at.write({ 'one.txt': lines('SIDE') });
      at.git('commit', '-q', '-am', 'side');
      at.git('switch', '-q', 'main');
      at.write({ 'one.txt': lines('MAIN') });
      at.git('commit', '-q', '-am', 'main');
      assert.throws(() => at.git('rebase', 'side'));
      // The rebase starts from a commit the train did not see; it is merged again first, and conflicts with that.
      await land();
      assert.equal(at.now().stop?.kind, 'conflict');
      await at.say({ type: 'skip', agentId: id('ann'), reason: 'no' });
      await at.advance();
      assert.equal(at.git('show', 'main:one.txt'), 'MAIN');
    });

    it('a stash is neither made nor used, whatever the repository is set to', async () => {
      at.git('config', 'merge.autoStash', 'true');
      at.git('config', 'branch.main.mergeOptions', '--squash --overwrite-ignore');
      at.write({ 'one.txt': lines('PERSON'), 'key.secret': 'of the person\n' });
      const mine = at.mine();
      await land();
      assert.equal(at.now().ended, undefined);
      assert.deepEqual(at.mine(), mine);
      assert.equal(at.read('key.secret'), 'of the person\n');
    });
  });

  describe('after a crash', () => {
    /** Starts the host again and again, and lets it die by what `die` arranges, until the train needs somebody. */
    const through = async (die: (attempt: number) => void, until: () => boolean) => {
      for (let attempt = 0; !until(); attempt++) {
        assert.ok(attempt < 60, `no progress: ${trainText(at.now())}`);
        die(attempt);
        at.open();
        try {
          await at.advance();
        } catch (error) {
          assert.ok(error instanceof Died, String(error));
        }
      }
      at.dies = undefined;
      at.calls = Number.POSITIVE_INFINITY;
    };

    it('GIT-06: goes on from its facts, wherever it died before or after one, with hands and a moved branch between', async () => {
      at.agent('ann', { 'one.txt': lines('ANN', 'b', 'c', 'd', 'e') });
      at.agent('bob', { 'one.txt': lines('BOB', 'b', 'c', 'd', 'e') });
      at.write({ 'three.txt': lines('staged') });
      at.git('add', 'three.txt');
      at.write({ 'three.txt': lines('unstaged'), 'mine.txt': 'mine\n' });
      const mine = at.mine();
      await at.start();
      const eachFact = (attempt: number) => {
        at.dies = { facts: 0, after: attempt % 2 === 1 };
      };
      await through(eachFact, () => at.now().stop !== undefined);
      at.open();
      const opened = await at.say({ type: 'openByHand', agentId: id('bob') });
      assert.ok(opened.ok && opened.folder !== undefined);
      at.place.write(opened.folder, { 'one.txt': lines('both', 'b', 'c', 'd', 'e') });
      at.open();
      at.dies = { facts: 0, after: false };
      await assert.rejects(at.say({ type: 'finishByHand' }), Died);
      at.dies = undefined;
      at.open();
      assert.deepEqual(await at.say({ type: 'finishByHand' }), { ok: true });
      at.write({ 'two.txt': lines('by the person') });
      at.git('commit', '-q', '-m', 'by the person', '--', 'two.txt');
      const head = at.git('rev-parse', 'HEAD');
      await through(eachFact, () => trainText(at.now()).startsWith('Ready'));
      assert.deepEqual(at.mine(), { ...mine, head });
      await at.say({ type: 'land' });
      await through(eachFact, () => at.now().ended !== undefined);
      await at.trains.tidy([at.now()]);
      assert.equal(at.now().ended?.outcome, 'landed');
      assert.equal(at.read('one.txt'), lines('both', 'b', 'c', 'd', 'e'));
      assert.deepEqual({ ...at.mine(), head: mine.head }, mine);
      assert.deepEqual(at.leftovers(), []);
    });

    it('GIT-06: goes on from its facts, wherever it died between two calls of Git', async () => {
      at.agent('ann', { 'one.txt': lines('ANN') });
      at.write({ 'two.txt': lines('staged') });
      at.git('add', 'two.txt');
      const mine = at.mine();
      await at.start({ landing: 'auto' });
      let [calls, facts] = [0, at.facts.length];
      await through(
        () => {
          // One call further each time, until a fact has been recorded.
          [calls, facts] = at.facts.length > facts ? [0, at.facts.length] : [calls + 1, facts];
          at.calls = calls;
        },
        () => at.now().ended !== undefined,
      );
      await at.trains.tidy([at.now()]);
      assert.equal(at.read('one.txt'), lines('ANN'));
      assert.deepEqual({ ...at.mine(), head: mine.head }, mine);
      assert.deepEqual(at.git('log', '--first-parent', '--format=%s', 'main').split('\n').length, 2);
      assert.deepEqual(at.leftovers(), []);
    });
  });
}).timeout(120_000); // Each test starts some hundred programs, which a busy machine does slowly.
