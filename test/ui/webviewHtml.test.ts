import * as assert from 'node:assert/strict';
import { webviewHtml } from '../../src/ui/webviewHtml.ts';

const html = webviewHtml({
  title: 'A "title" <b>',
  cspSource: 'https://assets.test',
  nonce: 'abc123',
  scriptUri: 'https://assets.test/webview.js?a=1&b="2"',
  styleUris: ['https://assets.test/webview.css'],
});

describe('webviewHtml', () => {
  it('WEB-02: allows its own script and styles and nothing else', () => {
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1] ?? '';
    assert.deepEqual(policy.split('; ').sort(), [
      "default-src 'none'",
      'font-src https://assets.test',
      'img-src https://assets.test',
      "script-src 'nonce-abc123'",
      'style-src https://assets.test',
    ]);
  });

  it('has one script, with the nonce, and nothing inline', () => {
    const scripts = [...html.matchAll(/<script\b[^>]*>([\s\S]*?)<\/script>/g)];
    assert.equal(scripts.length, 1);
    assert.match(scripts[0]?.[0] ?? '', /nonce="abc123"/);
    assert.equal(scripts[0]?.[1], '');
    assert.ok(!/\son\w+=|<style|style=/i.test(html));
  });

  it('escapes what it is given', () => {
    assert.ok(html.includes('A &quot;title&quot; &lt;b&gt;'));
    assert.ok(html.includes('a=1&amp;b=&quot;2&quot;'));
  });
});
