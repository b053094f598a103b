// Reads what judge_samples wrote with readers that nobody here wrote, and prints one line a check:
//   node judge.mjs DIRECTORY [URL OF A PRISM THAT MOCKS THE PROVIDER]
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { HtmlValidate, StaticConfigLoader } from 'html-validate'
import ICAL from 'ical.js'

const [directory, provider] = process.argv.slice(2)
let failed = 0

const report = (name, problem) => {
  if (problem) failed++
  console.log(problem ? `not ok ${name}: ${problem}` : `ok ${name}`)
}

const named = (ending) => readdirSync(directory).filter((name) => name.endsWith(ending)).sort()
const bytes = (name) => readFileSync(join(directory, name))
const equal = (what, found, wanted) => (found === wanted ? '' : `${what} is ${found}, not ${wanted}`)

// The reader must find one event, with all that it was given, and nothing that a stranger's text made up.
const judgeCalendar = (name) => {
  const raw = bytes(name)
  for (const line of raw.toString('binary').split('\r\n'))
    if (line.length > 75 || /[\r\n]/.test(line)) return 'a line of more than 75 octets, or ended by half a CRLF'
  for (const line of raw.toString('binary').split('\r\n'))
    new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(line, 'binary'))
  const calendar = new ICAL.Component(ICAL.parse(raw.toString('utf8')))
  const events = calendar.getAllSubcomponents('vevent')
  if (events.length !== 1) return `${events.length} events`
  const [event] = events
  const off = /^(cancellation|rejected)/.test(name)
  const value = (property) => event.getFirstPropertyValue(property)
  const hostile = name.includes('.hostile.')
  return (
    equal('METHOD', calendar.getFirstPropertyValue('method'), off ? 'CANCEL' : 'REQUEST') ||
    equal('STATUS', value('status'), off ? 'CANCELLED' : 'CONFIRMED') ||
    equal('UID', value('uid'), '8V1gnGcMUxHMLQAKdTjDhY@Cal.com') ||
    equal('SEQUENCE', value('sequence'), 3) ||
    equal('made by Cal.com', /PRODID:adamgibbons/.test(raw), name.includes('.forwarded.')) ||
    equal('DTSTART', value('dtstart').toJSDate().toISOString(), '2026-11-25T07:00:00.000Z') ||
    equal('end', new ICAL.Event(event).endDate.toJSDate().toISOString(), '2026-11-25T07:30:00.000Z') ||
    equal('ORGANIZER', value('organizer'), 'mailto:zoe@studio.example') ||
    equal('ATTENDEE', value('attendee'), 'mailto:ana@example.com') ||
    equal('SUMMARY begins', value('summary').startsWith(hostile ? '<script>alert(1)</script> "quoted", semi;colon \\ back' : 'Consultation'), true)
  )
}

// Mail programs drop style sheets and know tables from before CSS: these rules are for pages.
const rules = { 'no-inline-style': 'off', 'no-deprecated-attr': 'off', 'prefer-tbody': 'off' }
const validator = new HtmlValidate(
  new StaticConfigLoader({ root: true, extends: ['html-validate:recommended'], elements: ['html5'], rules })
)
const judgePage = async (name) => {
  const result = await validator.validateString(bytes(name).toString('utf8'))
  const [first] = result.results.flatMap((file) => file.messages)
  return first ? `${first.line}:${first.column} ${first.ruleId}: ${first.message}` : ''
}

const judgeRequest = async (name) => {
  const answer = await fetch(`${provider}/emails`, {
    method: 'POST',
    headers: { Authorization: 'Bearer re_test', 'Content-Type': 'application/json', 'Idempotency-Key': name },
    body: bytes(name)
  })
  const body = await answer.text()
  return answer.status === 200 ? '' : `${answer.status} ${body.slice(0, 200)}`
}

const judge = async (names, look) => {
  if (names.length === 0) report('samples', 'there are none')
  for (const name of names) {
    let problem
    try {
      problem = await look(name)
    } catch (error) {
      problem = String(error.message).split('\n')[0]
    }
    report(name, problem)
  }
}

await judge(named('.ics'), judgeCalendar)
await judge(named('.html'), judgePage)
if (provider) await judge(named('.request.json'), judgeRequest)
process.exitCode = failed ? 1 : 0
