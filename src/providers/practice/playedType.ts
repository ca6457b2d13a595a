/** The built-in agent types the practice model has rules for. */
export type PlayedType = 'lead' | 'planner' | 'analyst' | 'scout' | 'builder' | 'reviewer' | 'tester' | 'writer' | 'general';

const types: Readonly<Record<string, PlayedType>> = {
  lead: 'lead',
  planner: 'planner',
  analyst: 'analyst',
  scout: 'scout',
  builder: 'builder',
  reviewer: 'reviewer',
  tester: 'tester',
  writer: 'writer',
  general: 'general',
  worker: 'general',
};

/** The part that an agent's instructions give it; undefined for a type of somebody's own, which is played by its tools. */
export function playedType(system: string): PlayedType | undefined {
  const name = /^# Your part: (\w+)\s*$/m.exec(system)?.[1] ?? '';
  return Object.hasOwn(types, name) ? types[name] : undefined;
}
