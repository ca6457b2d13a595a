import * as assert from 'node:assert/strict';
import { mkdtemp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { toId } from '../../../src/core/ids.ts';
import type { Tool, ToolContext } from '../../../src/orchestrator/ports.ts';
import { createFileTools } from '../../../src/tools/fileTools.ts';
import { closedDocuments } from '../../../src/workspace/openDocuments.ts';
import { createWorkspaceFiles } from '../../../src/workspace/workspaceFiles.ts';
import { runLead, type ToolRunner } from './drive.ts';
import { sampleFiles } from './sampleWorkspace.ts';
import { linesOf } from './simulatedTools.ts';
import { noCoordination } from '../../tools/fakes.ts';
import { MemoryBlobs } from '../../support/memoryJournal.ts';

const ids = { agentId: toId('agent', 'ag-1'), runId: toId('run', 'run-1'), callId: toId('call', 'call-1') };

function toRunner(tools: readonly Tool[]): ToolRunner & { readonly failures: string[] } {
  const failures: string[] = [];
  const signal = new AbortController().signal;
  const context: ToolContext = {
    ...ids,
    progress: () => {},
    askPerson: () => Promise.reject(new Error('nobody is asked here')),
    coordination: noCoordination(),
    whileWaiting: (_wait, until) => until(() => undefined),
  };
  const run = async (name: string, input: Parameters<ToolRunner['run']>[1]) => {
    const tool = tools.find((entry) => entry.spec.name === name);
    if (tool === undefined) {
      return { text: 'Done.', isError: false };
    }
    const prepared = await tool.prepare(input, { id: ids.agentId, runId: ids.runId }, signal);
    const outcome = prepared.kind === 'refused' ? { text: prepared.text, isError: true } : await prepared.run(context, signal);
    if (outcome.isError) {
      failures.push(`${name} ${JSON.stringify(input)}: ${outcome.text}`);
    }
    return outcome;
  };
  return { run, failures };
}

describe('practice model over the real file tools', () => {
  let root = '';
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'practice-'));
    for (const [path, content] of Object.entries(sampleFiles)) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), content);
    }
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  it('makes no call they refuse, reports only lines that are there, and corrects one line', async () => {
    const files = createWorkspaceFiles({
      folders: () => [{ name: 'sample', path: root }],
      documents: closedDocuments,
      ripgrep: async () => undefined,
      blobs: new MemoryBlobs(),
    });
    const runner = toRunner(createFileTools(files));
    const { report } = await runLead('Find bugs, check the tests and the docs', runner);
    assert.deepEqual(runner.failures, []);
    assert.ok(report.findings.length >= 8, JSON.stringify(report.findings));
    for (const { path, line, text } of report.findings.filter((finding) => finding.line !== undefined)) {
      const now = linesOf(await readFile(join(root, path ?? ''), 'utf8'))[(line ?? 1) - 1];
      const quote = /: `(.*)`$/s.exec(text)?.[1] ?? '';
      assert.ok(now?.replace(/\s+/g, ' ').includes(quote.replace('…', '')), `${path}:${line} does not say ${text}`);
    }
    assert.deepEqual(report.filesChanged, ['README.md']);
    assert.equal(await readFile(join(root, 'README.md'), 'utf8'), '# Sample\n\nThis is the sample project.\n\n## Use\n\nRun it.\n');
  });
});
