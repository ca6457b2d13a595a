import * as vscode from 'vscode';
import type { OpenDocuments } from '../workspace/openDocuments.ts';

/**
 * Files open in the editor, changed through the editor: an agent's edit is one undo step, never overwrites what a person typed, and is
 * refused when the person typed since the agent looked.
 */
export function createOpenDocuments(): OpenDocuments {
  return {
    read(absolute) {
      const document = find(absolute);
      return document === undefined ? undefined : { text: document.getText(), version: document.version, dirty: document.isDirty };
    },
    async replace(absolute, version, splices, save) {
      const document = find(absolute);
      if (document === undefined || document.version !== version) {
        return 'stale';
      }
      const edit = new vscode.WorkspaceEdit();
      for (const splice of splices) {
        const range = new vscode.Range(document.positionAt(splice.start), document.positionAt(splice.end));
        edit.replace(document.uri, range, splice.text);
      }
      if (!(await vscode.workspace.applyEdit(edit))) {
        return 'stale';
      }
      return save && !(await document.save()) ? 'unsaved' : 'applied';
    },
  };
}

/** Absolute paths of files with unsaved changes in an editor. */
export function unsavedFiles(): readonly string[] {
  return vscode.workspace.textDocuments
    .filter((document) => document.isDirty && document.uri.scheme === 'file')
    .map((document) => document.uri.fsPath);
}

/** Tells the absolute path of every file that is saved in an editor. */
export function onFileSaved(listener: (absolute: string) => void): vscode.Disposable {
  return vscode.workspace.onDidSaveTextDocument(({ uri }) => {
    if (uri.scheme === 'file') {
      listener(uri.fsPath);
    }
  });
}

function find(absolute: string): vscode.TextDocument | undefined {
  return vscode.workspace.textDocuments.find(
    (document) => !document.isClosed && document.uri.scheme === 'file' && document.uri.fsPath === absolute,
  );
}
