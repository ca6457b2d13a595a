import type { Disposable } from './lib/disposables.ts';
import type { AgentType, Log } from './orchestrator/ports.ts';
import { showHidden } from './policy/hiddenText.ts';
import type { DefinitionFiles } from './platform/definitionFiles.ts';
import type { DefinitionFile } from './platform/readDefinitions.ts';
import type { DefinitionProblems } from './ui/definitionProblems.ts';
import { type AgentTypeCatalogue, createAgentTypeCatalogue, notHonouredTexts } from './workflows/agentTypeCatalogue.ts';
import { builtInAgentTypes } from './workflows/agentTypes.ts';
import { builtInWorkflows } from './workflows/builtInWorkflows.ts';
import { createWorkflowCatalogue, type WorkflowCatalogue } from './workflows/workflowCatalogue.ts';

export interface LiveDefinitionsDeps {
  readonly files: DefinitionFiles;
  readonly problems: DefinitionProblems;
  /** What `forEach: folders` of a workflow stands for. */
  readonly folders: () => readonly string[];
  readonly log: Log;
}

/** The agent types and workflows of a window, made anew whenever a file that defines one changes. */
export class LiveDefinitions implements Disposable {
  readonly #deps: LiveDefinitionsDeps;
  readonly #subscription: Disposable;
  #agentTypes: AgentTypeCatalogue<DefinitionFile>;
  #workflows: WorkflowCatalogue<DefinitionFile>;
  #logged: readonly string[] = [];

  /** Workflows as they are when somebody asks. */
  readonly workflows: Pick<WorkflowCatalogue, 'all' | 'template'> = {
    all: () => this.#workflows.all(),
    template: (request) => this.#workflows.template(request),
  };

  constructor(deps: LiveDefinitionsDeps) {
    this.#deps = deps;
    this.#agentTypes = createAgentTypeCatalogue(builtInAgentTypes, deps.files.files.map(shown));
    this.#workflows = this.#makeWorkflows();
    this.#subscription = deps.files.onDidChange(() => this.#changed());
  }

  /** The same object until a definition changes. */
  get agentTypes(): AgentTypeCatalogue {
    return this.#agentTypes;
  }

  definitionOf(agentType: string): AgentType | undefined {
    return this.#agentTypes.all.find((type) => type.name === agentType);
  }

  dispose(): void {
    this.#subscription.dispose();
  }

  #changed(): void {
    const { files, problems, log } = this.#deps;
    this.#agentTypes = createAgentTypeCatalogue(builtInAgentTypes, files.files.map(shown));
    this.#workflows = this.#makeWorkflows();
    problems.show([...this.#agentTypes.problems, ...this.#workflows.diagnostics()]);
    const texts = notHonouredTexts(this.#agentTypes.all);
    texts.filter((text) => !this.#logged.includes(text)).forEach((text) => log.info(text));
    this.#logged = texts;
  }

  #makeWorkflows(): WorkflowCatalogue<DefinitionFile> {
    const { files, folders } = this.#deps;
    return createWorkflowCatalogue({
      builtIn: builtInWorkflows,
      files: files.files.filter(({ kind }) => kind === 'workflow').map(shown),
      folders,
      agentTypes: this.#agentTypes.all.map(({ name }) => name),
    });
  }
}

/** A definition becomes what agents are told, so nothing in it stays hidden. */
function shown(file: DefinitionFile): DefinitionFile {
  return { ...file, text: showHidden(file.text).text };
}
