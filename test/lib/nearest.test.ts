import * as assert from 'node:assert/strict';
import { nearestName } from '../../src/lib/nearest.ts';

const known = ['dependsOn', 'description', 'effort', 'id', 'model'];

describe('the nearest name', () => {
  it('is the one that was mistyped', () => {
    assert.equal(nearestName('dependOn', known), 'dependsOn');
    assert.equal(nearestName('DEPENDSON', known), 'dependsOn');
    assert.equal(nearestName('depends_on', known), 'dependsOn');
    assert.equal(nearestName('modle', known), undefined);
    assert.equal(nearestName('modl', known), 'model');
    assert.equal(nearestName('ie', known), 'id');
  });

  it('is nothing when none is close', () => {
    assert.equal(nearestName('colour', known), undefined);
    assert.equal(nearestName('', known), undefined);
    assert.equal(nearestName('model', []), undefined);
  });
});
