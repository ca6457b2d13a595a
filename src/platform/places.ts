import * as path from 'node:path';
import * as vscode from 'vscode';
import type { WorkspaceFolder, WorkspacePaths } from '../workspace/workspacePath.ts';

/** Translates between files of the editor and paths as agents and people write them. */
export interface Places {
  /** The file of a path, or undefined if it is not inside the workspace, symbolic links included. */
  resolve(display: string): Promise<vscode.Uri | undefined>;
  /** The path of a file relative to its workspace folder, prefixed by the folder's name when there are several; undefined outside. */
  display(uri: vscode.Uri): string | undefined;
}

/** The folders of this window that are on the file system of the extension host. */
export function workspaceFolders(): readonly WorkspaceFolder[] {
  return (vscode.workspace.workspaceFolders ?? [])
    .filter((folder) => folder.uri.scheme === 'file')
    .map((folder) => ({ name: folder.name, path: folder.uri.fsPath }));
}

export function createPlaces(paths: WorkspacePaths): Places {
  return {
    async resolve(display) {
      const resolved = await paths.resolve(display, 'read');
      return resolved.ok ? vscode.Uri.file(resolved.spellings[0] ?? resolved.absolute) : undefined;
    },
    display(uri) {
      if (uri.scheme !== 'file') {
        return undefined;
      }
      const folders = paths.folders();
      const inside = folders
        .map((folder) => ({ folder, relative: path.relative(folder.path, uri.fsPath) }))
        .filter(
          ({ relative }) => relative !== '' && relative !== '..' && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative),
        )
        .sort((a, b) => a.relative.length - b.relative.length)[0];
      if (inside === undefined) {
        return undefined;
      }
      const parts = inside.relative.split(path.sep);
      return [...(folders.length > 1 ? [inside.folder.name] : []), ...parts].join('/');
    },
  };
}
