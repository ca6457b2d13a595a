import * as assert from 'node:assert/strict';
import { commandEnvironment } from '../../src/workspace/commandEnvironment.ts';

const linux = { platform: 'linux', workspaceFolders: ['/home/me/repo'] } as const;

describe('commandEnvironment', () => {
  it('passes only what is on the list', () => {
    const environment = commandEnvironment(
      {
        HOME: '/home/me',
        LANG: 'de_DE.UTF-8',
        LC_ALL: 'C',
        JAVA_HOME: '/opt/java',
        PATH: '/usr/bin',
        ANTHROPIC_API_KEY: 'canary',
        AWS_SECRET_ACCESS_KEY: 'canary',
        GITHUB_TOKEN: 'canary',
        SSH_AUTH_SOCK: '/run/agent',
        BASH_ENV: '/tmp/evil',
        ENV: '/tmp/evil',
        PROMPT_COMMAND: 'evil',
        LD_PRELOAD: '/tmp/evil.so',
        NODE_OPTIONS: '--require evil',
        GIT_SSH_COMMAND: 'evil',
        'BASH_FUNC_ls%%': '() { evil; }',
        LC_EVIL_: 'evil',
        ELECTRON_RUN_AS_NODE: '1',
        VSCODE_PID: '1',
      },
      linux,
    );
    assert.deepEqual(environment, {
      HOME: '/home/me',
      LANG: 'de_DE.UTF-8',
      LC_ALL: 'C',
      JAVA_HOME: '/opt/java',
      PATH: '/usr/bin',
      TERM: 'dumb',
      NO_COLOR: '1',
      PAGER: 'cat',
      GIT_PAGER: 'cat',
      GIT_TERMINAL_PROMPT: '0',
    });
  });

  it('drops PATH entries that are relative, empty, or in the workspace', () => {
    const path = [
      '',
      '.',
      'bin',
      '/home/me/repo',
      '/home/me/repo/node_modules/.bin',
      '/home/me/repo/../repo/x',
      '/home/me/repo-tools',
      '/usr/bin',
    ];
    assert.equal(commandEnvironment({ PATH: path.join(':') }, linux).PATH, '/home/me/repo-tools:/usr/bin');
  });

  it('falls back to the system folders when nothing of PATH is left', () => {
    assert.equal(commandEnvironment({ PATH: '.:bin' }, linux).PATH, '/usr/local/bin:/usr/bin:/bin');
    assert.equal(commandEnvironment({}, linux).PATH, '/usr/local/bin:/usr/bin:/bin');
  });

  it('passes a proxy only when no password is in it', () => {
    const environment = commandEnvironment({ HTTPS_PROXY: 'http://me:secret@proxy:8080', HTTP_PROXY: 'http://proxy:8080' }, linux);
    assert.equal(environment.HTTPS_PROXY, undefined);
    assert.equal(environment.HTTP_PROXY, 'http://proxy:8080');
  });

  it('ignores case on Windows, and there also in folders', () => {
    const environment = commandEnvironment(
      { Path: 'c:\\REPO\\bin;C:\\Windows', systemroot: 'C:\\Windows', Api_Key: 'canary' },
      { platform: 'win32', workspaceFolders: ['C:\\repo'] },
    );
    assert.equal(environment.PATH, 'C:\\Windows');
    assert.equal(environment.systemroot, 'C:\\Windows');
    assert.equal(Object.values(environment).includes('canary'), false);
  });
});
