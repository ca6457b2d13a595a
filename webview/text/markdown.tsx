import { lexer, type Token, type Tokens } from 'marked';
import type { ComponentChild, ComponentChildren } from 'preact';
import { hrefToPlace, splitPlaces } from './places.ts';
import { toVisible } from './visible.ts';

/** Opens a place in the workspace. */
export type OpenPlace = (path: string, line: number | undefined) => void;

/** Longer texts are shown as they are: nobody reads them formatted, and formatting them takes too long. */
const maxFormatted = 120_000;

/**
 * A model's text, formatted. The Markdown is turned into elements directly, so there is never any HTML: tags in the text are text, images
 * are their descriptions, links are inert text with their target beside them, and only places in the workspace can be clicked.
 */
export function Markdown({ text, openPlace }: { readonly text: string; readonly openPlace: OpenPlace }) {
  const visible = toVisible(text);
  const tokens = parse(visible);
  return tokens === undefined ? <div class="plain">{visible}</div> : <div class="markdown">{blocks(tokens, openPlace)}</div>;
}

/** Text without formatting, in which places can be clicked. */
export function PlainText({ text, openPlace }: { readonly text: string; readonly openPlace: OpenPlace }) {
  return <>{withPlaces(toVisible(text), 'prose', openPlace)}</>;
}

/** A place in the workspace that can be opened. */
export function PlaceButton(props: {
  readonly path: string;
  readonly line?: number | undefined;
  readonly openPlace: OpenPlace;
  readonly children?: ComponentChildren;
}) {
  const { path, line, openPlace, children } = props;
  const text = line === undefined ? path : `${path}:${line}`;
  return (
    <button type="button" class="place" title={`Open ${toVisible(text)}`} onClick={() => openPlace(path, line)}>
      {children ?? toVisible(text)}
    </button>
  );
}

function parse(text: string): readonly Token[] | undefined {
  if (text.length > maxFormatted) {
    return undefined;
  }
  try {
    return lexer(text);
  } catch (error) {
    // Text can be nested deeper than the stack is; anything else is a defect that must be seen.
    if (error instanceof RangeError) {
      return undefined;
    }
    throw error;
  }
}

function blocks(tokens: readonly Token[], openPlace: OpenPlace): ComponentChild[] {
  return tokens.map((token) => block(token, openPlace));
}

function block(token: Token, openPlace: OpenPlace): ComponentChild {
  switch (token.type) {
    case 'space':
    case 'def':
      return null;
    case 'hr':
      return <hr />;
    case 'heading':
      return (
        <div
          class={`heading heading-${Math.min(3, Number(token['depth']) || 3)}`}
          role="heading"
          aria-level={Math.min(6, 3 + (Number(token['depth']) || 1))}
        >
          {inlines(token, openPlace)}
        </div>
      );
    case 'paragraph':
      return <p>{inlines(token, openPlace)}</p>;
    case 'code':
      return <pre class="code">{String(token['text'])}</pre>;
    case 'blockquote':
      return <blockquote>{blocks(token.tokens ?? [], openPlace)}</blockquote>;
    case 'list':
      return list(token as Tokens.List, openPlace);
    case 'table':
      return table(token as Tokens.Table, openPlace);
    case 'text':
      return token.tokens === undefined ? inline(token, openPlace) : <span>{inlines(token, openPlace)}</span>;
    case 'html':
      return <p>{token.raw}</p>;
    default:
      return inline(token, openPlace);
  }
}

function list(token: Tokens.List, openPlace: OpenPlace): ComponentChild {
  const items = token.items.map((item, at) => (
    <li key={at}>
      {item.task ? (
        <span
          class={`codicon codicon-${item.checked === true ? 'check' : 'circle-large-outline'}`}
          aria-label={item.checked === true ? 'done' : 'open'}
        />
      ) : null}
      {blocks(
        item.tokens.filter((part) => part.type !== 'checkbox'),
        openPlace,
      )}
    </li>
  ));
  return token.ordered ? <ol start={Number(token.start) || 1}>{items}</ol> : <ul>{items}</ul>;
}

function table(token: Tokens.Table, openPlace: OpenPlace): ComponentChild {
  const cells = (row: readonly Tokens.TableCell[], heading: boolean): ComponentChild[] =>
    row.map((cell, at) => (heading ? <th key={at}>{inlines(cell, openPlace)}</th> : <td key={at}>{inlines(cell, openPlace)}</td>));
  return (
    <div class="table">
      <table>
        <thead>
          <tr>{cells(token.header, true)}</tr>
        </thead>
        <tbody>
          {token.rows.map((row, at) => (
            <tr key={at}>{cells(row, false)}</tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function inlines(
  token: { readonly tokens?: readonly Token[] | undefined; readonly text?: unknown },
  openPlace: OpenPlace,
): ComponentChild[] {
  return token.tokens === undefined
    ? [decoded(typeof token.text === 'string' ? token.text : '')]
    : token.tokens.map((part) => inline(part, openPlace));
}

function inline(token: Token, openPlace: OpenPlace): ComponentChild {
  switch (token.type) {
    case 'strong':
      return <strong>{inlines(token, openPlace)}</strong>;
    case 'em':
      return <em>{inlines(token, openPlace)}</em>;
    case 'del':
      return <s>{inlines(token, openPlace)}</s>;
    case 'br':
      return <br />;
    case 'codespan':
      return <code>{withPlaces(String(token['text']), 'code', openPlace)}</code>;
    case 'image':
      return `[image: ${decoded(String(token['text']))}]`;
    case 'link':
      return link(token as Tokens.Link, openPlace);
    case 'escape':
      return String(token['text']);
    case 'text':
      return token.tokens === undefined ? withPlaces(decoded(String(token['text'])), 'prose', openPlace) : <>{inlines(token, openPlace)}</>;
    default:
      return token.raw;
  }
}

/** A link can say one thing and lead to another, so its target is always shown. */
function link({ href, text }: Tokens.Link, openPlace: OpenPlace): ComponentChild {
  const place = hrefToPlace(href);
  const words = decoded(text);
  if (place !== undefined) {
    return (
      <PlaceButton path={place.path} line={place.line} openPlace={openPlace}>
        {words}
      </PlaceButton>
    );
  }
  return text === href ? <span class="link">{words}</span> : [<span class="link">{words}</span>, <span class="dim"> ({href})</span>];
}

function withPlaces(text: string, where: 'prose' | 'code', openPlace: OpenPlace): ComponentChild[] {
  return splitPlaces(text, where).map((part) =>
    part.kind === 'text' ? (
      part.text
    ) : (
      <PlaceButton path={part.path} line={part.line} openPlace={openPlace}>
        {part.text}
      </PlaceButton>
    ),
  );
}

const entities: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
  '&nbsp;': '\u00a0',
};

/** The few character references that models write; all others stay as they are. */
function decoded(text: string): string {
  return text.includes('&') ? text.replace(/&(?:amp|lt|gt|quot|#39|nbsp);/g, (entity) => entities[entity] ?? entity) : text;
}
