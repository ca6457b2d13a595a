import * as vscode from 'vscode';

/** Something a person should know about how the fleet's storage was found. */
export interface Notice {
  readonly message: string;
  readonly next: string;
}

/** Something a person can do about it. */
export interface NoticeAction {
  readonly title: string;
  readonly act: () => Promise<void>;
}

/** Tells the person what happened to the storage, with what can be done; does not wait for an answer. */
export function tellNotices(notices: readonly Notice[], actions: readonly NoticeAction[], logError: (error: unknown) => void): void {
  notices.forEach((notice, index) => {
    const offered = index === notices.length - 1 ? actions : [];
    vscode.window.showWarningMessage(`${notice.message} ${notice.next}`, ...offered.map(({ title }) => title)).then(async (title) => {
      await offered.find((action) => action.title === title)?.act();
    }, logError);
  });
}
