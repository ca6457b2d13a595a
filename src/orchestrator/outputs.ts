import type { Output } from '../core/events.ts';
import type { Transcript } from '../core/state.ts';
import type { BlobPort } from './ports.ts';

/** Outputs longer than this, in characters, go to a blob. */
const inlineLimit = 16_384;
const previewLength = 2_000;

/** Keeps small text whole and stores large text as a blob with a preview. */
export async function toOutput(text: string, blobs: BlobPort): Promise<Output> {
  if (text.length <= inlineLimit) {
    return { text };
  }
  return { text: text.slice(0, previewLength), blob: await blobs.put(text) };
}

/** Reads every blob a transcript refers to; the result gives the whole text of any of its outputs. */
export async function loadOutputs(transcript: Transcript, blobs: BlobPort): Promise<(output: Output) => string> {
  const hashes = transcript.turns.flatMap((turn) => turn.calls.flatMap((call) => call.output?.blob?.hash ?? []));
  const texts = new Map(await Promise.all(hashes.map(async (hash) => [hash, await blobs.get(hash)] as const)));
  return (output) => (output.blob === undefined ? output.text : (texts.get(output.blob.hash) ?? output.text));
}
