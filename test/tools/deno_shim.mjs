// Runs a Supabase Edge Function without Deno: what Deno.serve and Deno.env.get do for docs/recipes/supabase, in node.
// The file must be TypeScript that is JavaScript as well: nothing strips types here. Prints "listening PORT"; ends on SIGTERM or when its stdin
// closes.
//   node deno_shim.mjs FILE
import { createServer } from "node:http";
import { readFileSync } from "node:fs";

function serve(handler) {
  const server = createServer(async (incoming, outgoing) => {
    const chunks = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const body = chunks.length > 0 ? Buffer.concat(chunks) : undefined;
    const headers = new Headers();
    for (let i = 0; i < incoming.rawHeaders.length; i += 2) headers.append(incoming.rawHeaders[i], incoming.rawHeaders[i + 1]);
    const response = await handler(new Request(`http://${incoming.headers.host}${incoming.url}`, { method: incoming.method, headers, body }));
    outgoing.writeHead(response.status, Object.fromEntries(response.headers));
    outgoing.end(Buffer.from(await response.arrayBuffer()));
  });
  server.listen(0, "127.0.0.1", () => process.stdout.write(`listening ${server.address().port}\n`));
}

globalThis.Deno = { serve, env: { get: (name) => process.env[name] } };
process.on("SIGTERM", () => process.exit(0));
process.stdin.on("end", () => process.exit(0)).resume();
await import(`data:text/javascript;base64,${readFileSync(process.argv[2]).toString("base64")}`);
