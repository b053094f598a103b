// app/api/webhooks/calcom/route.ts: Cal.com's deliveries into calcom_ingest(), without calcom-proxy.
// CALCOM_DATABASE_URL: a login that is member of calcom_ingester and of nothing else.
import { Pool } from "pg";

export const runtime = "nodejs"; // pg needs sockets: not the edge runtime
export const dynamic = "force-dynamic";

const pool = new Pool({
  connectionString: process.env.CALCOM_DATABASE_URL,
  max: 3,
  connectionTimeoutMillis: 5_000,
  query_timeout: 10_000,
  application_name: "calcom-nextjs",
});
// A connection that breaks while nobody uses it must not end the process.
pool.on("error", (error) => console.error(`calcom: ${error.message}`));

const largest = 1024 * 1024; // calcom.max_body_size

// Refusals of calcom_ingest (docs/errors.md). Everything else may pass by itself: 503, which Cal.com repeats. Never 410,
// on which it switches the webhook off.
const refusals: Record<string, [number, string]> = {
  KC401: [401, "signature does not match"],
  KC402: [401, "exactly one set of signature headers is required"],
  KC403: [401, "no webhook secret is set for this account"],
  KC404: [404, "unknown account"],
  KC413: [413, "body too large"],
  KC423: [423, "account is disabled"],
};

export async function POST(request: Request): Promise<Response> {
  if (Number(request.headers.get("content-length") ?? 0) > largest) return Response.json({ error: "body too large" }, { status: 413 });
  // The exact bytes: request.json() would lose what the signature is over.
  const body = Buffer.from(await request.arrayBuffer());
  try {
    const { rows } = await pool.query(
      "SELECT outcome, event_id FROM calcom_ingest($1::bytea, $2::text, $3::text)",
      [body, request.headers.get("x-cal-signature-256"), "default"],
    );
    return Response.json(rows[0]);
  } catch (error) {
    const code = (error as { code?: string }).code ?? "";
    const refusal = refusals[code];
    if (refusal) return Response.json({ error: refusal[1] }, { status: refusal[0] });
    console.error(`calcom: delivery not taken, ${code || "no answer"}`);
    return Response.json({ error: "database is not available, try again" }, { status: 503, headers: { "Retry-After": "5" } });
  }
}
