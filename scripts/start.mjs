// @ts-check
/* npm start: a real VS Code on a folder, with Flotilla in it. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { hasDisplay } from './lib/desktopVscode.mjs';
import { ensureDependencies } from './lib/npm.mjs';
import { createProcesses } from './lib/processes.mjs';
import { createNarrator, followFacts, isOver } from './lib/progress.mjs';
import { say, toolStep } from './lib/steps.mjs';
import { findVscode } from './lib/vscode.mjs';
import { prepareWorkspace } from './lib/workspace.mjs';

const usage = `npm start [-- FOLDER] [--run "task"] [--workflow NAME] [--once] [--approve] [--no-browser] [--screenshot FOLDER]

FOLDER        what to open; without it a copy of a small sample repository
--run         start this task by itself
--workflow    with this workflow instead of orchestrate; built in are code-review, feature, refactor-files and others
--once        end with the run, with exit code 0 (done), 2 (partial) or 1
--approve     allow whatever agents ask for; --once does too, and so does the sample where there is no display
--no-browser  where VS Code runs in a browser: print the address only, and start the run in the first window that opens it
--screenshot  where pictures of a window that nobody sees go; without it out/screenshots`;

const defaultTask = 'Review this repository: find what is wrong or unfinished, propose one small improvement, and run its tests.';
const readyMs = 90_000;
/** How long an interrupted set-up may take to tidy up. */
const settleMs = 2000;
/** How long a fleet may work before the first picture is taken, so that lanes have moved. */
const atWorkMs = 4000;
const exitCodes = /** @type {Readonly<Record<string, number>>} */ ({ done: 0, partial: 2 });
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const processes = createProcesses();

/** @returns {Promise<number>} the exit code */
async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      run: { type: 'string' },
      workflow: { type: 'string' },
      once: { type: 'boolean', default: false },
      approve: { type: 'boolean', default: false },
      'no-browser': { type: 'boolean', default: false },
      screenshot: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    say(usage);
    return 0;
  }
  await ensureDependencies(processes, root, say);
  const built = await toolStep(processes, { root, name: 'build', script: 'esbuild.mjs', args: [] });
  if (!built.ok) {
    throw new Error(`The build failed:\n${built.output}`);
  }
  const vscode = await findVscode(processes, say);
  const temporary = realpathSync(mkdtempSync(join(tmpdir(), 'flotilla-start-')));
  atEnd.push(() => rmSync(temporary, { recursive: true, force: true, maxRetries: 3 }));
  const workspace = await prepareWorkspace(processes, { root, temporary, wanted: positionals[0], forget: values.once });
  say(`Workspace: ${workspace.folder}${workspace.isSample ? ' (a copy of the sample repository)' : ''}`);

  const unseen = vscode.kind === 'server' && !hasDisplay() && !values['no-browser'];
  const approve = values.approve || values.once || (unseen && workspace.isSample);
  const { workflow } = values;
  const task = values.run ?? (unseen || values.once || workflow !== undefined ? defaultTask : undefined);
  if (approve) {
    say('Whatever agents ask for is allowed by itself.');
  }
  if (task !== undefined) {
    say(`Task: ${task}`);
  }
  const env = orders({ temporary, task, workflow, approve });
  const { openDesktopWindow, openServedWindow } = await import('./lib/openWindow.mjs');
  const options = { root, folder: workspace.folder, data: workspace.data, env, tell: say };
  const window =
    vscode.kind === 'desktop'
      ? openDesktopWindow(processes, vscode.executable, options)
      : await openServedWindow(processes, vscode.server, { ...options, display: hasDisplay(), browser: !values['no-browser'] });
  atEnd.push(window.close);
  const unanswered = unseen ? 'nobody sees this window to answer: start again with --approve, or with --no-browser' : 'waits for you';
  const answerer = approve ? 'allowed by itself' : unanswered;
  const pictures = resolve(values.screenshot ?? join(root, 'out', 'screenshots'));
  const outcome = await watchRun({
    window,
    file: env.FLOTILLA_DEV_PROGRESS,
    answerer,
    pictures,
    mustAnswer: unseen,
    expectsRun: task !== undefined,
  });
  if (values.once) {
    return exitCodes[outcome] ?? 1;
  }
  if (outcome !== 'closed') {
    await window.letGo();
    say('The window is at its address. Ctrl-C ends it.');
    await window.closed;
  }
  return 0;
}

/**
 * Writes down what the extension is to do, and returns how it finds that.
 * @param {{ temporary: string, task: string | undefined, workflow: string | undefined, approve: boolean }} options
 */
function orders({ temporary, task, workflow, approve }) {
  const runFile = join(temporary, 'run.json');
  if (task !== undefined) {
    writeFileSync(runFile, JSON.stringify({ task, workflow }));
  }
  return { FLOTILLA_DEV_RUN: runFile, FLOTILLA_DEV_PROGRESS: join(temporary, 'progress.jsonl'), FLOTILLA_DEV_APPROVE: approve ? '1' : '0' };
}

/**
 * Says how the run goes until it is over, or until the window is closed. A window that nobody sees must come to life by itself.
 * @param {{ window: import('./lib/openWindow.mjs').Window, file: string, answerer: string, pictures: string, mustAnswer: boolean, expectsRun: boolean }} options
 * @returns {Promise<string>} the phase the run ended in, `refused`, or `closed`
 */
async function watchRun({ window, file, answerer, pictures, mustAnswer, expectsRun }) {
  const narrate = createNarrator({ tell: say, now: Date.now, answerer });
  /** @param {string} name */
  const picture = async (name) => {
    mkdirSync(pictures, { recursive: true });
    const target = join(pictures, name);
    if (await window.screenshot(target)) {
      say(`Screenshot: ${target}`);
    }
  };
  let isReady = false;
  let atWork = false;
  /** @type {(outcome: string) => void} */
  let end = () => undefined;
  const ended = new Promise((/** @type {(outcome: string) => void} */ settle) => {
    end = settle;
  });
  const stop = followFacts(file, (fact) => {
    isReady ||= fact.ready === true || fact.refused !== undefined;
    narrate(fact);
    if (fact.refused !== undefined) {
      end('refused');
    }
    if (!atWork && (fact.agents?.length ?? 0) > 1) {
      atWork = true;
      setTimeout(() => void picture('fleet-at-work.png').catch(() => undefined), atWorkMs).unref();
    }
    if (expectsRun && fact.run && isOver(fact.run.phase)) {
      end(fact.run.phase);
    }
  });
  atEnd.push(stop);
  const late = sleep(readyMs, undefined, { ref: false }).then(async () => {
    if (mustAnswer && !isReady) {
      await picture('not-ready.png');
      throw new Error(`Flotilla did not come to life in the window within ${readyMs / 1000} s.`);
    }
    return new Promise(() => undefined);
  });
  const outcome = await Promise.race([ended, window.closed.then(() => 'closed'), late]);
  if (outcome !== 'closed') {
    await sleep(1000);
    await picture('fleet-ended.png');
  }
  return String(outcome);
}

/** @type {(() => void | Promise<void>)[]} */
const atEnd = [];
let ending = false;

/** @param {number} code */
async function finish(code) {
  if (ending) {
    return;
  }
  ending = true;
  for (const step of atEnd.reverse()) {
    try {
      await step();
    } catch (error) {
      process.stderr.write(`${String(error)}\n`);
    }
  }
  await processes.stopAll();
  await Promise.race([settled, sleep(settleMs, undefined, { ref: false })]);
  process.exit(code);
}

for (const [signal, code] of /** @type {const} */ ([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
])) {
  process.on(signal, () => void finish(code));
}
const running = main();
/** A set-up that was interrupted tidies up after itself. */
const settled = running.then(
  () => undefined,
  () => undefined,
);
running.then(finish, (/** @type {unknown} */ error) => {
  if (!ending) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  }
  return finish(1);
});
