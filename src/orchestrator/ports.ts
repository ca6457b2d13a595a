/*
 * What the orchestrator needs from the world. Interfaces and plain values only; every folder that implements one may import this file.
 */

export * from './ports/agentTypes.ts';
export * from './ports/models.ts';
export * from './ports/tools.ts';
export * from './ports/views.ts';
export * from './ports/world.ts';
