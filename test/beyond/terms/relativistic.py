"""Adversarial losses on logits, absolute and relativistic."""
from torch.nn.functional import logsigmoid, relu

from harness import Case, Head, LOGITS, Net, Setting, slope, square_norm

WIDE = Setting(samples=7, discriminator=Net(LOGITS, widths=(6,), activation='leaky_relu'))
MAP = Setting(samples=3, discriminator=Net((Head('logits', [2, 2, 1]),)))


def nonsaturating(w):
    """-E log s(D(real)) - E log(1 - s(D(fake))); -E log s(D(fake)) (Goodfellow et al., 2014)."""
    real, fake = w.D(w.real), w.D(w.fake)
    return {'discriminator': -logsigmoid(real).mean() - logsigmoid(-fake).mean(), 'generator': -logsigmoid(fake).mean()}


def rpgan(w):
    """-E log s(D(real) - D(fake)), and with the players swapped (Jolicoeur-Martineau, 2018)."""
    lead = w.D(w.real) - w.D(w.fake)
    return {'discriminator': -logsigmoid(lead).mean(), 'generator': -logsigmoid(-lead).mean()}


def r3gan(gamma):
    """rpgan with both zero-centred penalties (Huang et al., 2024)."""
    def losses(w):
        base = rpgan(w)
        penalty = sum(square_norm(slope(w.D(x), x)).mean() for x in (w.real, w.fake))
        return {**base, 'discriminator': base['discriminator'] + gamma / 2 * penalty}
    return losses


def average(f_real, f_fake):
    """Losses of how much the logits exceed the mean of the other side."""
    def losses(w):
        real, fake = w.D(w.real), w.D(w.fake)
        over, under = real - fake.mean(), fake - real.mean()
        return {'discriminator': f_real(over).mean() + f_fake(under).mean(), 'generator': f_fake(over).mean() + f_real(under).mean()}
    return losses


ragan_hinge = average(lambda x: relu(1 - x), lambda x: relu(1 + x))
ragan_least_squares = average(lambda x: (x - 1).square(), lambda x: (x + 1).square())


def cases():
    for name, setting in (('plain', Setting()), ('wide', WIDE), ('map', MAP)):
        yield Case(f'nonsaturating/{name}', 'nonsaturating', nonsaturating, setting)
        yield Case(f'rpgan/{name}', 'rpgan', rpgan, setting)
        yield Case(f'ragan_hinge/{name}', 'ragan_hinge', ragan_hinge, setting)
        yield Case(f'ragan_least_squares/{name}', 'ragan_least_squares', ragan_least_squares, setting)
        yield Case(f'r3gan/{name}', 'rpgan + r1(gamma: 2) + r2(gamma: 2)', r3gan(2), setting)
    yield Case('nonsaturating/sum', 'reduction sum objective = nonsaturating', lambda w: {p: x * 5 for p, x in nonsaturating(w).items()})
    yield Case('nonsaturating/weights', 'nonsaturating(real_weights: 2, generated_weights: 0.5, weights: 3)', lambda w: {
        'discriminator': -2 * logsigmoid(w.D(w.real)).mean() - 0.5 * logsigmoid(-w.D(w.fake)).mean(), 'generator': -3 * logsigmoid(w.D(w.fake)).mean()})
    yield Case('rpgan/weights', '2*rpgan.discriminator + 3*rpgan.generator', lambda w: {'discriminator': 2 * rpgan(w)['discriminator'], 'generator': 3 * rpgan(w)['generator']})
