import type { Rejection, SpawnRequest } from '../core/commands.ts';
import type { ResolvedSpawn } from '../core/decideSpawn.ts';
import type { OpeningContext } from '../core/openingContext.ts';
import { composePrompt, type SharedPrompt } from '../core/sharedPrompt.ts';
import type { AgentType, FleetSettings, ModelProvider, RenderOpening, ToolBox } from './ports.ts';

/** What turning a spawn request into an agent needs to look up. */
export interface SpawnSources {
  readonly agentTypes: readonly AgentType[];
  readonly toolBox: ToolBox;
  readonly settings: () => FleetSettings;
  /** The provider new agents use. */
  readonly provider: () => ModelProvider;
  /** What the prompts of all agents begin with now; an agent keeps what it began with. */
  readonly sharedPrompt: () => SharedPrompt;
  readonly renderOpening: RenderOpening;
}

/** Looks up agent type, model, effort and prompt. An argument wins over the setting for the agent type's role. */
export function resolveSpawn(
  request: SpawnRequest,
  label: string,
  given: OpeningContext,
  sources: SpawnSources,
): ResolvedSpawn | Rejection {
  const wanted = request.agentType ?? 'general';
  const agentType = sources.agentTypes.find((type) => type.name === wanted);
  if (agentType === undefined) {
    const names = sources.agentTypes.map((type) => type.name).join(', ');
    return { code: 'unknown', message: `There is no agent type ${JSON.stringify(wanted)}.`, next: `Use one of: ${names}.` };
  }
  const settings = sources.settings();
  const provider = sources.provider();
  const tools = sources.toolBox.specsFor(agentType);
  const prompt = composePrompt(sources.sharedPrompt(), agentType, tools);
  const { opening, manifest } = sources.renderOpening(request, { label, agentType }, given);
  return {
    agentType: agentType.name,
    provider: provider.id,
    model: provider.models?.[agentType.role] ?? request.model ?? settings.models[agentType.role],
    effort: request.effort ?? settings.effort[agentType.role],
    system: prompt.system,
    tools,
    opening,
    manifest: { given: [...prompt.given, ...manifest.given], withheld: [...manifest.withheld, ...prompt.withheld] },
  };
}
