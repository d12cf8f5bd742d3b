"""Penalties on the discriminator's slope."""
import dataclasses

import torch

from harness import Case, Net, LOGITS, Setting, slope, square_norm

IMAGES = Setting(samples=4, data=(2, 2, 1))
SMOOTH = Setting(samples=6, discriminator=Net(LOGITS, widths=(6,), activation='softplus'))
# its slopes lie around 1, so that one-sided penalties are active for some samples and not for others
STEEP = Setting(samples=8, discriminator=Net(LOGITS, widths=(6, 6), activation='leaky_relu'))


def wasserstein(w):
    return {'discriminator': w.D(w.fake).mean() - w.D(w.real).mean(), 'generator': -w.D(w.fake).mean()}


def with_wasserstein(weight, penalty):
    def losses(w):
        base = wasserstein(w)
        return {**base, 'discriminator': base['discriminator'] + weight * penalty(w)}
    return losses


def centred(gamma, at):
    """gamma/2 E|grad D|² (Mescheder et al., 2018)."""
    def penalty(w):
        x = w.real if at == 'real' else w.fake
        return gamma / 2 * square_norm(slope(w.D(x), x)).mean()
    return penalty


def norms(w, x, epsilon):
    return torch.sqrt(square_norm(slope(w.D(x), x)) + epsilon)


def lp(epsilon=1e-10, target=1.0):
    """E max(0, |grad D|/target - 1)² between real and fake (Petzka et al., 2018)."""
    return lambda w: torch.clamp(norms(w, w.interpolate('lp.0'), epsilon) / target - 1, min=0).square().mean()


def max_gp(w):
    """(max |grad D|)² between real and fake (Zhou et al., 2019)."""
    x = w.interpolate('max_gp.0')
    return square_norm(slope(w.D(x), x)).max()


def zero_centered_gp(w):
    """E|grad D|² between real and fake (Thanh-Tung et al., 2019)."""
    x = w.interpolate('zero_centered_gp.0')
    return square_norm(slope(w.D(x), x)).mean()


def dragan(scale=0.5, target=1.0, epsilon=1e-10):
    """E(|grad D| - target)² near real data: on the way to real + scale std(real) U (Kodali et al., 2017)."""
    def penalty(w):
        noise = w.uniform('dragan.0', w.real.shape)
        alpha = w.uniform('dragan.1', [len(w.real)] + [1] * (w.real.dim() - 1))
        perturbed = w.real + scale * w.real.detach().std(unbiased=False) * noise
        x = w.real + alpha * (perturbed - w.real)
        return (norms(w, x, epsilon) / target - 1).square().mean()
    return penalty


def cases():
    for name, setting in (('plain', Setting()), ('images', IMAGES), ('smooth', SMOOTH)):
        yield Case(f'r1/{name}', 'wasserstein + r1', with_wasserstein(1, centred(10, 'real')), setting)
        yield Case(f'r2/{name}', 'wasserstein + r2', with_wasserstein(1, centred(10, 'fake')), setting)
        yield Case(f'zero_centered_gp/{name}', 'wasserstein + 100*zero_centered_gp', with_wasserstein(100, zero_centered_gp), setting)
        yield Case(f'max_gp/{name}', 'wasserstein + 2*max_gp', with_wasserstein(2, max_gp), setting)
        yield Case(f'dragan/{name}', 'wasserstein + 10*dragan', with_wasserstein(10, dragan()), setting)
    yield Case('r1/gamma', 'r1(gamma: 0.3)', lambda w: {'discriminator': centred(0.3, 'real')(w)})
    yield Case('r2/gamma', 'r2(gamma: 0.3)', lambda w: {'discriminator': centred(0.3, 'fake')(w)})
    yield Case('r1/weighted', '0.5*r1(gamma: 2) + r2(gamma: 4)', lambda w: {'discriminator': 0.5 * centred(2, 'real')(w) + centred(4, 'fake')(w)}, IMAGES)
    for name, setting in (('steep', STEEP), ('images', dataclasses.replace(STEEP, data=(2, 2, 1)))):
        yield Case(f'lp/{name}', 'wasserstein + 10*lp', with_wasserstein(10, lp()), setting)
    yield Case('lp/target', 'lp(target: 0.3, epsilon: 0.01)', lambda w: {'discriminator': lp(0.01, 0.3)(w)}, STEEP)
    yield Case('dragan/scale', 'dragan(scale: 2, target: 0.5)', lambda w: {'discriminator': dragan(2, 0.5)(w)}, STEEP)
