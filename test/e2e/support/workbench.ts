import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { errors, type FrameLocator, type Locator, type Page } from 'playwright-core';

/** What a person does in a VS Code window, by name. Each waits for what it names, and fails after 30 s without it. */
export interface Workbench {
  /** Resolves when the workbench is drawn. */
  untilUsable(): Promise<void>;
  /** Runs a command by its title, such as "Flotilla: Start Run". */
  palette(title: string): Promise<void>;
  /** Opens a file of the workspace by its name. */
  openFile(name: string): Promise<void>;
  /** Types into the input or pick that is open, and accepts. */
  answer(text: string): Promise<void>;
  /** Picks the first entry of the open pick whose text contains this. */
  pick(text: string): Promise<void>;
  /** Brings the tree of the fleet to the front. */
  showFleet(): Promise<void>;
  /** The rows of the fleet's tree as they are read out, top to bottom. */
  treeRows(): Promise<readonly string[]>;
  /** The first row of the fleet's tree that contains this text. */
  row(text: string): Locator;
  /** The page inside the webview that is in front; webviews are two frames deep. */
  webview(): FrameLocator;
  /** All notifications there are, as text; their centre stays open. Toasts are never shown while VS Code is driven by a test. */
  notifications(): Promise<readonly string[]>;
  /** Loads the window again, as a person does with Reload Window. */
  reload(): Promise<void>;
  /** Saves a picture under out/test-results, and returns its path. */
  screenshot(name: string): Promise<string>;
}

const waitMs = 30_000;
const listMs = 4_000;
const inputSelector = '.quick-input-widget .quick-input-box input';

/** Lets a wait that ended in vain be tried again; anything else is thrown. */
function whenTimedOut(error: unknown): void {
  if (!(error instanceof errors.TimeoutError)) {
    throw error;
  }
}

/** Drives the workbench that `page` shows; pictures go to a folder. */
export function createWorkbench(page: Page, pictures: string): Workbench {
  page.setDefaultTimeout(waitMs);
  const input = page.locator(inputSelector);
  const entries = page.locator('.quick-input-widget .quick-input-list .monaco-list-row');
  const rows = page.locator('.sidebar .pane-body .monaco-list-row');
  /** The palette lists what there was when it opened, and extensions bring their commands a while after the window. */
  const openEntry = async (query: string, title: string): Promise<void> => {
    const deadline = Date.now() + waitMs;
    for (;;) {
      await page.keyboard.press('F1');
      try {
        await input.fill(query, { timeout: listMs });
        await entries.filter({ hasText: title }).first().click({ timeout: listMs });
        return;
      } catch (error) {
        // Whatever takes the focus while the window is still busy closes the palette.
        if (Date.now() > deadline) {
          throw error;
        }
      }
      await page.keyboard.press('Escape');
      await input.waitFor({ state: 'hidden' });
    }
  };
  const palette = (title: string): Promise<void> => openEntry(`>${title}`, title);
  const untilUsable = async (): Promise<void> => {
    await page.locator('.monaco-workbench .activitybar .action-item').first().waitFor({ timeout: 60_000 });
    await page.locator('.activitybar .action-label[aria-label^="Flotilla"]').waitFor({ timeout: 60_000 });
  };
  /** Resolves when the input is closed, or open again with something that does not begin so. */
  const untilInputLeaves = async (start: string): Promise<void> => {
    await page.waitForFunction(
      ([selector, beginning]) => {
        const box = document.querySelector(selector);
        return !(box instanceof HTMLInputElement) || box.offsetParent === null || !box.value.startsWith(beginning);
      },
      [inputSelector, start] as const,
    );
  };
  return {
    untilUsable,
    palette,
    openFile: (name) => openEntry(name, name),
    answer: async (text) => {
      await input.waitFor();
      await input.fill(text);
      await page.keyboard.press('Enter');
      // What was typed is checked first; whatever else is opened meanwhile would take it back.
      await untilInputLeaves(text);
    },
    pick: async (text) => {
      await entries.filter({ hasText: text }).first().click();
    },
    showFleet: async () => {
      // The icon in the activity bar would hide a view that came to the front meanwhile.
      await palette('Flotilla: Focus on Fleet View');
      await page.locator('.sidebar .title-label:visible', { hasText: 'Flotilla' }).waitFor();
    },
    treeRows: () => rows.evaluateAll((all) => all.map((row) => row.getAttribute('aria-label') ?? row.textContent ?? '')),
    row: (text) => rows.filter({ hasText: text }).first(),
    webview: () => page.frameLocator('iframe.webview.ready').first().frameLocator('iframe#active-frame'),
    notifications: async () => {
      const centre = page.locator('.notifications-center.visible');
      // The centre closes by itself when its last notification goes, which may be while it is being opened.
      for (const until = Date.now() + waitMs; !(await centre.isVisible()) && Date.now() < until; ) {
        await palette('Notifications: Show Notifications');
        await centre.waitFor({ timeout: listMs }).catch(whenTimedOut);
      }
      return await page.locator('.notification-list-item-message').allTextContents();
    },
    reload: async () => {
      await page.reload();
      await untilUsable();
    },
    screenshot: async (name) => {
      mkdirSync(pictures, { recursive: true });
      const file = join(pictures, `${name}.png`);
      await page.screenshot({ path: file });
      return file;
    },
  };
}
