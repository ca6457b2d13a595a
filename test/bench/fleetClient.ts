import { allRights } from '../../src/core/rights.ts';
import { builtInWorkflows } from '../../src/workflows/builtInWorkflows.ts';
import { createWorkflowCatalogue } from '../../src/workflows/workflowCatalogue.ts';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PlanTemplate } from '../../src/core/decideSpawn.ts';
import { taskSpecSchema } from '../../src/core/events.ts';
import { type TaskId, toId } from '../../src/core/ids.ts';
import { costOf, listPrices } from '../../src/core/prices.ts';
import { noInstructions } from '../../src/core/context/sharedPrompt.ts';
import type { FleetState } from '../../src/core/state.ts';
import { Fleet } from '../../src/orchestrator/fleet.ts';
import { createLiveTail } from '../../src/orchestrator/liveTail.ts';
import type { AgentType, Log, Tool } from '../../src/orchestrator/ports.ts';
import { RateGate } from '../../src/orchestrator/rateGate.ts';
import { createClock } from '../../src/platform/clock.ts';
import { createReportEvidence } from '../../src/orchestrator/reportEvidence.ts';
import { createAnthropicProvider } from '../../src/providers/anthropic/index.ts';
import { createBlobs } from '../../src/store/blobs.ts';
import { openJournal } from '../../src/store/journalFile.ts';
import { createCoordinationTools } from '../../src/tools/coordination/coordinationTools.ts';
import { createReportTool } from '../../src/tools/report.ts';
import { createToolBox } from '../../src/tools/toolBox.ts';
import { type Client, serveClient } from './clientProcess.ts';
import { fileText, model, readFile, system } from './load.ts';
import type { Work } from './messages.ts';

const agentTypes: readonly AgentType[] = [
  { name: 'lead', description: 'Leads.', system, tools: ['spawn_agent', 'wait_for_agents', 'report'], role: 'lead' },
  { name: 'general', description: 'Works.', system, tools: ['read_file', 'report'], role: 'worker' },
];

/** So many workers that depend on nothing, and one task that waits for all of them. */
function star(workers: number): PlanTemplate {
  const task = (title: string, dependencies: readonly TaskId[]) =>
    taskSpecSchema.parse({
      id: title.replaceAll(' ', '-'),
      title,
      agentType: 'general',
      brief: { objective: 'Look around and report.' },
      dependencies,
    });
  const all = Array.from({ length: workers }, (_, index) => task(`Worker ${index + 1}`, []));
  return {
    workflow: 'star',
    tasks: [
      ...all,
      task(
        'Collector',
        all.map(({ id }) => id),
      ),
    ],
  };
}

const readTool: Tool = {
  spec: readFile,
  prepare: async () => ({
    kind: 'ready',
    title: 'Read package.json',
    outside: false,
    run: async () => ({ text: fileText, isError: false, effects: [{ kind: 'read', path: 'package.json' }] }),
  }),
};

const log: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: (message) => console.error(message),
  error: (message, error) => console.error(message, error),
};

/** The real fleet with its real journal on disk and its real provider, and without a window. */
serveClient(async ({ url, key, agents, shape }: Work): Promise<Client> => {
  const directory = await mkdtemp(join(tmpdir(), 'flotilla-bench-'));
  const clock = createClock();
  const { journal, entries, readOnly } = await openJournal({ directory, clock, log });
  const provider = createAnthropicProvider({
    readKey: async () => key,
    baseUrl: () => url,
    prices: () => listPrices,
    now: () => clock.now(),
  });
  const gate = new RateGate({ clock, random: Math.random, maxInFlight: 1000 });
  const tail = createLiveTail({ clock, log });
  const fleet: Fleet = new Fleet({
    journal,
    entries,
    readOnly,
    blobs: createBlobs({ directory }),
    clock,
    log,
    tail,
    mint: (kind) => toId(kind, randomUUID()),
    settings: () => ({
      models: { lead: model, worker: model, scout: model },
      effort: { lead: 'medium', worker: 'medium', scout: 'low' },
      maxConcurrentAgents: agents + 1,
      maxDepth: 2,
      maxAgentsPerRun: agents + 1,
      fanOut: agents,
      budget: {},
      idleTimeoutMs: 60_000,
      stuckMs: 300_000,
      sharedFiles: 'warn',
    }),
    runRights: () => allRights,
    rights: () => ({ kind: 'allow' }),
    random: Math.random,
    toolBox: createToolBox([
      ...createCoordinationTools({ agentTypes: () => agentTypes, pathFacts: { look: async () => new Map() }, now: () => clock.now() }),
      createReportTool(
        createReportEvidence(
          () => fleet.state,
          async () => Number.POSITIVE_INFINITY,
        ),
      ),
      readTool,
    ]),
    providerOf: () => provider,
    gateOf: () => gate,
    costOf: (name, usage) => costOf({ model: name, at: clock.now(), usage, table: listPrices }),
    agentTypes: () => agentTypes,
    provider: () => provider,
    sharedPrompt: () => ({ common: '', instructions: noInstructions }),
    renderOpening: (request, { label }, { reports }) => ({
      opening: [`${label}. ${request.brief.objective}`, ...reports.map(({ task, report }) => `${task.title}: ${report.summary}`)].join(
        '\n',
      ),
      manifest: { given: [], withheld: [] },
    }),
    template:
      shape === 'star' ? () => star(agents) : createWorkflowCatalogue({ builtIn: builtInWorkflows, files: [], folders: () => [] }).template,
    undo: { undo: async () => ({ restored: [], kept: [] }) },
  });

  return {
    run: (halfway) =>
      new Promise((resolve, reject) => {
        let told = false;
        let ended = 0;
        const expected = shape === 'single' ? agents : agents + 1;
        const onEnd = (state: FleetState): void => {
          const bad = Object.values(state.agents).find((agent) => agent.phase.kind !== 'ended' || agent.phase.outcome.kind !== 'done');
          if (bad === undefined) {
            resolve();
          } else {
            reject(new Error(`${bad.label} ended badly: ${JSON.stringify(bad.phase)}`));
          }
        };
        fleet.subscribe((facts) => {
          for (const { event } of facts) {
            if (!told && event.type === 'turnEnded' && event.turn === 3) {
              told = true;
              halfway();
            }
            ended += event.type === 'agentEnded' ? 1 : 0;
          }
          if (ended === expected) {
            ended++;
            onEnd(fleet.state);
          }
        });
        if (shape !== 'single') {
          fleet.execute({ type: 'startRun', task: 'Look around.' });
          return;
        }
        for (let number = 1; number <= agents; number++) {
          const objective = 'Look around and report.';
          fleet.execute({ type: 'spawnAgent', spawn: { label: `Agent ${number}`, agentType: 'general', brief: { objective } } });
        }
      }),
    close: async () => {
      await fleet.stop();
      tail.dispose();
      await journal.close();
      await rm(directory, { recursive: true });
    },
  };
});
