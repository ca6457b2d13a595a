import { useState } from 'preact/hooks';
import type { Output } from '../../src/core/events.ts';
import type { Store } from '../store.ts';
import { formatBytes } from '../text/format.ts';
import { toVisible } from '../text/visible.ts';

const previewLines = 3;
const openLines = 400;
/** How much of a whole output is put on the page at once, in characters. */
const portion = 200_000;

/** What a tool printed: a few lines, more when opened, and the whole text when asked for. */
export function OutputView({ output, open, store }: { readonly output: Output; readonly open: boolean; readonly store: Store }) {
  const [asked, setAsked] = useState(false);
  const [shown, setShown] = useState(portion);
  const { blob } = output;
  const whole = blob === undefined ? undefined : store.outputs.value.get(blob.hash);
  const preview = firstLines(output.text, open ? openLines : previewLines);
  const text = open && whole !== undefined ? whole.slice(0, shown) : preview.text;
  if (text.trim() === '') {
    return open ? <div class="dim">No output</div> : null;
  }
  return (
    <>
      <pre class={`output${open ? ' open' : ''}`}>{toVisible(text)}</pre>
      {!open && (preview.cut || blob !== undefined) ? <div class="dim call-note">{moreWords(output, preview.left)}</div> : null}
      {open && blob !== undefined && whole === undefined ? (
        <button
          type="button"
          class="link-button"
          disabled={asked}
          onClick={() => {
            setAsked(true);
            store.post({ type: 'readOutput', hash: blob.hash });
          }}
        >
          {asked ? 'Reading the whole output…' : `Show the whole output (${formatBytes(blob.bytes)})`}
        </button>
      ) : null}
      {open && whole !== undefined && whole.length > shown ? (
        <button type="button" class="link-button" onClick={() => setShown(shown + portion)}>
          Show more of it ({formatBytes(whole.length - shown)} left)
        </button>
      ) : null}
    </>
  );
}

function moreWords(output: Output, linesLeft: number): string {
  return output.blob === undefined ? `${linesLeft} more ${linesLeft === 1 ? 'line' : 'lines'}` : `${formatBytes(output.blob.bytes)} in all`;
}

/** The first lines of a text, without splitting all of it. */
export function firstLines(text: string, count: number): { readonly text: string; readonly cut: boolean; readonly left: number } {
  let end = -1;
  for (let line = 0; line < count; line++) {
    const next = text.indexOf('\n', end + 1);
    if (next < 0) {
      return { text: text.trimEnd(), cut: false, left: 0 };
    }
    end = next;
  }
  const rest = text.slice(end + 1).trimEnd();
  return rest === ''
    ? { text: text.slice(0, end), cut: false, left: 0 }
    : { text: text.slice(0, end), cut: true, left: rest.split('\n').length };
}
