import { createSource, type Source } from '../support/source.ts';
import { parse } from '../dsl/parse.ts';
import type { PreludeFile } from '../dsl/check/modules.ts';
import acgan from './prelude/acgan.ganloss';
import began from './prelude/began.ganloss';
import classification from './prelude/classification.ganloss';
import contrastive from './prelude/contrastive.ganloss';
import consistency from './prelude/consistency.ganloss';
import cycle from './prelude/cycle.ganloss';
import d2d_ce from './prelude/d2d_ce.ganloss';
import dragan from './prelude/dragan.ganloss';
import ebgan from './prelude/ebgan.ganloss';
import feature_matching from './prelude/feature_matching.ganloss';
import gp from './prelude/gp.ganloss';
import hinge from './prelude/hinge.ganloss';
import historical_averaging from './prelude/historical_averaging.ganloss';
import identity from './prelude/identity.ganloss';
import least_squares from './prelude/least_squares.ganloss';
import lecam from './prelude/lecam.ganloss';
import lp from './prelude/lp.ganloss';
import max_gp from './prelude/max_gp.ganloss';
import mi from './prelude/mi.ganloss';
import minimax from './prelude/minimax.ganloss';
import modified from './prelude/modified.ganloss';
import multi_hinge from './prelude/multi_hinge.ganloss';
import nonsaturating from './prelude/nonsaturating.ganloss';
import path_length from './prelude/path_length.ganloss';
import pulling_away from './prelude/pulling_away.ganloss';
import r1 from './prelude/r1.ganloss';
import r2 from './prelude/r2.ganloss';
import ragan_hinge from './prelude/ragan_hinge.ganloss';
import ragan_least_squares from './prelude/ragan_least_squares.ganloss';
import reconstruction from './prelude/reconstruction.ganloss';
import relativistic from './prelude/relativistic.ganloss';
import rpgan from './prelude/rpgan.ganloss';
import top_k from './prelude/top_k.ganloss';
import spectral_norm_penalty from './prelude/spectral_norm_penalty.ganloss';
import wasserstein from './prelude/wasserstein.ganloss';
import zero_centered_gp from './prelude/zero_centered_gp.ganloss';

/** The texts of the built-in terms, in the order in which the reference lists them: adversarial ones, penalties, models. */
const TEXTS = {
  ...{ wasserstein, hinge, least_squares, minimax, modified, nonsaturating, relativistic, rpgan, ragan_hinge, ragan_least_squares, ebgan, began, top_k },
  ...{ gp, lp, zero_centered_gp, max_gp, dragan, r1, r2, lecam, consistency, spectral_norm_penalty, path_length, pulling_away, historical_averaging, feature_matching },
  ...{ acgan, multi_hinge, contrastive, d2d_ce, mi, cycle, identity, reconstruction, classification },
};

/** The built-in terms as they are written, a term a file. */
export const preludeSources: readonly Source[] = Object.entries(TEXTS).map(([name, text]) => createSource(`prelude/${name}.ganloss`, text));

/** The prelude parsed, for `check`. The result can be used for any number of files. */
export function loadPrelude(): readonly PreludeFile[] {
  return preludeSources.map((source) => ({ source, file: parse(source).file }));
}
