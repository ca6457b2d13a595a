import { execFileSync } from 'node:child_process';
import { chmodSync, linkSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { makePipe, writeTree } from '../../../workspace/temporaryFolder.ts';

/** The text in every secret; what is not meant to be seen has been seen when it is in an output. */
export const secretText = 'KEYcanary7Q2x';

const evil = '#!/bin/sh\n: > /home/canary/ran\necho url\n';
const filterConfig = `[alias]\n\tx = !./evil.sh\n[core]\n\trepositoryformatversion = 0\n\tfsmonitor = ./evil.sh\n[remote "o"]\n\turl = https://${secretText}@x\n`;

const workspace: Readonly<Record<string, string>> = {
  'a.txt': 'hello\none two\nx=1\n',
  'b.txt': 'hello\ntwo\n',
  'one.txt': 'evil.sh\n',
  'big.txt': 'line of text\n'.repeat(20_000),
  'evil.sh': evil,
  ls: evil,
  'bin/grep': evil,
  'bin/git-grep': evil,
  'evil.js': 'require("fs").writeFileSync("/home/canary/ran", "")\n',
  'script.sed': '1e ./evil.sh\n',
  'script.awk': 'BEGIN { system("./evil.sh") }\n',
  'package.json': '{ "scripts": { "test": "./evil.sh" } }\n',
  Makefile: 'x := $(shell ./evil.sh)\nall:\n\t./evil.sh\nx:\n',
  'src/a.ts': 'export const a = 1;\n',
  'notes.patch': '--- a\n+++ b\n@@ -1 +1 @@\n-hello\n+bye\n',
  'hex.txt': '00000000: 6869 0a\n',
  'magic.mgc': 'x',
  names0: '/home/u/.ssh/id_rsa\0.env\0',
  'names.txt': '.env\n',
  '.env': `${secretText}=1\n`,
  '.npmrc': `//x/:_authToken=${secretText}\n`,
  '.netrc': `machine x password ${secretText}\n`,
  'server.key': `${secretText}\n`,
  'keys/id_rsa': `${secretText}\n`,
  '.ssh/id_ed25519': `${secretText}\n`,
  '.aws/credentials': `${secretText}\n`,
  '.vscode/settings.json': '{}\n',
  '.git/HEAD': 'ref: refs/heads/main\n',
  '.git/config': filterConfig,
  '.git/objects/info/x': '',
  '.git/refs/heads/x': '',
  '.git/hooks/x': '',
};

const outside: Readonly<Record<string, string>> = {
  'u/.ssh/id_rsa': `${secretText}\n`,
  'u/secret.json': `"${secretText}"\n`,
  'u/.env': `${secretText}=1\n`,
  'u/notes.txt': 'hello\n',
  'u/.bashrc': '',
  'u/empty/.keep': '',
  'canary/.keep': '',
};

/** Makes a workspace `w`, a home folder `u` beside it, and `canary`, where nothing may be written, below `folder`. */
export async function makeAttackFixture(folder: string): Promise<void> {
  const w = path.join(folder, 'w');
  await writeTree(folder, outside);
  await writeTree(w, workspace);
  execFileSync('rm', [path.join(folder, 'u/empty/.keep')]);
  for (const program of ['evil.sh', 'ls', 'bin/grep', 'bin/git-grep']) {
    chmodSync(path.join(w, program), 0o755);
  }
  symlinkSync('../u', path.join(w, 'link-home'));
  symlinkSync('../u/notes.txt', path.join(w, 'link-file'));
  symlinkSync('../u/.ssh/id_rsa', path.join(w, 'link-secret'));
  symlinkSync('.env', path.join(w, 'link-env'));
  symlinkSync('../u', path.join(w, 'src-link'));
  symlinkSync('/dev/zero', path.join(w, 'zero-link'));
  linkSync(path.join(folder, 'u/.ssh/id_rsa'), path.join(w, 'hard-link.txt'));
  makePipe(path.join(w, 'pipe'));
  mkdirSync(path.join(w, 'loop'));
  makePipe(path.join(w, 'loop/a.ts'));
  execFileSync('tar', ['-cf', 'some.tar', 'a.txt'], { cwd: w });
  execFileSync('tar', ['-cf', 'protected.tar', '.vscode/settings.json', '.npmrc'], { cwd: w });
  writeFileSync(path.join(w, '.vscode/settings.json'), '{ "now": "different" }\n');
}
