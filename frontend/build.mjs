// Bundles src/ with the packages of package-lock.json into app/web/static/vendor, and puts their licences beside it.
import { build } from 'esbuild';
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
// Another folder may be named, for trying a build out while the pages in use keep theirs.
const target = process.argv[2] ?? join(here, '..', 'app', 'web', 'static', 'vendor');

// Token simulation writes colours as style attributes into HTML, which our policy forbids; src/studio/simulation.js sets them instead.
const withoutInlineStyles = {
  name: 'without-inline-styles',
  setup({ onLoad }) {
    onLoad({ filter: /bpmn-js-token-simulation[\\/]lib[\\/].*\.js$/ }, ({ path }) => ({ contents: readFileSync(path, 'utf8').replaceAll('style="', 'data-inline-style="') }));
  },
};

const { metafile, outputFiles } = await build({
  absWorkingDir: here,
  entryPoints: [
    { in: 'src/app.js', out: 'app' },
    { in: 'src/app.css', out: 'app' },
    { in: 'src/diagram.js', out: 'diagram' },
    { in: 'src/template-editor.js', out: 'template-editor' },
    { in: 'src/studio/studio.js', out: 'studio' },
    { in: 'src/studio/studio-views.js', out: 'studio-views' },
    { in: 'src/studio/forms-editor.js', out: 'forms-editor' },
    { in: 'src/studio/tables-editor.js', out: 'tables-editor' },
  ],
  outdir: target,
  bundle: true,
  plugins: [withoutInlineStyles],
  minify: true,
  metafile: true,
  format: 'iife',
  target: ['chrome90', 'firefox90', 'safari15'],
  charset: 'utf8',
  legalComments: 'none', // The whole licence texts lie in licences/.
  logLevel: 'warning',
  loader: { '.woff2': 'file', '.woff': 'empty', '.ttf': 'empty', '.eot': 'empty', '.svg': 'empty' },
  assetNames: 'assets/[name]-[hash]', // A font as a file: the policy of the pages allows none inside a style sheet.
  write: false,
});

// Emptied rather than removed, so that a file of an older version does not stay behind; and only once the new ones are there.
mkdirSync(target, { recursive: true });
for (const name of readdirSync(target)) rmSync(join(target, name), { recursive: true });
for (const file of outputFiles) {
  mkdirSync(dirname(file.path), { recursive: true });
  writeFileSync(file.path, file.contents);
}

// Every package of which a line was bundled; a package without a licence text stops the build.
const packages = new Set(Object.keys(metafile.inputs)
  .map(path => /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1])
  .filter(Boolean));
const isText = name => /^(licen[cs]e|copying|notice)/i.test(name);

mkdirSync(join(target, 'licenses'));
for (const name of [...packages, 'axe-core'].sort()) {
  const folder = join(here, 'node_modules', name);
  // Some packages only name their licence, in the readme or in package.json: that is what they bring, so that is what is copied.
  const names = readdirSync(folder);
  const { license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const readme = names.find(file => /^readme\.md$/i.test(file) && /^#+ licen[cs]e/im.test(readFileSync(join(folder, file), 'utf8')));
  const texts = names.filter(isText);
  if (!texts.length && readme) texts.push(readme);
  if (!texts.length && license) texts.push('package.json');
  if (!texts.length) throw new Error(`${name} has no licence text`);
  const plain = name.replace('/', '-').replace('@', '');
  for (const text of texts) cpSync(join(folder, text), join(target, 'licenses', isText(text) ? `${plain}-${text}` : `${plain}-LICENSE-in-${text}`));
}

// For the tests of accessibility; no page of ours loads it.
cpSync(join(here, 'node_modules', 'axe-core', 'axe.min.js'), join(target, 'axe.min.js'));

for (const name of readdirSync(target).filter(name => /\.(js|css)$/.test(name))) {
  console.log(`      ${name.padEnd(18)} ${(statSync(join(target, name)).size / 1024).toFixed(0).padStart(5)} kB`);
}
