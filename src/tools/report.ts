import * as z from 'zod';
import { verdictSchema, type Report } from '../core/events.ts';
import type { AgentId } from '../core/ids.ts';
import { checkReport, citedPaths, type ReportFacts, withDoubts } from '../core/brief/reportCheck.ts';
import type { ReportEvidence, Tool } from '../orchestrator/ports.ts';
import { defineTool } from './defineTool.ts';

const paths = z.array(z.string()).optional();

const inputSchema = z.strictObject({
  summary: z.string().describe('What was asked, what was done and what came out, in full sentences. It must stand on its own.'),
  findings: z
    .array(
      z.strictObject({
        text: z.string().min(1),
        path: z.string().optional().describe('File the finding is about.'),
        line: z.number().int().positive().optional(),
        severity: z.enum(['high', 'medium', 'low', 'info']).optional(),
      }),
    )
    .optional()
    .describe('One entry for each fact found, with file and line where there is one.'),
  files_read: paths,
  files_changed: paths,
  recommendations: z.array(z.strictObject({ text: z.string().min(1), priority: z.enum(['high', 'medium', 'low']) })).optional(),
  open_questions: z.array(z.string()).optional().describe('What could not be settled, and why.'),
  notes: z.array(z.string()).optional().describe('Names of notes that hold more.'),
  verdict: verdictSchema.optional().describe('Only when your brief asks you to judge: approve, or changes with findings that say which.'),
});

/**
 * The tool `report`, which ends its agent. A report that says nothing, or that the evidence contradicts, is sent back once with all reasons; then it
 * is taken with its doubts marked.
 */
export function createReportTool(evidence: ReportEvidence): Tool {
  const sentBack = new Set<AgentId>();
  return defineTool({
    name: 'report',
    description:
      'Hands in your result and ends your work. Whoever reads it sees nothing else of what you did, so it must stand on its own: never write "see above". Claim only what you saw; name file and line. Places and changed files are checked.',
    input: inputSchema,
    prepare: (input, agent) => ({
      kind: 'ready',
      title: 'Report',
      outside: false,
      run: async () => {
        const report = toReport(input);
        const check = checkReport(report, await factsFor(report, agent.id, evidence));
        const hollow = missingOf(input.summary);
        const reasons = [hollow, ...check.problems, check.verdictProblem].filter((reason) => reason !== undefined);
        if (reasons.length > 0 && !sentBack.has(agent.id)) {
          sentBack.add(agent.id);
          return { text: sentBackText(reasons), isError: true };
        }
        sentBack.delete(agent.id);
        return { text: 'Report taken.', isError: false, report: withDoubts(check) };
      },
    }),
  });
}

async function factsFor(report: Report, id: AgentId, evidence: ReportEvidence): Promise<ReportFacts> {
  const gate = evidence.gateOf(id);
  const counted = await Promise.all(citedPaths(report).map(async (path) => [path, await evidence.linesOf(path, id)] as const));
  return {
    changed: evidence.agent(id)?.filesChanged ?? [],
    changedByOthers: evidence.changedFor(id),
    ranCommands: evidence.ranAny(id),
    lines: new Map(counted.flatMap(([path, lines]) => (lines === undefined ? [] : [[path, lines]]))),
    gate,
    checkPassed: gate?.check !== undefined && evidence.ranOk(id, gate.check),
  };
}

function sentBackText(reasons: readonly string[]): string {
  return [
    'The report was not taken:',
    ...reasons.map((reason) => `- ${reason}`),
    'Look again where that is needed, and call report again with all of it; the reader sees nothing but the report.',
  ].join('\n');
}

/** Words that announce a result or point to one without being one. */
const hollowWords: ReadonlySet<string> = new Set(
  `a all an and answer analysis are as at be been can complete completed described details done everything finished for found full given have here
  i in is it its job listed mentioned my na none nothing objective of ok okay on please provided read refer report reported review said see stated
  success successful successfully summary task tbd the them this to todo was were with work written yes you`.split(/\s+/),
);
const pointers: ReadonlySet<string> = new Set(
  'above below before earlier last message messages note notes previous previously findings results result output transcript'.split(' '),
);
/** So many words may be the name of what is pointed to; languages without blanks have long words. */
const mostNames = 1;

/** What a summary lacks, if it says nothing of its own. */
function missingOf(summary: string): string | undefined {
  const words = summary
    .toLowerCase()
    .split(/[^\p{L}\p{N}_.-]+/u)
    .map((word) => word.replaceAll(/^[._-]+|[._-]+$/g, ''))
    .filter((word) => word !== '');
  if (words.length === 0) {
    return 'The summary is empty; say what was asked, what you did and what came out.';
  }
  const own = words.filter((word) => !hollowWords.has(word) && !pointers.has(word));
  if (own.length > mostNames || own.some((word) => /\P{ASCII}/u.test(word))) {
    return undefined;
  }
  return words.some((word) => pointers.has(word))
    ? 'The summary points to text the reader cannot see; write that text into the report.'
    : 'The summary says that you are done but not what came out; give the result itself, with file and line where there are any.';
}

function toReport(input: z.output<typeof inputSchema>): Report {
  return {
    summary: input.summary.trim() === '' ? 'The agent gave no summary.' : input.summary.trim(),
    findings: input.findings ?? [],
    filesRead: input.files_read ?? [],
    filesChanged: input.files_changed ?? [],
    recommendations: input.recommendations ?? [],
    openQuestions: input.open_questions ?? [],
    notes: input.notes ?? [],
    ...(input.verdict === undefined ? {} : { verdict: input.verdict }),
  };
}
