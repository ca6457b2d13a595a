import type { Output } from '../core/events.ts';
import type { CallId } from '../core/ids.ts';
import { outputName } from '../core/context/outputName.ts';
import type { Transcript } from '../core/state.ts';
import { characterStart } from '../lib/cutText.ts';
import type { AgentDeps } from './agentDeps.ts';
import type { BlobPort } from './ports.ts';

/** Outputs longer than this, in characters, go to a blob. */
const inlineLimit = 16_384;
const previewLength = 2_000;

/** An output longer than this, in characters, is told to the model by its beginning and its end. */
export const toldLimit = 24_576;
/** The end of an output says how it came out, so most of what is kept is the end. */
const headLength = 8_000;
const tailLength = 14_000;

/** What a tool call came to: the fact for the journal, and the text for the model. */
export interface TextOutput {
  readonly output: Output;
  readonly told: string;
}

export interface OutputShape {
  /** The tool gives no more than it was asked for, so that its text is told whole. */
  readonly paged: boolean;
  /** How the model can read what it was not told; undefined when it cannot. */
  readonly readOn: (from: number) => string | undefined;
}

/**
 * Keeps small text whole and stores large text as a blob with a preview. What the model is told of a long text is stored as well: a later version
 * that would shorten it in another way must not change a history that was already sent.
 */
export async function toOutput(text: string, blobs: BlobPort, { paged, readOn }: OutputShape): Promise<TextOutput> {
  const told = paged || text.length <= toldLimit ? text : shortened(text, readOn);
  if (text.length <= inlineLimit) {
    return { output: { text }, told };
  }
  const output = { text: text.slice(0, previewLength), blob: await blobs.put(text) };
  return told === text ? { output, told } : { output: { ...output, told: (await blobs.put(told)).hash }, told };
}

/** Beginning and end of a text, cut between lines where there are any, with what is missing between them. */
function shortened(text: string, readOn: OutputShape['readOn']): string {
  const head = text.slice(0, headEnd(text));
  const tail = text.slice(tailStart(text));
  const left = text.length - head.length - tail.length;
  const how = readOn(head.length);
  const note = `[${left} of ${text.length} characters are left out here${how === undefined ? '; ask for less to see more of it' : `; ${how}`}]`;
  return `${head}\n${note}\n${tail}`;
}

function headEnd(text: string): number {
  const line = text.lastIndexOf('\n', headLength);
  return line > headLength / 2 ? line : characterStart(text, headLength);
}

function tailStart(text: string): number {
  const from = text.length - tailLength;
  const line = text.indexOf('\n', from);
  return line >= 0 && line < from + tailLength / 2 ? line + 1 : characterStart(text, from);
}

/** How the model of an agent reads on in an output; undefined when it has no tool for that. */
export function readOnText(agent: Pick<AgentDeps, 'prompt' | 'transcript'>, callId: CallId, from: number): string | undefined {
  if (!agent.prompt().tools.some((tool) => tool.name === 'read_output')) {
    return undefined;
  }
  return `read_output with output "${outputName(agent.transcript(), callId)}" and from ${from} goes on`;
}

/** Reads every blob a transcript refers to; the result gives the text of any of its outputs as the model was told it. */
export async function loadOutputs(transcript: Transcript, blobs: BlobPort): Promise<(output: Output) => string> {
  const hashes = transcript.turns.flatMap((turn) => turn.calls.flatMap((call) => toldHash(call.output) ?? []));
  const texts = new Map(await Promise.all(hashes.map(async (hash) => [hash, await blobs.get(hash)] as const)));
  return (output) => texts.get(toldHash(output) ?? '') ?? output.text;
}

const toldHash = (output: Output | undefined): string | undefined => output?.told ?? output?.blob?.hash;
