"""The identity loss of CycleGAN, alone and with the losses that it belongs to."""
from harness import CycleCase


def identity(w):
    """E|G(y) - y| + E|F(x) - x| (Zhu et al., 2017, section 5.2)."""
    return {'generator': (w.G(w.y) - w.y).abs().mean() + (w.F(w.x) - w.x).abs().mean()}


def whole(w):
    """LSGAN in both directions, the cycle ten times, identity five times."""
    fake_y, fake_x = w.G(w.x), w.F(w.y)
    fool = ((w.Dy(fake_y) - 1).square().mean() + (w.Dx(fake_x) - 1).square().mean()) / 2
    # TF-GAN's cycle loss is the mean of the two directions'
    cycle = ((w.F(fake_y) - w.x).abs().mean() + (w.G(fake_x) - w.y).abs().mean()) / 2
    judge = sum((D(real) - 1).square().mean() / 2 + D(fake.detach()).square().mean() / 2 for D, real, fake in ((w.Dy, w.y, fake_y), (w.Dx, w.x, fake_x)))
    return {'generator': fool + 10 * cycle + 5 * identity(w)['generator'], 'discriminator': judge}


def cases():
    yield CycleCase('identity/plain', 'model cyclegan objective = identity', identity)
    yield CycleCase('identity/image', 'model cyclegan objective = 0.5*identity', lambda w: {'generator': 0.5 * identity(w)['generator']}, samples=3, data=(2, 2, 3), activation='softplus')
    yield CycleCase('identity/whole', 'least_squares + 10*cycle + 5*identity', whole, samples=5)
