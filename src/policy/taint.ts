import { foldName } from './foldName.ts';

/*
 * Files that decide what a build, test or install command does, beside the code itself. They are ordinary work, so they may be written, but
 * whoever wrote one has made every later command of that kind mean something else: nothing that was allowed before may run it unasked.
 */

const files: ReadonlySet<string> = new Set([
  'package.json',
  'package-lock.json',
  'npm-shrinkwrap.json',
  'yarn.lock',
  'pnpm-lock.yaml',
  'pnpm-workspace.yaml',
  'bun.lock',
  'bun.lockb',
  'bunfig.toml',
  'deno.json',
  'deno.jsonc',
  'deno.lock',
  'lerna.json',
  'nx.json',
  'turbo.json',
  'makefile',
  'gnumakefile',
  'justfile',
  'rakefile',
  'gemfile',
  'gemfile.lock',
  'gulpfile.js',
  'gruntfile.js',
  'taskfile.yml',
  'taskfile.yaml',
  'cmakelists.txt',
  'meson.build',
  'sconstruct',
  'build',
  'build.bazel',
  'workspace',
  'module.bazel',
  'cargo.toml',
  'cargo.lock',
  'build.rs',
  'rust-toolchain',
  'rust-toolchain.toml',
  'go.mod',
  'go.sum',
  'go.work',
  'setup.py',
  'setup.cfg',
  'pyproject.toml',
  'conftest.py',
  'sitecustomize.py',
  'usercustomize.py',
  'tox.ini',
  'pytest.ini',
  'noxfile.py',
  'pipfile',
  'pipfile.lock',
  'poetry.lock',
  'uv.lock',
  'manage.py',
  'pom.xml',
  'build.xml',
  'build.sbt',
  'gradlew',
  'gradlew.bat',
  'mvnw',
  'mvnw.cmd',
  'gradle.properties',
  'gradle-wrapper.properties',
  'gradle-wrapper.jar',
  'maven-wrapper.properties',
  'composer.json',
  'composer.lock',
  'mix.exs',
  'package.swift',
  'package.resolved',
  'build.zig',
  'packages.lock.json',
  'nuget.config',
  'global.json',
  'dockerfile',
  'containerfile',
  'vagrantfile',
  'jenkinsfile',
  'procfile',
  '.pre-commit-config.yaml',
  'lefthook.yml',
  '.lefthook.yml',
  '.babelrc',
  '.mocharc.json',
  '.mocharc.yml',
  '.swcrc',
]);

const patterns: readonly RegExp[] = [
  /\.mk$/,
  /\.cmake$/,
  /\.gradle(\.kts)?$/,
  /\.(cs|fs|vb|vcx)proj$/,
  /\.(props|targets|sln|pth|gemspec|podspec|bzl)$/,
  /^requirements[\w.-]*\.txt$/,
  /^(docker-)?compose[\w.-]*\.ya?ml$/,
  // vite.config.ts, jest.setup.js, .eslintrc.cjs: a tool runs them as soon as it starts.
  /\.(config|setup|conf)\.[cm]?[jt]sx?$/,
  /^\.\w+rc\.[cm]?[jt]s$/,
];

/** Whether a file decides what a build or test command does, so that writing it and running that command is running anything. */
export function isBuildPath(path: string): boolean {
  const name = foldName(path.split(/[/\\]/).at(-1) ?? '');
  return files.has(name) || patterns.some((pattern) => pattern.test(name));
}

/**
 * The files among those a run has written that execute later. A run with any is tainted: from then on none of its commands runs outside the
 * sandbox on the strength of an earlier yes.
 */
export function taintedBy(writtenPaths: Iterable<string>): readonly string[] {
  return [...new Set(writtenPaths)].filter(isBuildPath).sort();
}
