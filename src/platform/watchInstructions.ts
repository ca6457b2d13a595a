import * as vscode from 'vscode';

/** Told when an instruction file at the root of a workspace folder has changed, come or gone, or when the folders have. */
export function watchInstructions(changed: () => void): vscode.Disposable {
  let watchers: readonly vscode.Disposable[] = [];
  const stop = () => {
    for (const watcher of watchers) {
      watcher.dispose();
    }
  };
  const watch = () => {
    stop();
    watchers = (vscode.workspace.workspaceFolders ?? []).flatMap((folder) => {
      const watcher = vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(folder, '{AGENTS,CLAUDE}.md'));
      return [watcher, watcher.onDidChange(changed), watcher.onDidCreate(changed), watcher.onDidDelete(changed)];
    });
  };
  watch();
  const folders = vscode.workspace.onDidChangeWorkspaceFolders(() => {
    watch();
    changed();
  });
  return new vscode.Disposable(() => {
    folders.dispose();
    stop();
  });
}
