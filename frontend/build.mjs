// Bundles src/ with the packages of package-lock.json into app/web/static/vendor, and puts their licences beside it.
import { build } from 'esbuild';
import { cpSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const target = join(here, '..', 'app', 'web', 'static', 'vendor');

// Emptied rather than removed, so that a file of an older version does not stay behind.
mkdirSync(target, { recursive: true });
for (const name of readdirSync(target)) rmSync(join(target, name), { recursive: true });

const { metafile } = await build({
  absWorkingDir: here,
  entryPoints: ['src/app.js', 'src/app.css', 'src/diagram.js'],
  outdir: target,
  bundle: true,
  minify: true,
  metafile: true,
  format: 'iife',
  target: ['chrome90', 'firefox90', 'safari15'],
  charset: 'utf8',
  legalComments: 'none', // The whole licence texts lie in licences/.
  logLevel: 'warning',
});

// Every package of which a line was bundled; a package without a licence text stops the build.
const packages = new Set(Object.keys(metafile.inputs)
  .map(path => /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1])
  .filter(Boolean));
const isText = name => /^(licen[cs]e|copying|notice)/i.test(name);

mkdirSync(join(target, 'licenses'));
for (const name of [...packages, 'axe-core'].sort()) {
  const folder = join(here, 'node_modules', name);
  const texts = readdirSync(folder).filter(isText);
  if (!texts.length) throw new Error(`${name} has no licence text`);
  for (const text of texts) cpSync(join(folder, text), join(target, 'licenses', `${name.replace('/', '-').replace('@', '')}-${text}`));
}

// For the tests of accessibility; no page of ours loads it.
cpSync(join(here, 'node_modules', 'axe-core', 'axe.min.js'), join(target, 'axe.min.js'));

for (const name of readdirSync(target).filter(name => /\.(js|css)$/.test(name))) {
  console.log(`      ${name.padEnd(12)} ${(statSync(join(target, name)).size / 1024).toFixed(0).padStart(5)} kB`);
}
