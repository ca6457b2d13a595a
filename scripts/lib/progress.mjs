// @ts-check
import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';

/** @typedef {{ id: string, label: string, depth: number, provider: string, phase: string, wait?: string, doing: string, tokens: number, cost: number }} AgentFact */
/** @typedef {{ id: string, label: string, phase: string, report?: string }} RunFact */
/** @typedef {{ id: string, agentId: string, kind: string, title: string }} AskFact */
/** @typedef {{ ready?: boolean, readOnly?: string, refused?: string, run?: RunFact, agents?: readonly AgentFact[], asks?: readonly AskFact[] }} Fact */

const pollMs = 150;
const waitsOfTheEnd = new Set(['done', 'partial', 'failed', 'killed', 'interrupted']);

/** Whether a run of this phase goes on no more. @param {string} phase */
export function isOver(phase) {
  return waitsOfTheEnd.has(phase);
}

/**
 * Reads a growing file of JSON lines. A line that is not yet whole is left for later.
 * @param {string} file
 * @param {(fact: Fact) => void} onFact
 * @returns {() => void} stops
 */
export function followFacts(file, onFact) {
  let offset = 0;
  let rest = '';
  const read = () => {
    if (!existsSync(file)) {
      return;
    }
    const handle = openSync(file, 'r');
    try {
      const bytes = Buffer.alloc(Math.max(0, fstatSync(handle).size - offset));
      offset += readSync(handle, bytes, 0, bytes.length, offset);
      const lines = (rest + bytes.toString('utf8')).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        onFact(JSON.parse(line));
      }
    } finally {
      closeSync(handle);
    }
  };
  const timer = setInterval(read, pollMs);
  return () => {
    clearInterval(timer);
    read();
  };
}

/**
 * Turns facts into lines for people: one for each agent that began to do something else, one for each new question, and the result.
 * @param {{ tell: (text: string) => void, now: () => number, answerer: string }} options `answerer`: who answers what agents ask
 */
export function createNarrator({ tell, now, answerer }) {
  const startedAt = now();
  /** @type {Map<string, string>} */
  const doing = new Map();
  /** @type {Set<string>} */
  const asked = new Set();
  /** @type {Set<string>} */
  const providers = new Set();
  let over = false;
  /** @param {string} who @param {string} what */
  const line = (who, what) => tell(`${((now() - startedAt) / 1000).toFixed(1).padStart(6)} s  ${who.padEnd(24)}  ${what}`);

  /** @param {readonly AgentFact[]} agents */
  const tellAgents = (agents) => {
    for (const agent of agents) {
      if (!providers.has(agent.provider)) {
        providers.add(agent.provider);
        line('run', `model: ${agent.provider}`);
      }
      const what = agent.doing.startsWith(agent.phase) ? agent.doing : `${agent.phase}: ${agent.doing}`;
      if (doing.get(agent.id) !== what) {
        doing.set(agent.id, what);
        line(`${'  '.repeat(agent.depth)}${agent.label}`, `${what}  (${agent.tokens.toLocaleString('en')} tokens)`);
      }
    }
  };
  /** @param {readonly AskFact[]} asks @param {readonly AgentFact[]} agents */
  const tellAsks = (asks, agents) => {
    for (const ask of asks.filter((one) => !asked.has(one.id))) {
      asked.add(ask.id);
      const who = agents.find((agent) => agent.id === ask.agentId)?.label ?? 'an agent';
      line(who, `asks: ${ask.title} (${answerer})`);
    }
  };
  /** @param {RunFact} run @param {readonly AgentFact[]} agents */
  const tellEnd = (run, agents) => {
    const tokens = agents.reduce((sum, agent) => sum + agent.tokens, 0);
    const cost = agents.reduce((sum, agent) => sum + agent.cost, 0);
    line('run', `${run.phase}: ${agents.length} agents, ${tokens.toLocaleString('en')} tokens, $${cost.toFixed(2)}`);
    if (run.report !== undefined) {
      tell(`\n${run.report}\n`);
    }
  };

  /** @param {Fact} fact */
  return (fact) => {
    if (fact.readOnly !== undefined) {
      tell(`This window may only look: ${fact.readOnly}`);
    }
    if (fact.refused !== undefined) {
      tell(`The run could not start: ${fact.refused}`);
    }
    if (fact.run && fact.agents) {
      tellAgents(fact.agents);
      tellAsks(fact.asks ?? [], fact.agents);
      if (isOver(fact.run.phase) && !over) {
        tellEnd(fact.run, fact.agents);
      }
      over = isOver(fact.run.phase);
    }
  };
}
