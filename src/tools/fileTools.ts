import type { Tool } from '../orchestrator/ports.ts';
import type { WorkspaceFiles } from '../workspace/workspaceFiles.ts';
import { createEditFileTool } from './editFile.ts';
import { createFindFilesTool } from './findFiles.ts';
import { createListFilesTool } from './listFiles.ts';
import { createReadFileTool } from './readFile.ts';
import { createSearchTextTool } from './searchText.ts';
import { createWriteFileTool } from './writeFile.ts';

/** All tools that work on the files of the workspace. */
export function createFileTools(files: WorkspaceFiles): readonly Tool[] {
  return [
    createReadFileTool(files),
    createListFilesTool(files),
    createFindFilesTool(files),
    createSearchTextTool(files),
    createEditFileTool(files),
    createWriteFileTool(files),
  ];
}
