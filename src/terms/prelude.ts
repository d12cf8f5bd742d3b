import { createSource, type Source } from '../support/source.ts';
import { parse } from '../dsl/parse.ts';
import type { PreludeFile } from '../dsl/check/modules.ts';
import acgan from './prelude/acgan.ganloss';
import began from './prelude/began.ganloss';
import classification from './prelude/classification.ganloss';
import cycle from './prelude/cycle.ganloss';
import gp from './prelude/gp.ganloss';
import hinge from './prelude/hinge.ganloss';
import identity from './prelude/identity.ganloss';
import lecam from './prelude/lecam.ganloss';
import least_squares from './prelude/least_squares.ganloss';
import mi from './prelude/mi.ganloss';
import minimax from './prelude/minimax.ganloss';
import modified from './prelude/modified.ganloss';
import path_length from './prelude/path_length.ganloss';
import reconstruction from './prelude/reconstruction.ganloss';
import relativistic from './prelude/relativistic.ganloss';
import wasserstein from './prelude/wasserstein.ganloss';

/** The texts of the built-in terms, in the order in which the reference lists them: adversarial ones, penalties, models. */
const TEXTS = { wasserstein, hinge, least_squares, minimax, modified, relativistic, began, gp, lecam, path_length, acgan, mi, cycle, identity, reconstruction, classification };

/** The built-in terms as they are written, a term a file. */
export const preludeSources: readonly Source[] = Object.entries(TEXTS).map(([name, text]) => createSource(`prelude/${name}.ganloss`, text));

/** The prelude parsed, for `check`. The result can be used for any number of files. */
export function loadPrelude(): readonly PreludeFile[] {
  return preludeSources.map((source) => ({ source, file: parse(source).file }));
}
