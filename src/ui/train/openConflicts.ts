import * as vscode from 'vscode';
import type { ConflictFile } from '../../core/train/trainEvents.ts';

/** So many files open as editors at once; the others are found in the folder. */
const mostEditors = 8;

/** Opens the conflicted files of a folder, and says where the rest is. */
export async function openConflicts(folder: string, files: readonly ConflictFile[], logError: (error: unknown) => void): Promise<void> {
  const root = vscode.Uri.file(folder);
  for (const file of files.slice(0, mostEditors)) {
    const uri = vscode.Uri.joinPath(root, file.path);
    try {
      await vscode.workspace.fs.stat(uri);
      await vscode.commands.executeCommand('vscode.open', uri, { preview: false });
    } catch (error) {
      // One side deleted it, or it is not for an editor; it is in the folder that the message names.
      logError(error);
    }
  }
  const text = `Resolve the conflicts in ${folder}, save, and choose Done under “Needs you”.`;
  vscode.window.showInformationMessage(text, 'Open Folder in New Window').then(async (button) => {
    if (button !== undefined) {
      await vscode.commands.executeCommand('vscode.openFolder', root, { forceNewWindow: true });
    }
  }, logError);
}
