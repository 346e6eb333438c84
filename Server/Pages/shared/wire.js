// The server's replies: whole, streamed, and refused in its own words. Knows no page.

/** The server's word against a request. */
export class Refusal extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

export async function send(path, options) {
  const reply = await fetch(path, options);
  if (!reply.ok) throw new Refusal((await reply.json().catch(() => null))?.error?.message ?? reply.statusText, reply.status);
  return reply;
}

export const post = (path, body, signal) =>
  send(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body), signal });

/** The events of a stream. One that ends without its last event was cut off. */
export async function* events(reply) {
  const reader = reply.body.pipeThrough(new TextDecoderStream()).getReader();
  for (let rest = "";;) {
    const { value, done } = await reader.read();
    if (done) throw new TypeError("The stream was cut off.");
    const items = (rest + value).split("\n\n");
    rest = items.pop();
    for (const item of items) {
      const data = item.replace(/^data: ?/, "");
      if (data === "[DONE]") return;
      const event = JSON.parse(data);
      if (event.error) throw new Refusal(event.error.message, reply.status);
      yield event;
    }
  }
}

/** What a page says of a failure: the server's own message, or that there was none. */
export const failure = error => words =>
  error instanceof Refusal ? words.failed(error.message) : error instanceof TypeError ? words.away : words.failed(`${error}`);
