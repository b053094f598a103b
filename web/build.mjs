// Builds the pages: every src/NAME.ts and src/NAME.css becomes dist/NAME.js and dist/NAME.css, one small file each;
// src/NAME.html is a template that the proxy fills.
// dist is kept in the tree, so that a build of the proxy needs no npm; a test builds it again and compares.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = fileURLToPath(new URL('.', import.meta.url));
const out = process.env.CALCOM_WEB_OUT ?? `${here}dist`;
rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });

const sources = readdirSync(`${here}src`).sort();
await build({
  entryPoints: sources.filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts')).map((name) => `${here}src/${name}`),
  outdir: out,
  bundle: true,
  minify: true,
  format: 'iife',
  target: ['es2022'],
  legalComments: 'inline',
  logLevel: 'warning',
});
for (const name of sources.filter((file) => file.endsWith('.css'))) {
  execFileSync(`${here}node_modules/.bin/tailwindcss`, ['--minify', '-i', `${here}src/${name}`, '-o', `${out}/${name}`], {
    cwd: here,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
}
for (const name of sources.filter((file) => file.endsWith('.html'))) {
  copyFileSync(`${here}src/${name}`, `${out}/${name}`);
}
