// Draws docs/picture.png: a specification, the code compiled from it, and digits of a run. node scripts/picture.mjs [RUN]
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { initWasm, Resvg } from '@resvg/resvg-wasm';
import { root } from './install.mjs';

const run = process.argv[2] ?? join(root, 'out', 'mnist');
const require = createRequire(import.meta.url);
const font = (name) => new Uint8Array(readFileSync(require.resolve(name)));
const escape = (text) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;');

const compiled = readFileSync(join(run, 'compiled.js'), 'utf8');
const code = compiled.slice(compiled.indexOf('export function discriminatorLoss')).trim().split('\n');
const functions = code.filter((line) => !/^ ?\*|^\/\*\*/.test(line.trim()) && line.trim() !== '/**');
const samples = readFileSync(join(run, 'samples.png'));

const LINE = 17;
const colourOf = (line) => (line.trim().startsWith('//') ? '#6a737d' : '#24292e');
const block = (lines, x, y, size) =>
  lines.map((line, i) => `<text x="${x}" y="${y + i * LINE}" font-family="Fira Mono" font-size="${size}" fill="${colourOf(line)}" xml:space="preserve">${escape(line)}</text>`).join('');
const box = (x, y, width, height) => `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="8" fill="#fff" stroke="#d0d7de"/>`;
const title = (text, x, y) => `<text x="${x}" y="${y}" font-family="Lato" font-weight="700" font-size="15" fill="#57606a">${text}</text>`;
const arrow = (x, y) => `<path d="M${x} ${y} h22 m-7 -6 l7 6 l-7 6" stroke="#57606a" stroke-width="2" fill="none"/>`;

const height = functions.length * LINE + 84;
const middle = height / 2;
const digits = height - 64;
const svg = `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="${1106 + digits + 20}" height="${height}">
<rect width="100%" height="100%" fill="#f6f8fa"/>
${title('wgan-gp.ganloss', 20, 32)}${box(20, middle - 30, 200, 60)}${block(['wasserstein + 10*gp'], 34, middle + 5, 14)}
${arrow(230, middle)}
${title('ganloss compile', 264, 32)}${box(264, 44, 796, height - 64)}${block(functions, 278, 68, 12)}
${arrow(1070, middle)}
${title('ganloss train', 1106, 32)}<image x="1106" y="44" width="${digits}" height="${digits}" preserveAspectRatio="xMidYMid meet" xlink:href="data:image/png;base64,${samples.toString('base64')}"/>
</svg>`;

await initWasm(readFileSync(require.resolve('@resvg/resvg-wasm/index_bg.wasm')));
const fontBuffers = [
  font('@fontsource/fira-mono/files/fira-mono-latin-400-normal.woff2'),
  font('@fontsource/lato/files/lato-latin-400-normal.woff2'),
  font('@fontsource/lato/files/lato-latin-700-normal.woff2'),
];
const image = new Resvg(svg, { fitTo: { mode: 'zoom', value: 1.5 }, font: { fontBuffers, defaultFontFamily: 'Lato' } });
writeFileSync(join(root, 'docs', 'picture.png'), image.render().asPng());
console.log('docs/picture.png');
