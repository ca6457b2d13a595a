import assert from 'node:assert/strict';
import { type E2eWindow, openWindow } from './support/openWindow.ts';

/** One run from start to end as a person drives it, with the practice model on the sample repository. */
describe('a person at the controls', () => {
  let window: E2eWindow;

  before(async () => {
    window = await openWindow();
    await window.showFleet();
    await window.page.locator('.sidebar').getByRole('button', { name: 'Start' }).first().waitFor();
    await window.palette('Flotilla: Start Run');
    await window.answer('Review this repository and fix one small thing');
    await window.pick('orchestrate');
    await window.showFleet();
    await window.row('scout').waitFor();
    await window.palette('Flotilla: Open Timeline');
    await lane('lead').waitFor();
  });

  after(() => window.close());

  const lane = (label: string) => window.webview().getByRole('treeitem', { name: new RegExp(`^${label},`) });
  const rowText = async (label: string) => (await window.row(label).getAttribute('aria-label')) ?? '';
  const eventually = async (what: string, holds: () => Promise<boolean>) => {
    for (const until = Date.now() + 30_000; !(await holds()); ) {
      assert.ok(Date.now() < until, `${what}; the rows are:\n${(await window.treeRows()).join('\n')}`);
      await window.page.waitForTimeout(100);
    }
  };
  /** The label of a worker that is still at work, from the tree. */
  const workerAtWork = async () => {
    const row = (await window.treeRows()).find((text) => text.includes('scout agent') && !text.includes('done'));
    return row?.split(',')[0] ?? assert.fail('no scout is at work');
  };

  it('sees lanes move on the time axis', async () => {
    const canvas = window.webview().locator('canvas.lanes-canvas');
    const before = await canvas.screenshot();
    await eventually('the canvas changes while agents work', async () => !(await canvas.screenshot()).equals(before));
  });

  it('kills one agent, and its siblings go on', async () => {
    const label = await workerAtWork();
    await lane(label).click();
    await window.webview().getByRole('button', { name: 'Kill' }).click();
    await eventually(`${label} is killed`, async () => (await rowText(label)).includes('killed'));
    assert.ok(!(await rowText('lead')).includes('killed'));
  });

  it('steers an agent from the timeline and sees that it was read', async () => {
    await lane('lead').click();
    const box = window.webview().getByRole('textbox', { name: 'Steer lead' });
    await box.fill('Only look at the tests');
    await box.press('Enter');
    await window.webview().getByText('Only look at the tests').first().waitFor();
    await window
      .webview()
      .getByText(/read before turn \d+/)
      .first()
      .waitFor();
  });

  it('denies what an agent wants to do, with a reason that it gets', async () => {
    await eventually('an approval waits', async () => (await window.treeRows()).some((row) => row.includes('Needs you')));
    await window.palette('Flotilla: Review Approvals');
    await window.pick('Deny with a reason');
    await window.answer('not in this file');
    await lane('improvement').click();
    await window
      .webview()
      .getByText(/not in this file/)
      .first()
      .waitFor();
  });

  it('finds the run interrupted after a reload, and resumes it from its history', async () => {
    await window.reload();
    await window.showFleet();
    await eventually('the lead is interrupted', async () => (await rowText('lead')).includes('interrupted'));
    const rows = await window.treeRows();
    assert.ok(
      rows.some((row) => row.includes('Review this repository')),
      rows.join('\n'),
    );
    await window.palette('Flotilla: Resume Agent');
    await window.pick('lead');
    await eventually('the lead goes on', async () => !(await rowText('lead')).includes('interrupted'));
  });

  it('stops everything at once, after a confirmation', async () => {
    await window.palette('Flotilla: Kill All Agents');
    await window.page.locator('.monaco-dialog-box').getByRole('button', { name: /Kill/ }).click();
    await eventually('nothing is at work', async () => (await rowText('lead')).includes('killed'));
  });
});
