"""Terms that remember something, several steps in a row, and terms about features, weights and augmented samples.

The cases of a sequence are called `name@0`, `name@1`, …; each has a batch and networks of its own. What is remembered is an object
that all of them share; a player is asked in the order in which training asks: generator, discriminator.
"""
import torch
from torch.nn.functional import relu

from harness import Case, Head, LOGITS, Net, Setting

STEPS = 4
WIDE = Setting(samples=7, discriminator=Net(LOGITS, widths=(6,), activation='leaky_relu'))
IMAGE = Setting(samples=3, data=(4, 3, 2))
FEATURES = Setting(discriminator=Net((*LOGITS, Head('features', [4]))))
FEATURE_LIST = Setting(samples=4, discriminator=Net((*LOGITS, Head('features0', [4]), Head('features1', [2, 2, 3]))))


def sequence(name, spec, memory, setting=Setting(), steps=STEPS):
    for step in range(steps):
        yield Case(f'{name}@{step}', spec, memory, setting, step)


class Lecam:
    """(D(real) - a_F)^2 + (D(fake) - a_R)^2 with averages a_R, a_F of the means, this step's included (Tseng et al., 2021)."""

    def __init__(self, decay=0.99, cut=lambda x: x, weight=lambda step: 1):
        self.decay, self.cut, self.weight = decay, cut, weight
        self.anchors = None

    def __call__(self, w):
        if w.player != 'discriminator':
            return {}
        if self.weight(w.step) is None:
            return {'discriminator': torch.zeros(())}
        real, fake = w.D(w.real), w.D(w.fake)
        now = [real.mean().item(), fake.mean().item()]
        self.anchors = now if self.anchors is None else [self.decay * a + (1 - self.decay) * m for a, m in zip(self.anchors, now)]
        a_real, a_fake = self.anchors
        return {'discriminator': self.weight(w.step) * (self.cut(real - a_fake).square().mean() + self.cut(a_real - fake).square().mean())}


class PathLength:
    """(|J^T y| - a)^2, a the moving average of |J^T y| with this batch's mean in it (Karras et al., 2020)."""

    def __init__(self, decay, pixels, lazy=1):
        self.decay, self.pixels, self.lazy = decay, pixels, lazy
        self.average = 0.0

    def __call__(self, w):
        if w.player != 'generator' or w.step % self.lazy:
            return {}
        z = w.noise.clone().requires_grad_()
        image = w.generator(z.new_zeros(len(z), 0), [z])['output']
        noise = w.normal('path_length.0', list(image.shape)) / self.pixels ** 0.5
        slopes = torch.autograd.grad((image * noise).sum(), z, create_graph=True)[0]
        lengths = slopes.square().sum(1).sqrt()
        mean = self.average + self.decay * (lengths.mean() - self.average)
        self.average = mean.item()
        return {'generator': self.lazy * (lengths - mean).square().mean()}


class Began:
    """Reconstruction errors, balanced by k (Berthelot et al., 2017)."""

    def __init__(self, gamma=0.5, rate=0.001, eta=1):
        self.gamma, self.rate, self.eta = gamma, rate, eta
        self.k = 0.0

    def __call__(self, w):
        error = lambda x: (x - w.D(x)).abs().pow(self.eta).mean()
        if w.player == 'generator':
            return {'generator': error(w.fake)}
        real, fake = error(w.real), error(w.fake)
        loss = real - self.k * fake
        self.k = min(max(self.k + self.rate * (self.gamma * real - fake).item(), 0.0), 1.0)
        return {'discriminator': loss}


class History:
    """|w - mean of w over all steps until now|^2 (Salimans et al., 2016)."""

    def __init__(self):
        self.past = {'generator': [], 'discriminator': []}

    def __call__(self, w):
        own = list(getattr(w, w.player).variables.values())
        self.past[w.player].append([v.detach().clone() for v in own])
        means = [torch.stack(values).mean(0) for values in zip(*self.past[w.player])]
        return {w.player: sum((v - m).square().sum() for v, m in zip(own, means))}


def kernels(w):
    return [v for name, v in w.discriminator.variables.items() if name.endswith('.kernel')]


class SpectralNorms:
    """sigma(W)^2 of each kernel, u and v from power iteration that goes on from step to step (Yoshida & Miyato, 2017)."""

    def __init__(self, rounds):
        self.rounds = rounds
        self.left = None

    def __call__(self, w):
        if w.player != 'discriminator':
            return {}
        weights = kernels(w)
        if self.left is None:
            self.left = [torch.cos(torch.arange(1, len(k) + 1, dtype=torch.float64)) for k in weights]
        total = torch.zeros(())
        for i, kernel in enumerate(weights):
            matrix, u = kernel.detach(), self.left[i]
            for _ in range(self.rounds):
                v = torch.nn.functional.normalize(matrix.T @ u, dim=0)
                u = torch.nn.functional.normalize(matrix @ v, dim=0)
            self.left[i] = u
            v = torch.nn.functional.normalize(matrix.T @ u, dim=0)
            total = total + (u @ kernel @ v).square()
        return {'discriminator': total}


def largest_singular_values(w):
    """What many rounds come to."""
    return {'discriminator': sum(torch.linalg.matrix_norm(kernel, 2).square() for kernel in kernels(w))} if w.player == 'discriminator' else {}


def feature_matching(*names):
    """|E f(real) - E f(fake)|^2 (Salimans et al., 2016)."""
    return lambda w: {'generator': sum((w.D(w.real, name).mean(0) - w.D(w.fake, name).mean(0)).square().sum() for name in names)}


def consistency(weight, fakes=False):
    """|D(T(x)) - D(x)|^2 with T(x) = 1.25 x + 0.3 noise (Zhang et al., 2020; Zhao et al., 2021)."""
    def losses(w):
        if w.player != 'discriminator':
            return {}
        total = torch.zeros(())
        for place, x in enumerate((w.real, w.fake) if fakes else (w.real,)):
            moved = 1.25 * x + 0.3 * w.normal(f'consistency.{place}/noise', list(x.shape))
            gap = (w.D(moved) - w.D(x)).square()
            total = total + gap.reshape(len(gap), -1).sum(1).mean()
        return {'discriminator': weight * total}
    return losses


def auto(shape, **more):
    return Setting(data=shape, discriminator=Net((Head('output', shape),)), **more)


def cases():
    yield from sequence('lecam/plain', 'lecam', Lecam())
    yield from sequence('lecam/wide', '0.3*lecam(decay: 0.5)', Lecam(0.5, weight=lambda step: 0.3), WIDE)
    yield from sequence('lecam/one_sided', 'lecam(decay: 0.9, one_sided: true)', Lecam(0.9, relu))
    yield from sequence('lecam/after', 'after(2)*lecam(decay: 0.8)', Lecam(0.8, weight=lambda step: float(step >= 2)))
    yield from sequence('lecam/linear', 'linear(0, 3, 3)*lecam(decay: 0.8)', Lecam(0.8, weight=lambda step: step))
    yield from sequence('lecam/every', 'every(2, lecam(decay: 0.7))', Lecam(0.7, weight=lambda step: None if step % 2 else 2), steps=5)
    yield from sequence('path_length/plain', 'path_length', PathLength(0.01, 1))
    yield from sequence('path_length/image', 'path_length(decay: 0.3)', PathLength(0.3, 12), IMAGE)
    yield from sequence('path_length/every', 'every(2, path_length(decay: 0.5))', PathLength(0.5, 1, lazy=2), steps=5)
    yield from sequence('began/plain', 'began', Began(), auto((3,)))
    yield from sequence('began/fast', 'began(gamma: 0.9, lambda: 0.6)', Began(0.9, 0.6), auto((2, 3)), steps=6)
    yield from sequence('began/squares', 'began(lambda: 0.4, eta: 2, gamma: 1.2)', Began(1.2, 0.4, 2), auto((3,), samples=4))
    yield from sequence('historical_averaging/plain', 'historical_averaging', History(), steps=5)
    yield from sequence('historical_averaging/wide', 'historical_averaging', History(), WIDE)
    yield from sequence('spectral_norm_penalty/plain', 'spectral_norm_penalty', SpectralNorms(1))
    yield from sequence('spectral_norm_penalty/rounds', 'spectral_norm_penalty(iterations: 3)', SpectralNorms(3), WIDE)
    yield Case('spectral_norm_penalty/many', 'spectral_norm_penalty(iterations: 400)', largest_singular_values)
    yield Case('feature_matching/tensor', 'feature_matching', feature_matching('features'), FEATURES)
    yield Case('feature_matching/list', 'feature_matching', feature_matching('features0', 'features1'), FEATURE_LIST)
    yield Case('consistency/plain', '10*consistency', consistency(10))
    yield Case('consistency/balanced', '10*consistency(balanced: true)', consistency(10, True), WIDE)
    yield Case('consistency/image', 'consistency(balanced: true)', consistency(1, True), Setting(samples=3, data=(2, 2, 2), discriminator=Net((Head('logits', [2, 2, 1]),))))
