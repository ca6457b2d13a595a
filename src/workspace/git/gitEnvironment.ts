import path from 'node:path';
import type { ConfigOverride } from './gitConfig.ts';
import type { Repository } from './gitDir.ts';
import type { GitCall } from './gitTypes.ts';

const nothing = process.platform === 'win32' ? 'NUL' : '/dev/null';

/** What every call is given: no settings, attributes or helpers of anybody, nothing that asks, nothing that talks to a network. */
export const plainEnvironment = {
  LC_ALL: 'C',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_SYSTEM: nothing,
  GIT_CONFIG_GLOBAL: nothing,
  GIT_ATTR_NOSYSTEM: '1',
  GIT_TERMINAL_PROMPT: '0',
  GIT_OPTIONAL_LOCKS: '0',
  GIT_LITERAL_PATHSPECS: '1',
  GIT_NO_LAZY_FETCH: '1',
  GIT_ALLOW_PROTOCOL: 'none',
  GIT_EDITOR: ':',
  GIT_SEQUENCE_EDITOR: ':',
  GIT_PAGER: 'cat',
  GIT_ADVICE: '0',
};

/** Which repository a call works on, said outright so that Git looks for none. */
export function repositoryEnvironment(
  repository: Repository,
  call: Pick<GitCall, 'indexFile' | 'objectFolder' | 'otherObjects' | 'identity'>,
): Record<string, string> {
  const { indexFile, objectFolder, identity } = call;
  const others = [...(objectFolder === undefined ? [] : [path.join(repository.commonDir, 'objects')]), ...(call.otherObjects ?? [])];
  return {
    GIT_DIR: repository.gitDir,
    GIT_WORK_TREE: repository.workTree,
    ...(indexFile === undefined ? {} : { GIT_INDEX_FILE: indexFile }),
    ...(objectFolder === undefined ? {} : { GIT_OBJECT_DIRECTORY: objectFolder }),
    ...(others.length === 0 ? {} : { GIT_ALTERNATE_OBJECT_DIRECTORIES: others.map(quoteAlternate).join(path.delimiter) }),
    ...(identity === undefined
      ? {}
      : {
          GIT_AUTHOR_NAME: identity.name,
          GIT_AUTHOR_EMAIL: identity.email,
          GIT_COMMITTER_NAME: identity.name,
          GIT_COMMITTER_EMAIL: identity.email,
        }),
  };
}

/** A path with the separator in it must stand in quotes. Source: git(1), GIT_ALTERNATE_OBJECT_DIRECTORIES. */
function quoteAlternate(folder: string): string {
  return folder.includes(path.delimiter) || folder.startsWith('"') ? `"${folder.replaceAll(/["\\]/g, '\\$&')}"` : folder;
}

/** Settings that win over every file, without any quoting. Source: git-config(1), GIT_CONFIG_COUNT. */
export function settingsEnvironment(overrides: readonly ConfigOverride[]): Record<string, string> {
  const pairs = overrides.flatMap(([key, value], index) => [
    [`GIT_CONFIG_KEY_${index}`, key],
    [`GIT_CONFIG_VALUE_${index}`, value],
  ]);
  return { ...Object.fromEntries(pairs), GIT_CONFIG_COUNT: String(overrides.length) };
}
