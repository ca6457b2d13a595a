import type { Effort } from '../../core/events.ts';
import { findModel, type PriceTable } from '../../core/prices.ts';

/** Which optional request fields a model understands; a field it does not know would be answered with 400. */
export interface Capabilities {
  readonly maxTokens: number;
  readonly thinking: boolean;
  /** The effort to ask for, or undefined when the model takes none. */
  effort(wanted: Effort): Effort | undefined;
  readonly cache: boolean;
  /** Whether the endpoint can be asked to summarise a history that grows long. */
  readonly compaction: boolean;
}

/** A single reply longer than this is a model gone astray; the limit is far below what large models allow. */
const longestReply = 64_000;
/** What even small local models grant. */
const plainReply = 8_192;

const family = /claude-(fable|mythos|opus|sonnet|haiku)-(\d{1,2})(?:-(\d{1,2}))?(?!\d)/;

/** What may be sent to a model of this name. Unknown names, as at compatible endpoints, get the plain minimum. */
export function capabilitiesOf(model: string, table: PriceTable): Capabilities {
  const known = findModel(table, model);
  const isClaude = model.includes('claude-');
  const generation = generationOf(model);
  return {
    maxTokens: Math.min(known?.maxOutput ?? plainReply, longestReply),
    thinking: generation !== undefined,
    effort: (wanted) => {
      if (generation === undefined) {
        return undefined;
      }
      return wanted === 'xhigh' && generation < 4.7 ? 'high' : wanted;
    },
    cache: isClaude,
    compaction: generation !== undefined,
  };
}

/** The version of a model that thinks adaptively and takes an effort (4.6 and later; for haiku 5 and later), else undefined. */
function generationOf(model: string): number | undefined {
  const [, line, major, minor] = family.exec(model) ?? [];
  if (line === undefined) {
    return undefined;
  }
  const generation = Number(major) + Number(minor ?? 0) / 10;
  return generation >= (line === 'haiku' ? 5 : 4.6) ? generation : undefined;
}
