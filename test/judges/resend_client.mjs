// Resend's own client (npm resend) sends each mail of judge_samples to the scripted Resend, with the client's field names.
// What it puts on the wire must be what we put there: so our names of fields are Resend's, and none is missing. And the
// scripted Resend must look to it like Resend, refusals included, since our other tests rest on that.
//   node resend_client.mjs DIRECTORY ORIGIN-OF-THE-SCRIPTED-RESEND
import { deepStrictEqual } from 'node:assert'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const [directory, origin] = process.argv.slice(2)
process.env.RESEND_BASE_URL = origin // read when the package is loaded
const { Resend } = await import('resend')
const client = new Resend('re_judge')
let failed = 0

const judge = async (name, look) => {
  try {
    await look()
    console.log(`ok ${name}`)
  } catch (error) {
    failed++
    console.log(`not ok ${name}: ${String(error.message).slice(0, 400).replaceAll('\n', ' ')}`)
  }
}

const control = async (method, path, body) => {
  const answer = await fetch(origin + path, { method, body: body && JSON.stringify(body) })
  return answer.json()
}

// Every field of ours by the client's name for it. A field that has none here is no field of Resend's.
const names = {
  from: 'from', to: 'to', subject: 'subject', html: 'html', text: 'text', headers: 'headers', tags: 'tags', reply_to: 'replyTo',
  attachments: 'attachments'
}
const toldOfAttachment = { filename: 'filename', content: 'content', content_type: 'contentType' }
const renamed = (object, names) =>
  Object.fromEntries(Object.entries(object).map(([name, value]) => {
    if (!names[name]) throw new Error(`no field of Resend's: ${name}`)
    return [names[name], value]
  }))

const inTheClientsWords = (request) => {
  const words = renamed(request, names)
  if (words.attachments) words.attachments = words.attachments.map((one) => renamed(one, toldOfAttachment))
  return words
}

const samples = readdirSync(directory).filter((name) => name.endsWith('.request.json')).sort()
await judge('there are requests to compare', () => deepStrictEqual(samples.length > 0, true))
for (const name of samples)
  await judge(`client of ${name}`, async () => {
    await control('POST', '/__reset')
    const ours = JSON.parse(readFileSync(join(directory, name), 'utf8'))
    const { data, error } = await client.emails.send(inTheClientsWords(ours), { idempotencyKey: name })
    deepStrictEqual(error, null)
    const [sent] = await control('GET', '/__requests')
    deepStrictEqual(JSON.parse(sent.body), ours)
    deepStrictEqual(sent.headers['idempotency-key'], name)
    deepStrictEqual(sent.headers['content-type'], 'application/json')
    deepStrictEqual(typeof data.id, 'string')
  })

const some = { from: 'a@example.com', to: 'b@example.com', subject: 's', text: 't' }
const refusals = {
  429: ['rate_limit_exceeded', 429], 422: ['validation_error', 422], bad_key: ['validation_error', 400],
  500: ['application_error', 500]
}
for (const [step, [name, status]] of Object.entries(refusals))
  await judge(`the client reads the scripted ${step}`, async () => {
    await control('POST', '/__script', [{ do: step }])
    const { data, error } = await client.emails.send(some)
    deepStrictEqual(data, null)
    deepStrictEqual([error.name, error.statusCode], [name, status])
  })
await judge('the client is given the first answer again for a repeated key, and 409 for another body', async () => {
  await control('POST', '/__reset')
  const first = await client.emails.send(some, { idempotencyKey: 'k' })
  deepStrictEqual((await client.emails.send(some, { idempotencyKey: 'k' })).data.id, first.data.id)
  const other = await client.emails.send({ ...some, subject: 'other' }, { idempotencyKey: 'k' })
  deepStrictEqual([other.error.name, other.error.statusCode], ['invalid_idempotent_request', 409])
})
process.exitCode = failed ? 1 : 0
