import * as assert from 'node:assert/strict';
import { homeSecrets, isEnvironmentPath, isSecretFile, isSecretPlace } from '../../src/policy/secretPlaces.ts';

const sure = [
  '.env',
  '.env.local',
  '.ENV.production',
  'prod.env',
  '.envrc',
  '.netrc',
  '_netrc',
  '.npmrc',
  '.pgpass',
  '.bash_history',
  'id_rsa',
  'id_ed25519',
  'server.pem',
  'TLS.KEY',
  'store.p12',
  'putty.ppk',
  'credentials.json',
  'service-account-prod.json',
  // As file systems take them for the same.
  '.env\u200B',
  'SERVER.PEM.',
  '.ｅｎｖ',
];
const possible = ['.yarnrc.yml', '.gitconfig', 'id_rsa.old', 'server.pem.bak', 'secrets', 'secrets.yml', 'credentials.ts', 'prod.tfstate'];
const none = [
  '.env.example',
  '.env.sample',
  '.env.template',
  'id_rsa.pub',
  'env.ts',
  'keys.ts',
  'monkey',
  'environment',
  '.environment',
  'history.ts',
];

describe('SEC-02: places of secrets', () => {
  it('are files that are surely secret, which no confined command reads, in any letter case', () => {
    for (const name of sure) {
      assert.equal(isSecretFile(name), true, name);
    }
    for (const name of [...possible, ...none]) {
      assert.equal(isSecretFile(name), false, name);
    }
  });

  it('are those and others that may be, which nothing reads unasked', () => {
    for (const name of [...sure, ...possible]) {
      assert.equal(isSecretPlace(`a/${name}`), true, name);
    }
    for (const name of none) {
      assert.equal(isSecretPlace(`a/${name}`), false, name);
    }
  });

  it('are the places of a home folder, wherever one lies', () => {
    for (const place of homeSecrets) {
      assert.equal(isSecretPlace(`backup/home/${place.toUpperCase()}/x`), true, place);
      assert.equal(isSecretPlace(place.replaceAll('/', '\\')), true, place);
    }
    for (const place of ['.cargo/config.toml', '.m2/repository', 'ssh/x']) {
      assert.equal(isSecretPlace(place), false, place);
    }
  });

  it('are files like .env, whose values are learned, and no samples of them', () => {
    for (const path of ['.env', 'a/.env.local', '.envrc', 'prod.env', 'x/.ENV', 'a\\.env']) {
      assert.equal(isEnvironmentPath(path), true, path);
    }
    for (const path of ['.env.example', 'src/env.ts', 'environment.json', '.env/readme.md']) {
      assert.equal(isEnvironmentPath(path), false, path);
    }
  });
});
