/** TF-GAN's name in JavaScript: `wasserstein_generator_loss` → `wassersteinGeneratorLoss`. */
export function camelCase(name: string): string {
  return name.replace(/(?<=[a-z0-9])_+([a-z0-9])/gi, (_, letter: string) => letter.toUpperCase());
}
