import { AnthropicError, APIConnectionError, APIError, APIUserAbortError } from '@anthropic-ai/sdk';
import type { Failure } from '../../core/events.ts';
import { ModelError } from '../../orchestrator/ports.ts';
import { redactKey } from './redactKey.ts';
import { readRetryAfter } from './retryAfter.ts';
import { BrokenOffError, ProtocolError, ReplyTooLargeError, StreamedError } from './streamErrors.ts';

/** What a message about a failed request may name. */
export interface FailedRequest {
  readonly model: string;
  /** Address of the endpoint, without any secret. */
  readonly endpoint: string;
  readonly key: string | undefined;
  /** Models to suggest instead of an unknown one. */
  readonly knownModels: readonly string[];
  /** Ms since the epoch. */
  readonly now: number;
}

type Retry = ModelError['retry'];

/** What a request died of, in words a person can act on. Anything that neither endpoint nor network did is returned as it is: a defect. */
export function toModelError(error: unknown, request: FailedRequest): unknown {
  if (error instanceof ModelError) {
    return error;
  }
  const fail = (kind: Failure['kind'], retry: Retry, message: string, next: string, retryAfterMs?: number): ModelError =>
    new ModelError({ kind, message: redactKey(message, request.key), next }, retry, { retryAfterMs, cause: error });

  if (error instanceof ProtocolError) {
    const message = `${request.endpoint} broke the rules of the Messages API: ${error.message}.`;
    return fail('endpoint', 'retry', message, 'Check that flotilla.anthropic.baseUrl names a Messages API.');
  }
  if (error instanceof ReplyTooLargeError) {
    return fail(
      'endpoint',
      'never',
      `${request.endpoint} sent far more than a reply can be.`,
      'Check flotilla.anthropic.baseUrl, then retry.',
    );
  }
  if (error instanceof BrokenOffError) {
    return fail('network', 'retry', `The reply from ${request.endpoint} broke off.`, 'Check the network.');
  }
  if (error instanceof StreamedError) {
    return classify({ status: undefined, type: error.type, code: error.code, message: error.message }, undefined, request, fail);
  }
  if (error instanceof APIUserAbortError || error instanceof APIConnectionError) {
    return fail(
      'network',
      'retry',
      describeConnection(error, request.endpoint),
      'Check the network, the proxy and flotilla.anthropic.baseUrl.',
    );
  }
  if (error instanceof APIError) {
    const message = error.apiMessage ?? '';
    const told = { status: error.status, type: error.type ?? undefined, code: error.errorCode ?? undefined, message };
    const after = error.headers === undefined ? undefined : readRetryAfter(error.headers, request.now);
    return classify(told, after, request, fail);
  }
  if (error instanceof AnthropicError) {
    return fail('endpoint', 'never', error.message, 'Check flotilla.anthropic.baseUrl and the key.');
  }
  return error;
}

interface Told {
  readonly status: number | undefined;
  readonly type: string | undefined;
  readonly code: string | undefined;
  readonly message: string;
}

type Fail = (kind: Failure['kind'], retry: Retry, message: string, next: string, retryAfterMs?: number) => ModelError;

/** By type and code where the endpoint gives them, else by status; never by its wording, with the one exception marked. */
function classify(told: Told, after: number | undefined, request: FailedRequest, fail: Fail): ModelError {
  const { status, type, code } = told;
  const { endpoint, model } = request;
  const said = saidText(redactKey(told.message, request.key));
  const isSpendLimit = status === 402 || type === 'billing_error' || (code?.endsWith('spend_limit_reached') ?? false);
  if (isSpendLimit) {
    return fail(
      'spendLimit',
      'never',
      `The account at ${endpoint} has reached its spending limit or has no credit.${said}`,
      'Raise the limit or add credit, then retry the agent.',
    );
  }
  if (status === 529 || type === 'overloaded_error') {
    return fail('overloaded', 'wait', `${endpoint} is overloaded.`, waitAdvice, after);
  }
  if (status === 429 || type === 'rate_limit_error') {
    return fail('rateLimit', 'wait', `The rate limit of ${endpoint} is reached.${said}`, waitAdvice, after);
  }
  if (status === 401 || status === 403 || type === 'authentication_error' || type === 'permission_error') {
    const what = request.key === undefined ? `${endpoint} wants a key, and none is stored.` : `${endpoint} rejected the key.`;
    return fail('auth', 'never', `${what}${said}`, 'Run "Flotilla: Set API Key", then retry the agent.');
  }
  if (type === 'not_found_error' || (status === 404 && told.message.includes(model))) {
    return fail(
      'unknownModel',
      'never',
      `${endpoint} knows no model "${model}".`,
      `Choose one that it has in the settings flotilla.models.lead, .worker and .scout${examplesText(request)}. Then start anew: an agent keeps the model it began with.`,
    );
  }
  if (status === 413 || (type === 'invalid_request_error' && /prompt is too long/i.test(told.message))) {
    // No code names a prompt that is too long; without this exception it would look like a defect of ours.
    return fail(
      'contextWindow',
      'never',
      `The history of this agent is larger than ${model} or ${endpoint} accepts.`,
      'Start a new agent with a smaller task and what this one found.',
    );
  }
  if (status === undefined ? type !== 'invalid_request_error' : status >= 500) {
    const what = status === undefined ? (type === '' ? 'an error' : type) : `error ${status}`;
    return fail(
      'overloaded',
      after === undefined ? 'retry' : 'wait',
      `${endpoint} answered with ${what}.${said}`,
      'Look at the status page of the endpoint.',
      after,
    );
  }
  if (status === 408 || status === 409 || status === 425) {
    return fail('network', 'retry', `${endpoint} answered with error ${status}.${said}`, 'Check the network and the proxy.', after);
  }
  if (status === 404 || status === 405 || (status !== undefined && status < 400)) {
    return fail(
      'endpoint',
      'never',
      `There is no Messages API at ${endpoint} (it answered ${status}).${said}`,
      'Set flotilla.anthropic.baseUrl to the address without "/v1/messages".',
    );
  }
  return fail(
    'badRequest',
    'never',
    `${endpoint} refused the request${status === undefined ? '' : ` (${status})`}.${said}`,
    'Retry the agent; if it is refused again, start a new one and report this.',
  );
}

/** What the endpoint said, as the end of a message. */
function saidText(message: string): string {
  const text = message.replace(/\s+/g, ' ').trim().slice(0, 300);
  return text === '' ? '' : ` It said: ${text}${/[.!?…]$/.test(text) ? '' : '.'}`;
}

const waitAdvice = 'Wait a while, or lower flotilla.maxConcurrentAgents.';
const maxExamples = 3;

function examplesText({ knownModels, model }: FailedRequest): string {
  const others = knownModels.filter((known) => known !== model).slice(0, maxExamples);
  return others.length === 0 ? '' : `, such as ${others.join(', ')}`;
}

/** Causes are nested: the SDK wraps what fetch threw, which wraps what the socket said. */
function describeConnection(error: Error, endpoint: string): string {
  const codes: string[] = [];
  for (let cause: unknown = error; cause instanceof Error && codes.length < 10; cause = cause.cause) {
    codes.push('code' in cause && typeof cause.code === 'string' ? cause.code : '');
  }
  const code = codes.find((one) => one !== '');
  if (code === undefined) {
    return `${endpoint} cannot be reached.`;
  }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return `The name of ${endpoint} cannot be resolved (${code}).`;
  }
  if (code === 'ECONNREFUSED') {
    return `Nothing answers at ${endpoint} (${code}).`;
  }
  if (/CERT|TLS|SSL|SIGNATURE/.test(code)) {
    return `No secure connection to ${endpoint} could be made (${code}).`;
  }
  return `The connection to ${endpoint} failed (${code}).`;
}
