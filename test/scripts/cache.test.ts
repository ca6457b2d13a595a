import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheFolder, makeOnce } from '../../scripts/lib/cache.mjs';

const unusedPid = 2 ** 30;

describe('cache', () => {
  let base: string;
  const folder = (): string => join(base, 'thing-1.0');

  beforeEach(() => {
    base = mkdtempSync(join(tmpdir(), 'flotilla-cache-'));
  });

  afterEach(() => rmSync(base, { recursive: true, force: true }));

  const fill = (text: string) => async (fresh: string) => writeFileSync(join(fresh, 'file'), text);
  const noTelling = (): void => undefined;

  it('makes a folder once', async () => {
    await makeOnce(folder(), fill('first'), noTelling);
    await makeOnce(folder(), fill('second'), noTelling);
    assert.equal(readFileSync(join(folder(), 'file'), 'utf8'), 'first');
    assert.deepEqual(readdirSync(base), ['thing-1.0']);
  });

  it('leaves nothing of a set-up that failed', async () => {
    const half = async (fresh: string): Promise<void> => {
      writeFileSync(join(fresh, 'file'), 'half');
      throw new Error('the network went away');
    };
    await assert.rejects(makeOnce(folder(), half, noTelling), /the network went away/);
    assert.deepEqual(readdirSync(base), []);
  });

  it('takes over from a set-up that was ended, and removes what it left', async () => {
    writeFileSync(`${folder()}.lock`, String(unusedPid));
    mkdirSync(`${folder()}.new-${unusedPid}-abc`);
    await makeOnce(folder(), fill('mine'), noTelling);
    assert.deepEqual(readdirSync(base), ['thing-1.0']);
  });

  it('waits for another set-up instead of doing its work twice', async () => {
    let finish = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      finish = resolve;
    });
    let built = 0;
    const build = async (fresh: string): Promise<void> => {
      built++;
      await held;
      writeFileSync(join(fresh, 'file'), 'once');
    };
    const first = makeOnce(folder(), build, noTelling);
    const second = makeOnce(folder(), build, (text) => {
      assert.match(text, /waiting for another set-up of thing-1.0/);
      finish();
    });
    await Promise.all([first, second]);
    assert.equal(built, 1);
    assert.ok(existsSync(join(folder(), 'file')));
  });

  for (const [platform, env, expected] of [
    ['linux', { XDG_CACHE_HOME: '/x' }, /^\/x\/flotilla$/],
    ['linux', {}, /\.cache\/flotilla$/],
    ['darwin', {}, /Library\/Caches\/flotilla$/],
    ['win32', { LOCALAPPDATA: 'L' }, /^L\/flotilla$/],
  ] as const) {
    it(`is where ${platform} keeps caches${'XDG_CACHE_HOME' in env ? ', or where the person wants them' : ''}`, () => {
      assert.match(cacheFolder(env, platform).replaceAll('\\', '/'), expected);
    });
  }
});
