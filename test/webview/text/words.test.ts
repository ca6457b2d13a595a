import * as assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { actionsFor } from '../../../webview/detail/agentActions.tsx';
import { agentSign, callSign, endSign, messageSigns, spanType, spanTypes } from '../../../webview/text/words.ts';
import { twelveAgents } from '../page/scenarios.ts';

const icons = readFileSync(join('node_modules', '@vscode', 'codicons', 'dist', 'codicon.css'), 'utf8');
const agents = Object.values(twelveAgents().state.agents);

describe('signs', () => {
  it('use only icons that the icon font has', () => {
    const statuses = ['ok', 'error', 'denied', 'skipped', 'cancelled', 'unknown', undefined] as const;
    const names = [
      ...agents.map((agent) => agentSign(agent, 0).icon),
      ...agents.flatMap((agent) => actionsFor(agent).map((action) => action.icon)),
      ...(['done', 'failed', 'killed', 'interrupted'] as const).map((kind) => endSign(kind).icon),
      ...statuses.flatMap((status) => [callSign(status, true).icon, callSign(status, false).icon]),
      ...Object.values(messageSigns).map((sign) => sign.icon),
    ];
    assert.deepEqual(
      [...new Set(names)].filter((name) => !icons.includes(`.codicon-${name}:before`)),
      [],
    );
  });

  it('say of every agent what it is at, in words', () => {
    assert.deepEqual(
      agents.filter((agent) => agentSign(agent, 0).words === ''),
      [],
    );
  });

  it('mark what needs the person apart from other waits', () => {
    const needy = agents.filter((agent) => agentSign(agent, 0).tone === 'person').map((agent) => agent.label);
    assert.deepEqual(needy, ['Editor of errors.ts', 'Interviewer']);
  });
});

describe('spanType', () => {
  it('knows a type for every kind of wait', () => {
    assert.equal(spanType({ kind: 'wait', wait: 'rateLimit' }), 'rateLimit');
    assert.equal(spanType({ kind: 'tool' }), 'tool');
    assert.equal(new Set(spanTypes).size, spanTypes.length);
  });
});
