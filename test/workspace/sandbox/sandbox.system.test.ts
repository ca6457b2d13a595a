import * as assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { dirname, join } from 'node:path';
import { createPlace, type Place } from './confined.ts';

describe('Sandbox', function () {
  this.timeout(60_000);
  let place: Place;

  before(async () => {
    place = createPlace();
    assert.deepEqual(await place.sandbox.status(), { kind: 'ready' });
  });

  after(() => place.close());

  it('runs', async () => {
    const t = performance.now();
    const r = await place.run('echo hello; echo err >&2; id -u; pwd; env; ls -la; echo x > a; touch "$TMPDIR/t"; ls ../storage; mount | wc -l');
    console.log(r, performance.now() - t, readdirSync(place.at('work')));
  });
});
