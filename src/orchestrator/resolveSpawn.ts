import type { Rejection, SpawnRequest } from '../core/commands.ts';
import type { ResolvedSpawn } from '../core/decideSpawn.ts';
import type { OpeningContext } from '../core/context/openingContext.ts';
import type { IsolationWish, RightsSet } from '../core/events.ts';
import { mayUse, rightsOfChild } from '../core/rights.ts';
import type { Agent } from '../core/state.ts';
import { composePrompt, type SharedPrompt } from '../core/context/sharedPrompt.ts';
import type { AgentType, FleetSettings, ModelProvider, RenderOpening, ToolBox } from './ports.ts';
import { rightsOfType } from './typeRights.ts';

/** What turning a spawn request into an agent needs to look up. */
export interface SpawnSources {
  /** The types there are now; definitions may change while the fleet is open. */
  readonly agentTypes: () => readonly AgentType[];
  readonly toolBox: ToolBox;
  readonly settings: () => FleetSettings;
  /** The provider new agents use. */
  readonly provider: () => ModelProvider;
  /** What the prompts of all agents begin with now; an agent keeps what it began with. */
  readonly sharedPrompt: () => SharedPrompt;
  readonly renderOpening: RenderOpening;
  /** What the person's settings leave to a new agent at most. */
  readonly runRights: () => RightsSet;
}

/** Looks up agent type, model, effort and prompt. An argument wins over the agent type's definition, and that over the setting for its role. */
export function resolveSpawn(
  request: SpawnRequest,
  label: string,
  given: OpeningContext,
  parent: Pick<Agent, 'rights'> | undefined,
  sources: SpawnSources,
): ResolvedSpawn | Rejection {
  const wanted = request.agentType ?? 'general';
  const agentTypes = sources.agentTypes();
  const agentType = agentTypes.find((type) => type.name === wanted);
  if (agentType === undefined) {
    const names = agentTypes.map((type) => type.name).join(', ');
    return { code: 'unknown', message: `There is no agent type ${JSON.stringify(wanted)}.`, next: `Use one of: ${names}.` };
  }
  const settings = sources.settings();
  const provider = sources.provider();
  const rights = rightsOfChild(parent, rightsOfType(agentType), sources.runRights());
  const tools = sources.toolBox.specsFor(agentType).filter((tool) => mayUse(rights, tool.name));
  const prompt = composePrompt(sources.sharedPrompt(), agentType, tools);
  const { opening, manifest } = sources.renderOpening(request, { label, agentType }, given);
  return {
    agentType: agentType.name,
    provider: provider.id,
    model: provider.models?.[agentType.role] ?? modelOf(request.model ?? agentType.model, agentType.role, settings),
    effort: request.effort ?? agentType.effort ?? settings.effort[agentType.role],
    system: prompt.system,
    tools,
    opening,
    rights,
    isolation: wishOf(request, agentType),
    manifest: { given: [...prompt.given, ...manifest.given], withheld: [...manifest.withheld, ...prompt.withheld] },
  };
}

function wishOf({ isolation }: SpawnRequest, agentType: AgentType): IsolationWish | undefined {
  if (isolation !== undefined) {
    return { wish: isolation, by: 'argument' };
  }
  return agentType.isolation === undefined ? undefined : { wish: agentType.isolation, by: 'file' };
}

/** Family names that definition files use, with the role whose model they stand for; so they work with whatever models the person chose. */
const families: ReadonlyMap<string, AgentType['role']> = new Map([
  ['haiku', 'scout'],
  ['sonnet', 'worker'],
  ['opus', 'lead'],
]);

function modelOf(wanted: string | undefined, role: AgentType['role'], { models }: FleetSettings): string {
  const family = wanted === undefined ? role : families.get(wanted);
  return family === undefined ? (wanted ?? models[role]) : models[family];
}
