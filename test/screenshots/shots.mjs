// Shows every mail that judge_samples wrote in light, dark and on a narrow screen, and prints one line a mail:
//   node shots.mjs DIRECTORY OF MAILS DIRECTORY FOR PICTURES CHROMIUM
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { chromium } from 'playwright-core'

const [mails, pictures, executablePath] = process.argv.slice(2)
const modes = [
  { name: 'light', width: 700, colorScheme: 'light' },
  { name: 'dark', width: 700, colorScheme: 'dark' },
  { name: '360', width: 360, colorScheme: 'light' },
  { name: '360-dark', width: 360, colorScheme: 'dark' }
]
let failed = 0

// In the page: what a reader would stumble over. The contrast is that of WCAG 2.1, 4.5 to 1 for text of this size and
// 3 to 1 for the sign in front of the heading, which is large.
const troubles = () => {
  const channel = (c) => (c / 255 <= 0.03928 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4)
  const luminance = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b)
  const colour = (text) => text.match(/[\d.]+/g).map(Number)
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const found = colour(getComputedStyle(at).backgroundColor)
      if (found.length === 3 || found[3] > 0) return found
    }
    return [255, 255, 255]
  }
  const found = []
  if (document.documentElement.scrollWidth > window.innerWidth)
    found.push(`${document.documentElement.scrollWidth} px wide on a screen of ${window.innerWidth} px`)
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement
    if (!walker.currentNode.data.trim() || !element.offsetParent || element.closest('[style*="display:none"]')) continue
    const [a, b] = [colour(getComputedStyle(element).color), behind(element)].map(luminance).sort((x, y) => y - x)
    const ratio = (a + 0.05) / (b + 0.05)
    if (ratio < (element.closest('h1') ? 3 : 4.5)) found.push(`contrast ${ratio.toFixed(1)} of "${walker.currentNode.data.trim().slice(0, 30)}"`)
  }
  return found
}

const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
const names = readdirSync(mails).filter((name) => name.endsWith('.html')).sort()
if (names.length === 0) throw new Error(`no mails in ${mails}`)
for (const { name: mode, width, colorScheme } of modes) {
  const context = await browser.newContext({ viewport: { width, height: 100 }, colorScheme, offline: true })
  const page = await context.newPage()
  const asked = []
  page.on('request', (request) => request.url().startsWith('data:') || asked.push(request.url()))
  for (const name of names) {
    asked.length = 0
    await page.setContent(readFileSync(join(mails, name), 'utf8'))
    const found = [...(await page.evaluate(troubles)), ...asked.map((url) => `asks for ${url}`)]
    await page.screenshot({ path: join(pictures, name.replace(/html$/, `${mode}.png`)), fullPage: true })
    if (found.length > 0) failed++
    console.log(found.length > 0 ? `not ok ${name} ${mode}: ${found.join('; ')}` : `ok ${name} ${mode}`)
  }
  await context.close()
}
await browser.close()
process.exitCode = failed > 0 ? 1 : 0
