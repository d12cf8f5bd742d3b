import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { DataError } from '../data/dataError.ts';

/** The family that the rasteriser has at hand; SVG that names it looks the same on every machine. */
export const FONT_FAMILY = 'Lato';

/**
 * Draws an SVG as a PNG file. The renderer (resvg, as WebAssembly) and the font come from two optional packages, so no font,
 * display or native library of the machine is used.
 *
 * @param width of the picture in pixels; the height follows
 * @throws DataError GL7004 when the optional packages were left out of the installation
 */
export async function rasterize(svg: string, width: number): Promise<Uint8Array> {
  const { Resvg, fonts } = await loadRenderer();
  const image = new Resvg(svg, {
    fitTo: { mode: 'width', value: width },
    font: { fontBuffers: fonts, defaultFontFamily: FONT_FAMILY, sansSerifFamily: FONT_FAMILY },
  });
  const rendered = image.render();
  const png = rendered.asPng();
  rendered.free();
  image.free();
  return png;
}

async function loadRenderer() {
  const require = createRequire(import.meta.url);
  try {
    const { Resvg, initWasm } = await import('@resvg/resvg-wasm');
    const fonts = ['400', '700'].map((weight) => new Uint8Array(readFileSync(require.resolve(`@fontsource/lato/files/lato-latin-${weight}-normal.woff2`))));
    await initWasm(readFileSync(require.resolve('@resvg/resvg-wasm/index_bg.wasm'))).catch(ignoreSecondStart);
    return { Resvg, fonts };
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && /^(ERR_)?MODULE_NOT_FOUND$/.test(String(error.code)))) throw error;
    throw new DataError('GL7004', 'drawing plots needs the optional packages @resvg/resvg-wasm and @fontsource/lato, which are not installed', 'npm install @resvg/resvg-wasm @fontsource/lato');
  }
}

/** The module has one instance a process and says so when it is asked for another. */
function ignoreSecondStart(error: unknown): void {
  if (!(error instanceof Error && /already initialized/i.test(error.message))) throw error;
}
