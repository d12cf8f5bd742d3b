import type { Model } from '../../../dsl/typed.ts';

/** The specification of a new project. */
export const OBJECTIVES: { readonly [M in Model]: string } = {
  gan: `/// WGAN-GP (Gulrajani et al., 2017). "npx ganloss explain objective.ganloss" shows both losses.
wasserstein + 10*gp
`,
  acgan: `/// ACGAN (Odena et al., 2017) with a gradient penalty: the discriminator also names the class.
wasserstein + 10*gp + acgan
`,
  infogan: `/// InfoGAN (Chen et al., 2016) with a gradient penalty: the codes stay readable from the images.
wasserstein + 10*gp + mi
`,
  cyclegan: `/// CycleGAN (Zhu et al., 2017): to the other domain and back changes nothing.
least_squares + 10*cycle + 5*identity
`,
  stargan: `/// StarGAN (Choi et al., 2018): one generator for all domains.
wasserstein + 10*gp + 10*reconstruction + classification
`,
};
