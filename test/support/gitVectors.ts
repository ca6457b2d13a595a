import { appendFileSync, chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GitPlace } from './gitPlace.ts';

/** A way by which a repository makes Git run something. */
export interface Vector {
  readonly name: string;
  /** What two vectors of one repository cannot both be; its own name when left out. */
  readonly slot?: string;
  /** It makes commits, which others that are planted already could refuse. */
  readonly commits?: boolean;
  /** Plants it in a repository that has `a.txt`, changed and not committed, and a branch `side` that conflicts with `main`. */
  readonly plant: (place: GitPlace, folder: string, command: string) => void;
  /** What a person would type to set it off, so that the vector itself is known to be real; none where it needs a terminal or a network. */
  readonly trigger?: readonly string[];
}

const config =
  (key: string, value: (command: string) => string = (command) => command) =>
  (place: GitPlace, folder: string, command: string): void => {
    place.plain(folder, 'config', key, value(command));
  };

/** Of a file that every working tree has, without committing it. */
const attributes = (folder: string, text: string): void => {
  mkdirSync(join(folder, '.git/info'), { recursive: true });
  appendFileSync(join(folder, '.git/info/attributes'), text);
};

const driver =
  (attribute: string, key: string, value: (command: string) => string = (command) => command) =>
  (place: GitPlace, folder: string, command: string): void => {
    attributes(folder, `*.txt ${attribute}=evil\n`);
    place.plain(folder, 'config', key, value(command));
  };

const hook =
  (name: string) =>
  (_: GitPlace, folder: string, command: string): void => {
    mkdirSync(join(folder, '.git/hooks'), { recursive: true });
    writeFileSync(join(folder, '.git/hooks', name), `#!/bin/sh\n${command}\n`);
    chmodSync(join(folder, '.git/hooks', name), 0o755);
  };

const thenCat = (command: string) => `${command}; cat`;

/** Ways known from git-config(1), gitattributes(5) and githooks(5), and from published attacks. */
export const vectors: readonly Vector[] = [
  { name: 'core.fsmonitor', slot: 'fsmonitor', plant: config('core.fsmonitor'), trigger: ['status'] },
  {
    name: 'core.hooksPath',
    slot: 'hooks',
    plant: (place, folder, command) => {
      mkdirSync(join(folder, 'h'));
      writeFileSync(join(folder, 'h/post-checkout'), `#!/bin/sh\n${command}\n`);
      chmodSync(join(folder, 'h/post-checkout'), 0o755);
      place.plain(folder, 'config', 'core.hooksPath', join(folder, 'h'));
    },
    trigger: ['worktree', 'add', '../plain-tree'],
  },
  { name: 'hook post-checkout', slot: 'hooks', plant: hook('post-checkout'), trigger: ['worktree', 'add', '../plain-tree'] },
  { name: 'hook reference-transaction', slot: 'hooks', plant: hook('reference-transaction'), trigger: ['update-ref', 'refs/x', 'HEAD'] },
  { name: 'hook post-index-change', slot: 'hooks', plant: hook('post-index-change'), trigger: ['add', '-A'] },
  { name: 'hook pre-commit', slot: 'hooks', plant: hook('pre-commit'), trigger: ['commit', '-q', '-a', '-m', 'x'] },
  { name: 'filter.clean', slot: 'filter', plant: driver('filter', 'filter.evil.clean', thenCat), trigger: ['diff'] },
  {
    name: 'filter.smudge',
    slot: 'filter',
    plant: driver('filter', 'filter.evil.smudge', thenCat),
    trigger: ['worktree', 'add', '../plain-tree'],
  },
  { name: 'filter.process', slot: 'filter', plant: driver('filter', 'filter.evil.process'), trigger: ['add', '-A'] },
  {
    name: 'filter whose name holds = and a dot',
    slot: 'filter',
    plant: (place, folder, command) => {
      attributes(folder, '*.txt filter=e=v.il\n');
      place.plain(folder, 'config', 'filter.e=v.il.clean', thenCat(command));
    },
    trigger: ['diff'],
  },
  {
    name: 'required filter',
    slot: 'filter',
    plant: (place, folder, command) => {
      driver('filter', 'filter.evil.clean', thenCat)(place, folder, command);
      place.plain(folder, 'config', 'filter.evil.required', 'true');
    },
    trigger: ['diff'],
  },
  { name: 'diff.external', slot: 'diff', plant: config('diff.external'), trigger: ['diff'] },
  { name: 'diff.<driver>.command', slot: 'diff', plant: driver('diff', 'diff.evil.command'), trigger: ['diff'] },
  { name: 'diff.<driver>.textconv', slot: 'diff', plant: driver('diff', 'diff.evil.textconv', thenCat), trigger: ['show'] },
  { name: 'textconv by blame', slot: 'diff', plant: driver('diff', 'diff.evil.textconv', thenCat), trigger: ['blame', 'a.txt'] },
  { name: 'merge.<driver>.driver', plant: driver('merge', 'merge.evil.driver'), trigger: ['merge-tree', '--write-tree', 'main', 'side'] },
  { name: 'alias', plant: config('alias.st', (command) => `!${command}`), trigger: ['st'] },
  { name: 'core.editor', plant: config('core.editor'), trigger: ['commit', '-a'] },
  { name: 'sequence.editor', plant: config('sequence.editor'), trigger: ['rebase', '-i', '--root', '--autostash'] },
  {
    name: 'gpg.program by a commit',
    slot: 'gpg',
    plant: (place, folder, command) => {
      place.plain(folder, 'config', 'gpg.program', program(folder, command));
      place.plain(folder, 'config', 'commit.gpgSign', 'true');
    },
    trigger: ['commit', '-q', '-a', '-m', 'x'],
  },
  {
    name: 'gpg.program by log.showSignature',
    slot: 'gpg',
    plant: (place, folder, command) => {
      place.plain(folder, 'config', 'gpg.program', program(folder, command));
      place.plain(folder, 'config', 'log.showSignature', 'true');
      writeFileSync(
        join(folder, '.git/signed'),
        place
          .plain(folder, 'cat-file', 'commit', 'HEAD')
          .replace('\n\n', '\ngpgsig -----BEGIN PGP SIGNATURE-----\n \n x\n -----END PGP SIGNATURE-----\n\n'),
      );
      appendFileSync(join(folder, '.git/signed'), '\n');
      place.plain(folder, 'update-ref', 'HEAD', place.plain(folder, 'hash-object', '-t', 'commit', '-w', '.git/signed'));
    },
    trigger: ['log'],
  },
  {
    name: 'include',
    slot: 'fsmonitor',
    plant: (place, folder, command) => {
      writeFileSync(join(folder, '.git/more'), `[core]\n\tfsmonitor = "${command}"\n`);
      place.plain(folder, 'config', 'include.path', 'more');
    },
    trigger: ['status'],
  },
  {
    name: 'includeIf with a filter in it',
    slot: 'filter',
    plant: (place, folder, command) => {
      attributes(folder, '*.txt filter=evil\n');
      writeFileSync(join(folder, '.git/more2'), `[filter "evil"]\n\tclean = "${thenCat(command)}"\n`);
      place.plain(folder, 'config', 'includeIf.onbranch:main.path', 'more2');
    },
    trigger: ['diff'],
  },
  {
    name: 'config.worktree',
    slot: 'fsmonitor',
    plant: (place, folder, command) => {
      place.plain(folder, 'config', 'extensions.worktreeConfig', 'true');
      place.plain(folder, 'config', '--worktree', 'core.fsmonitor', command);
    },
    trigger: ['status'],
  },
  {
    name: "a submodule's own filter",
    commits: true,
    slot: 'submodule',
    plant: (place, folder, command) => {
      const inner = place.repository('inner', { 'i.txt': 'i' });
      place.plain(folder, 'submodule', '--quiet', 'add', inner, 'sub');
      writeFileSync(join(folder, 'sub/.git-attributes'), '');
      mkdirSync(join(folder, '.git/modules/sub/info'), { recursive: true });
      writeFileSync(join(folder, '.git/modules/sub/info/attributes'), '*.txt filter=evil\n');
      place.plain(join(folder, 'sub'), 'config', 'filter.evil.clean', thenCat(command));
      writeFileSync(join(folder, 'sub/i.txt'), 'j');
    },
    trigger: ['status'],
  },
  {
    name: 'diff.submodule',
    commits: true,
    slot: 'submodule',
    plant: (place, folder, command) => {
      const inner = place.repository('inner', { 'i.txt': 'i' });
      place.plain(folder, 'submodule', '--quiet', 'add', inner, 'sub');
      place.plain(folder, 'commit', '-q', '-m', 'sub', 'sub', '.gitmodules');
      place.plain(folder, 'config', 'diff.submodule', 'diff');
      place.plain(join(folder, 'sub'), 'config', 'core.fsmonitor', command);
      writeFileSync(join(folder, 'sub/i.txt'), 'j');
    },
    trigger: ['diff'],
  },
  {
    name: 'missing objects of a partial clone',
    commits: true,
    plant: (place, folder, command) => {
      place.plain(folder, 'config', 'core.repositoryFormatVersion', '1');
      place.plain(folder, 'config', 'extensions.partialClone', 'evil');
      place.plain(folder, 'config', 'remote.evil.promisor', 'true');
      place.plain(folder, 'config', 'remote.evil.url', 'ssh://host/x');
      place.plain(folder, 'config', 'core.sshCommand', command);
      writeFileSync(join(folder, 'gone.txt'), 'this blob goes missing');
      place.plain(folder, 'add', 'gone.txt');
      place.plain(folder, 'commit', '-q', '-m', 'gone');
      const id = place.plain(folder, 'rev-parse', 'HEAD:gone.txt');
      chmodSync(join(folder, '.git/objects', id.slice(0, 2), id.slice(2)), 0o644);
      place.plain(folder, 'rm', '-q', '--cached', 'gone.txt');
      removeObject(folder, id);
    },
    trigger: ['show', 'HEAD'],
  },
  {
    name: 'remote.uploadpack',
    plant: (place, folder, command) => {
      place.plain(folder, 'config', 'remote.evil.url', folder);
      place.plain(folder, 'config', 'remote.evil.uploadpack', command);
    },
    trigger: ['fetch', 'evil'],
  },
  {
    name: 'url.insteadOf',
    plant: (place, folder, command) => {
      place.plain(folder, 'config', 'protocol.ext.allow', 'always');
      place.plain(folder, 'config', `url.ext::sh -c % ${command.replaceAll(' ', '% ')} .insteadOf`, 'https://');
    },
  },
  { name: 'core.pager', plant: config('core.pager') },
  { name: 'pager.<command>', plant: config('pager.log') },
  { name: 'credential.helper', plant: config('credential.helper', (command) => `!${command}`), trigger: ['credential', 'fill'] },
  { name: 'core.alternateRefsCommand', plant: config('core.alternateRefsCommand') },
  { name: 'interactive.diffFilter', plant: config('interactive.diffFilter') },
  { name: 'trailer command', plant: config('trailer.x.command'), trigger: ['interpret-trailers', '--trailer', 'x', 'a.txt'] },
];

function program(folder: string, command: string): string {
  const file = join(folder, '.git/program');
  writeFileSync(file, `#!/bin/sh\n${command}\n`);
  chmodSync(file, 0o755);
  return file;
}

function removeObject(folder: string, id: string): void {
  rmSync(join(folder, '.git/objects', id.slice(0, 2), id.slice(2)));
}

/** Puts vectors together that can be in one repository, so that few repositories try all. */
export function groupVectors(all: readonly Vector[]): readonly (readonly Vector[])[] {
  const groups: Vector[][] = [];
  for (const vector of all) {
    const free = groups.find((group) => vector.slot === undefined || group.every(({ slot }) => slot !== vector.slot));
    if (free === undefined) {
      groups.push([vector]);
    } else {
      free.push(vector);
    }
  }
  return groups.map((group) => group.toSorted((a, b) => Number(b.commits ?? false) - Number(a.commits ?? false)));
}
