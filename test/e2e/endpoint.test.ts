import assert from 'node:assert/strict';
import { createFleetScript } from '../support/messagesServer/fleetScript.ts';
import { type MessagesServer, startMessagesServer } from '../support/messagesServer/server.ts';
import { type E2eWindow, openWindow } from './support/openWindow.ts';

/** The Anthropic provider in a real window, against a local server that is as strict as the API. */
describe('a fleet of ten workers at a Messages API', () => {
  const key = 'sk-test-0123456789';
  let server: MessagesServer;
  let window: E2eWindow;

  before(async () => {
    const script = createFleetScript({ workers: 10, turns: 6, firstMs: 400, betweenMs: 30, deltaChars: 12 });
    server = await startMessagesServer({ key, script });
    window = await openWindow({ settings: { 'flotilla.provider': 'anthropic', 'flotilla.anthropic.baseUrl': server.url } });
    await window.showFleet();
  });

  after(async () => {
    await window.close();
    await server.close();
  });

  const lane = (label: string) => window.webview().getByRole('treeitem', { name: new RegExp(`^${label},`) });
  const laneText = async (label: string) => (await lane(label).getAttribute('aria-label')) ?? '';
  const eventually = async (what: string, holds: () => Promise<boolean>) => {
    for (const until = Date.now() + 40_000; !(await holds()); ) {
      assert.ok(Date.now() < until, `${what}; the rows are:\n${(await window.treeRows()).join('\n')}`);
      await window.page.waitForTimeout(100);
    }
  };
  const setKey = async (text: string) => {
    await window.palette('Flotilla: Set API Key');
    await window.answer(text);
  };
  const start = async () => {
    await window.palette('Flotilla: Start Run');
    await window.answer('Look around');
    await window.pick('orchestrate');
  };

  it('says so when the key is rejected, and what to do', async () => {
    await setKey('sk-wrong');
    await start();
    await window.row('lead').waitFor();
    await eventually('the lead has failed', async () =>
      (await window.treeRows()).some((row) => row.includes('lead') && row.includes('failed')),
    );
    await window.palette('Flotilla: Open Timeline');
    await window
      .webview()
      .getByText(/rejected the key/)
      .first()
      .waitFor();
    await window
      .webview()
      .getByText(/Set API Key/)
      .first()
      .waitFor();
  });

  it('goes on after the right key and a retry, and spawns ten workers', async () => {
    await setKey(key);
    await window.palette('Flotilla: Retry Agent');
    await window.pick('lead');
    await eventually('ten workers are there', async () => (await window.treeRows()).filter((row) => row.includes('Worker')).length === 10);
    assert.deepEqual(server.violations, []);
  });

  it('steers one, kills one, and the others report to the end', async () => {
    await lane('Worker 3').click();
    await window.webview().getByRole('button', { name: 'Kill' }).click();
    await eventually('worker 3 is killed', async () => (await laneText('Worker 3')).includes('killed'));
    await lane('Worker 4').click();
    const box = window.webview().getByRole('textbox', { name: 'Steer Worker 4' });
    await box.fill('Look at the tests as well');
    await box.press('Enter');
    await window
      .webview()
      .getByText(/read before turn \d+/)
      .first()
      .waitFor();
    await eventually('the other nine are done', async () => {
      const rows = (await window.treeRows()).filter((row) => row.includes('Worker'));
      return rows.filter((row) => row.includes('done')).length === 9;
    });
    assert.deepEqual(server.violations, [], 'the server would have refused a broken history');
    await eventually('the lead has reported', async () => (await laneText('lead')).includes('done'));
  });

  it('reads the shared prefix from the cache, and never shows the key', async () => {
    const first = server.seen.filter((seen) => seen.turn === 0 && JSON.stringify(seen.request.messages).includes('Worker'));
    assert.ok(first.filter((seen) => seen.account.cacheRead > 0).length >= 8, 'first requests of workers read the cache');
    assert.ok(!(await window.page.content()).includes(key));
  });
});
