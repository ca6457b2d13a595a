import { type SpanType, spanTypes } from '../text/words.ts';

/** The colours of the canvas, taken from the theme, as the canvas understands them. */
export interface Palette {
  readonly foreground: string;
  readonly dim: string;
  readonly background: string;
  readonly grid: string;
  readonly selected: string;
  readonly selectedBorder: string;
  readonly hovered: string;
  readonly now: string;
  readonly bad: string;
  readonly good: string;
  readonly wait: string;
  readonly person: string;
  /** Border around every bar; only high contrast themes have one. */
  readonly outline: string | undefined;
  readonly font: string;
  readonly spans: Readonly<Record<SpanType, string>>;
  readonly tokens: { readonly cacheRead: string; readonly input: string; readonly cacheWrite: string; readonly output: string };
}

/** Reads the palette from the style sheet's `--fl-*` variables, which stand for variables of the theme. */
export function readPalette(element: Element): Palette {
  const style = getComputedStyle(element);
  const color = (name: string): string => style.getPropertyValue(`--fl-${name}`).trim();
  const outline = color('outline');
  return {
    foreground: color('foreground'),
    dim: color('dim'),
    background: color('background'),
    grid: color('grid'),
    selected: color('selected'),
    selectedBorder: color('selected-border'),
    hovered: color('hovered'),
    now: color('now'),
    bad: color('bad'),
    good: color('good'),
    wait: color('wait'),
    person: color('person'),
    outline: outline === '' || outline === 'transparent' ? undefined : outline,
    font: style.fontFamily,
    spans: Object.fromEntries(spanTypes.map((type) => [type, color(`span-${type}`)])) as Record<SpanType, string>,
    tokens: {
      cacheRead: color('token-cacheRead'),
      input: color('token-input'),
      cacheWrite: color('token-cacheWrite'),
      output: color('token-output'),
    },
  };
}

/** Calls back when the window changes its theme, which it does by rewriting the root's style and the body's class. */
export function watchTheme(changed: () => void): () => void {
  const observer = new MutationObserver(changed);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style', 'class'] });
  observer.observe(document.body, { attributes: true, attributeFilter: ['class', 'data-vscode-theme-id'] });
  return () => observer.disconnect();
}
