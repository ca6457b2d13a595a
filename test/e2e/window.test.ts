import assert from 'node:assert/strict';
import { type E2eWindow, openWindow } from './support/openWindow.ts';

describe('a window', () => {
  let window: E2eWindow;

  before(async () => {
    window = await openWindow();
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') {
      await window.screenshot(this.currentTest.fullTitle().replace(/\W+/g, '-'));
    }
  });

  after(() => window.close());

  it('shows the fleet and its first steps', async () => {
    await window.showFleet();
    await window.page.locator('.sidebar').getByRole('button', { name: 'Start' }).first().waitFor();
  });

  it('opens the timeline from the palette', async () => {
    await window.palette('Flotilla: Open Timeline');
    await window.webview().locator('body').waitFor();
    const text = await window.webview().locator('body').innerText();
    assert.notEqual(text.trim(), '', 'the timeline is empty');
  });

  it('starts a run, and has it again after a reload', async () => {
    await window.palette('Flotilla: Start Run');
    await window.answer('Look for work that is left to do');
    await window.pick('orchestrate');
    await window.showFleet();
    await window.row('lead').waitFor();
    await window.reload();
    await window.showFleet();
    await window.row('lead').waitFor();
    const rows = await window.treeRows();
    assert.ok(
      rows.some((row) => row.includes('Look for work')),
      rows.join('\n'),
    );
  });
});
