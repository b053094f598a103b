// Takes a webhook of Cal.com or Resend to the database's calcom_webhook() or resend_webhook(), adding the key that the
// API gateway wants and Cal.com cannot send. The body goes on byte for byte: the database verifies the signature.
// Addresses: /functions/v1/calcom-webhook for Cal.com, /functions/v1/calcom-webhook/resend for Resend.
const api = `${Deno.env.get("SUPABASE_URL")}/rest/v1/rpc`;
const key = Deno.env.get("SUPABASE_ANON_KEY") ?? "";
const signed = ["x-cal-signature-256", "svix-id", "svix-timestamp", "svix-signature", "webhook-id", "webhook-timestamp", "webhook-signature"];
const largest = 1024 * 1024; // calcom.max_body_size

Deno.serve(async (request) => {
  if (request.method !== "POST") return Response.json({ error: "POST only" }, { status: 405, headers: { Allow: "POST" } });
  if (Number(request.headers.get("content-length") ?? 0) > largest) return Response.json({ error: "body too large" }, { status: 413 });
  const headers = new Headers({ "Content-Type": "application/json", apikey: key, Authorization: `Bearer ${key}` });
  for (const name of signed) {
    const value = request.headers.get(name);
    if (value !== null) headers.set(name, value);
  }
  const name = new URL(request.url).pathname.endsWith("/resend") ? "resend_webhook" : "calcom_webhook";
  try {
    const body = await request.arrayBuffer();
    const answer = await fetch(`${api}/${name}`, { method: "POST", headers, body, redirect: "manual", signal: AbortSignal.timeout(15_000) });
    const text = await answer.text();
    // calcom's own answer goes out as it is; so does that the body is no JSON. Anything else is a fault between here and
    // the database (key, gateway, schema cache): 503, so that the sender repeats it.
    if (/^\{"(outcome|error)":/.test(text) || answer.status === 400) {
      const out = new Headers({ "Content-Type": "application/json" });
      const wait = answer.headers.get("retry-after");
      if (wait !== null) out.set("Retry-After", wait);
      return new Response(text, { status: answer.status, headers: out });
    }
    console.error(`database's API answered ${answer.status}`);
  } catch (error) {
    console.error(`database's API: ${error instanceof Error ? error.name : "no answer"}`);
  }
  return Response.json({ error: "database is not available, try again" }, { status: 503, headers: { "Retry-After": "5" } });
});
