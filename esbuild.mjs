// @ts-check
/*
 * node esbuild.mjs [--dev] [--watch] [--tests[=part of a path]]
 *
 * Makes dist/extension.js with lazily loaded chunks such as dist/anthropic.js (CommonJS, for the extension host), dist/webview.js and
 * .css (browser) and the codicon font; with --tests also the test bundles under out/test. --dev and --watch keep it readable, with
 * source maps. An entry that does not exist is skipped with one line.
 */
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';

const root = dirname(fileURLToPath(import.meta.url));
const flags = process.argv.slice(2);
const watch = flags.includes('--watch');
const dev = watch || flags.includes('--dev');
const testFlag = flags.find((flag) => flag === '--tests' || flag.startsWith('--tests='));
const onlyTests = testFlag?.split('=')[1] ?? '';
const hourMs = 3_600_000;

/** @param {string} message */
function say(message) {
  process.stdout.write(`${message}\n`);
}

/**
 * Files below a folder of the checkout, as paths with forward slashes from the checkout's root.
 * @param {string} folder
 * @returns {readonly string[]}
 */
function filesBelow(folder) {
  const full = join(root, folder);
  if (!existsSync(full)) {
    return [];
  }
  const entries = readdirSync(full, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
}

/**
 * @param {Readonly<Record<string, string>>} entries output name to source file
 * @returns {Record<string, string>}
 */
function existingOf(entries) {
  const present = Object.entries(entries).filter(([, file]) => existsSync(join(root, file)));
  const missing = Object.values(entries).filter((file) => !existsSync(join(root, file)));
  if (missing.length > 0) {
    say(`build: not there, skipped: ${missing.join(', ')}`);
  }
  return Object.fromEntries(present);
}

/**
 * Replaces a file in one step, so that whoever is loading it sees the old or the new one, and leaves an unchanged file alone.
 * @param {string} file
 * @param {string | Uint8Array} contents
 */
function replaceFile(file, contents) {
  const bytes = Buffer.from(contents);
  if (existsSync(file) && readFileSync(file).equals(bytes)) {
    return;
  }
  mkdirSync(dirname(file), { recursive: true });
  const fresh = `${file}.${process.pid}.new`;
  writeFileSync(fresh, bytes);
  renameSync(fresh, file);
}

/**
 * Deletes what earlier builds left in `folder`. Hashed chunks stay for an hour: a process that began before this build may still load them.
 * @param {string} folder
 * @param {ReadonlySet<string>} written
 */
function removeStale(folder, written) {
  for (const file of filesBelow(folder)) {
    const full = join(root, file);
    const fresh = file.includes('/chunks/') && Date.now() - statSync(full).mtimeMs < hourMs;
    if (!written.has(full) && !fresh) {
      rmSync(full, { force: true });
    }
  }
}

/**
 * Writes the outputs of a build and deletes what earlier builds left in `clean`. `commonJs` turns every ES module chunk into CommonJS, because esbuild splits ES modules only, and
 * separate bundles would give each its own copy of a class, so that `instanceof` fails across them.
 * @param {{ commonJs: boolean, clean: string | undefined }} options
 * @returns {esbuild.Plugin}
 */
function writeOutputs({ commonJs, clean }) {
  return {
    name: 'write-outputs',
    setup(build) {
      build.onEnd(async (result) => {
        if (result.errors.length > 0 || !result.outputFiles) {
          return;
        }
        /** @type {Set<string>} */
        const written = new Set();
        for (const file of result.outputFiles) {
          const script = commonJs && /\.c?js$/.test(file.path);
          replaceFile(file.path, script ? await toCommonJs(file) : file.contents);
          written.add(file.path);
        }
        if (clean !== undefined) {
          removeStale(clean, written);
        }
      });
    },
  };
}

/** @param {esbuild.OutputFile} file */
async function toCommonJs(file) {
  const result = await esbuild.transform(file.text, {
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    minify: !dev,
    sourcemap: dev ? 'inline' : false,
    supported: { 'dynamic-import': false },
    sourcefile: file.path,
    // CommonJS has no import.meta; sandbox-runtime asks it where it lies as it loads.
    ...(file.text.includes('import.meta.url')
      ? {
          define: { 'import.meta.url': 'importMetaUrl' },
          banner: 'const importMetaUrl = require("node:url").pathToFileURL(__filename).href;',
        }
      : {}),
  });
  return result.code;
}

/** Tests in Node may import modules that import style sheets. @type {esbuild.Plugin} */
const ignoreStyles = {
  name: 'ignore-styles',
  setup(build) {
    build.onResolve({ filter: /\.css$/ }, (args) => ({ path: args.path, namespace: 'ignored' }));
    build.onLoad({ filter: /.*/, namespace: 'ignored' }, () => ({ contents: '' }));
  },
};

/** @type {esbuild.BuildOptions} */
const common = {
  absWorkingDir: root,
  bundle: true,
  write: false,
  logLevel: 'warning',
  legalComments: 'none',
  jsx: 'automatic',
  jsxImportSource: 'preact',
  // The built-in workflows are Markdown files; they travel inside the bundle.
  loader: { '.md': 'text' },
  minify: !dev,
  sourcemap: dev ? 'inline' : false,
};

/** @type {esbuild.BuildOptions} */
const forNode = {
  ...common,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
  mainFields: ['module', 'main'],
};

/** @param {esbuild.BuildOptions} build */
function hasEntries(build) {
  return Object.keys(build.entryPoints ?? {}).length > 0;
}

/** @returns {readonly esbuild.BuildOptions[]} */
function productBuilds() {
  const dist = join(root, 'dist');
  const extension = existingOf({ extension: 'src/extension.ts', anthropic: 'src/providers/anthropic/index.ts' });
  const webview = existingOf({ webview: 'webview/main.tsx' });
  /** @type {esbuild.BuildOptions[]} */
  const builds = [
    {
      ...forNode,
      entryPoints: extension,
      outdir: dist,
      external: ['vscode'],
      // The editor's extension host reports every look at the global `navigator` as a fault of the extension; libraries look at it to find browsers.
      define: { navigator: 'undefined' },
      plugins: [writeOutputs({ commonJs: true, clean: 'dist/chunks' })],
    },
    {
      ...common,
      entryPoints: webview,
      outdir: dist,
      platform: 'browser',
      format: 'iife',
      target: 'es2022',
      external: ['*.ttf'],
      plugins: [writeOutputs({ commonJs: false, clean: undefined })],
    },
  ];
  return builds.filter(hasEntries);
}

/**
 * Test bundles of one kind, laid out as their sources are below `base`.
 * @param {{ sources: readonly string[], base: string, out: string, commonJs: boolean }} options
 * @returns {esbuild.BuildOptions}
 */
function testBuild({ sources, base, out, commonJs }) {
  return {
    ...forNode,
    packages: 'external',
    external: ['vscode'],
    minify: false,
    sourcemap: 'inline',
    entryPoints: sources.filter((file) => file.includes(onlyTests)),
    outbase: join(root, base),
    outdir: join(root, out),
    outExtension: { '.js': commonJs ? '.cjs' : '.mjs' },
    plugins: [ignoreStyles, writeOutputs({ commonJs, clean: onlyTests === '' ? out : undefined })],
  };
}

/** @returns {readonly esbuild.BuildOptions[]} */
function testBuilds() {
  const files = filesBelow('test').filter((file) => /\.tsx?$/.test(file) && !file.startsWith('test/fixtures/'));
  const tests = files.filter((file) => /\.test\.tsx?$/.test(file));
  const below = (/** @type {string} */ folder) => (/** @type {string} */ file) => file.startsWith(folder);
  const builds = [
    { sources: tests.filter((file) => !/^test\/(extension|e2e|bench)\//.test(file)), base: 'test', out: 'out/test/unit', commonJs: false },
    { sources: tests.filter(below('test/e2e/')), base: 'test/e2e', out: 'out/test/e2e', commonJs: false },
    { sources: files.filter(below('test/bench/')), base: 'test/bench', out: 'out/test/bench', commonJs: false },
    {
      sources: [...tests.filter(below('test/extension/')), ...files.filter((file) => file === 'test/extension/index.ts')],
      base: 'test/extension',
      out: 'out/test/extension',
      commonJs: true,
    },
  ];
  return builds.map(testBuild).filter(hasEntries);
}

function copyIcons() {
  const from = join(root, 'node_modules/@vscode/codicons/dist');
  const to = join(root, 'dist');
  mkdirSync(to, { recursive: true });
  for (const name of ['codicon.css', 'codicon.ttf']) {
    copyFileSync(join(from, name), join(to, name));
  }
}

/** The programs with which sandbox-runtime keeps commands from Unix sockets and namespaces; they are statically linked. */
function copySandboxHelpers() {
  const from = join(root, 'node_modules/@anthropic-ai/sandbox-runtime/vendor/seccomp');
  for (const processor of ['x64', 'arm64']) {
    const to = join(root, 'dist/sandbox', processor, 'apply-seccomp');
    replaceFile(to, readFileSync(join(from, processor, 'apply-seccomp')));
    chmodSync(to, 0o755);
  }
}

/** @param {readonly esbuild.BuildOptions[]} builds */
async function buildOnce(builds) {
  const results = await Promise.allSettled(builds.map((build) => esbuild.build(build)));
  return results.every((result) => result.status === 'fulfilled');
}

/** Builds at every change; all builds that run at the same time are told as one. @param {readonly esbuild.BuildOptions[]} builds */
async function watchAll(builds) {
  let active = 0;
  let failed = false;
  /** @type {esbuild.Plugin} */
  const report = {
    name: 'report',
    setup(build) {
      build.onStart(() => {
        if (active++ === 0) {
          failed = false;
          say('[watch] build started');
        }
      });
      build.onEnd((result) => {
        failed ||= result.errors.length > 0;
        if (--active === 0) {
          say(failed ? '[watch] build failed' : '[watch] build finished');
        }
      });
    },
  };
  const contexts = await Promise.all(builds.map((build) => esbuild.context({ ...build, plugins: [...(build.plugins ?? []), report] })));
  await Promise.all(contexts.map((context) => context.watch()));
}

const startedAt = Date.now();
const builds = [...(onlyTests === '' ? productBuilds() : []), ...(testFlag ? testBuilds() : [])];
copyIcons();
copySandboxHelpers();
if (watch) {
  await watchAll(builds);
} else if (await buildOnce(builds)) {
  say(`build: done in ${Date.now() - startedAt} ms`);
} else {
  process.exitCode = 1;
}
