import type { RandomSource } from '../../runtime/random.ts';
import { RECOMPUTE, REDRAW, type LossRecipe, type ModelRecipe } from '../recipe.ts';
import type { AnyModel } from '../types.ts';
import { checkFields, overrideFields, withHidden } from './fields.ts';

type Fields<Tuple> = { readonly [Field in keyof Tuple]?: Tuple[Field] };

/**
 * TF-GAN's `tuple._replace(…)`: a model or a loss with other fields in place of its own. The rest stays as lazy as it was, and does not
 * see what was replaced. Getters make lazy fields. A run of training replaces the fields of its own model or loss in the same way:
 * give a function of the tuple where the new fields are computed from others.
 *
 *     replaceFields(model, { generatorScope: null })
 *     replaceFields(loss, (loss) => ({ get generatorLoss() { return tf.add(loss.generatorLoss, extra()) } }))
 *
 * @throws SpecError GL2003 for a field that the tuple does not have
 */
export function replaceFields<Tuple extends object>(tuple: Tuple, fields: Fields<Tuple> | ((tuple: Tuple) => Fields<Tuple>)): Tuple {
  const replacing: Fields<Tuple> = typeof fields === 'function' ? fields(tuple) : fields;
  checkFields(tuple, replacing);
  return withHidden(overrideFields<Tuple>(tuple, replacing), {
    ...(isModel(tuple) ? { [REDRAW]: (random: RandomSource) => replaceFields(tuple[REDRAW](random), fields as never) } : {}),
    ...(isLoss(tuple) ? { [RECOMPUTE]: (model: AnyModel, random: RandomSource) => replaceFields(tuple[RECOMPUTE](model, random), fields as never) } : {}),
  });
}

function isModel(tuple: object): tuple is ModelRecipe<object> {
  return REDRAW in tuple;
}

function isLoss(tuple: object): tuple is LossRecipe<object> {
  return RECOMPUTE in tuple;
}
