import type { Tool } from '../orchestrator/ports.ts';
import type { AgentEdits } from '../workspace/leasedEdits.ts';
import type { WorkspaceFiles } from '../workspace/workspaceFiles.ts';
import { createEditFileTool } from './editFile.ts';
import { createFindFilesTool } from './findFiles.ts';
import { createListFilesTool } from './listFiles.ts';
import { createReadFileTool } from './readFile.ts';
import { createSearchTextTool } from './searchText.ts';
import { createWriteFileTool } from './writeFile.ts';

/** All tools that work on the files of the workspace. `edits`: changes of them that know of other agents. */
export function createFileTools(files: WorkspaceFiles, edits: AgentEdits = files.edits): readonly Tool[] {
  return [
    createReadFileTool(files),
    createListFilesTool(files),
    createFindFilesTool(files),
    createSearchTextTool(files),
    createEditFileTool(edits),
    createWriteFileTool(edits),
  ];
}
