/** What the page of a webview is made of. */
export interface WebviewPage {
  readonly title: string;
  /** `webview.cspSource`: where scripts, styles and fonts may come from. */
  readonly cspSource: string;
  /** Fresh for each page; the only script that runs carries it. */
  readonly nonce: string;
  readonly scriptUri: string;
  readonly styleUris: readonly string[];
}

/** A page that can load its own script and styles and nothing else: no inline script, no network, no foreign images. */
export function webviewHtml(page: WebviewPage): string {
  const policy = [
    `default-src 'none'`,
    `script-src 'nonce-${page.nonce}'`,
    `style-src ${page.cspSource}`,
    `font-src ${page.cspSource}`,
    `img-src ${page.cspSource}`,
  ].join('; ');
  const styles = page.styleUris.map((uri) => `<link rel="stylesheet" href="${attribute(uri)}">`).join('\n    ');
  return `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="${attribute(policy)}">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    ${styles}
    <title>${attribute(page.title)}</title>
  </head>
  <body>
    <div id="app"></div>
    <script defer nonce="${attribute(page.nonce)}" src="${attribute(page.scriptUri)}"></script>
  </body>
</html>
`;
}

function attribute(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
