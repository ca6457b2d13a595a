import * as assert from 'node:assert/strict';
import { isSecretName } from '../../src/policy/secretPaths.ts';

describe('secret names', () => {
  it('are those of keys, credentials and environment files, in any letter case', () => {
    for (const name of [
      '.env',
      '.env.local',
      '.ENV.production',
      '.envrc',
      '.netrc',
      '.npmrc',
      'id_rsa',
      'id_ed25519',
      'server.pem',
      'TLS.KEY',
      'store.p12',
      'credentials.json',
      'service-account-prod.json',
    ]) {
      assert.equal(isSecretName(name), true, name);
    }
  });

  it('are not those of samples, public keys and code', () => {
    for (const name of [
      '.env.example',
      '.env.sample',
      '.env.template',
      'id_rsa.pub',
      'env.ts',
      'keys.ts',
      'monkey',
      'credentials.ts',
      'environment',
      '.environment',
    ]) {
      assert.equal(isSecretName(name), false, name);
    }
  });
});
