/** The endpoint broke the grammar of the stream; what it sent cannot be trusted. */
export class ProtocolError extends Error {}

/** The endpoint ended the reply with an error event. `type` and `code` are the endpoint's own names for it. */
export class StreamedError extends Error {
  readonly type: string;
  readonly code: string | undefined;

  constructor(type: string, code: string | undefined, message: string) {
    super(message);
    this.type = type;
    this.code = code;
  }
}

/** More than the permitted bytes arrived in one reply. */
export class ReplyTooLargeError extends Error {}

/** The connection ended while the reply was still arriving. */
export class BrokenOffError extends Error {}
