"""Energy-based losses, and the generator that learns from the best fakes."""
import math

from torch.nn.functional import cosine_similarity, logsigmoid, relu, softplus

from harness import Case, Head, LOGITS, Net, Setting

ENERGY = Setting(samples=6, discriminator=Net(LOGITS, widths=(6,), activation='softplus'))
EMBEDDED = Setting(samples=5, discriminator=Net((*LOGITS, Head('embedding', [4]))))
FEATURES = Setting(samples=4, discriminator=Net((*LOGITS, Head('embedding', [2, 2, 2]))))
WIDE = Setting(samples=7, activation='softplus')


def ebgan(margin):
    """E D(real) + E max(0, margin - D(fake)); E D(fake) (Zhao et al., 2017)."""
    return lambda w: {'discriminator': w.D(w.real).mean() + relu(margin - w.D(w.fake)).mean(), 'generator': w.D(w.fake).mean()}


def pulling_away(w):
    """The mean squared cosine between embeddings of different samples (Zhao et al., 2017)."""
    points = w.D(w.fake, 'embedding').reshape(len(w.real), -1)
    n = len(points)
    return sum(cosine_similarity(points[i], points[j], dim=0).square() for i in range(n) for j in range(n) if i != j) / (n * (n - 1))


def ebgan_pt(margin, weight):
    def losses(w):
        base = ebgan(margin)(w)
        return {**base, 'generator': base['generator'] + weight * pulling_away(w)}
    return losses


def top_k(fraction, logistic=True):
    """The mean loss of the ceil(fraction N) fakes that look best (Sinha et al., 2020), against a non-saturating discriminator."""
    def losses(w):
        fake = w.D(w.fake)
        k = max(1, math.ceil(fraction(w.step) * len(fake) - 1e-9))
        best = fake[:, 0].sort(descending=True).values[:k]
        return {
            'discriminator': -logsigmoid(w.D(w.real)).mean() - logsigmoid(-fake).mean(),
            'generator': (softplus(-best) if logistic else -best).mean(),
        }
    return losses


def cases():
    yield Case('ebgan/plain', 'ebgan', ebgan(10), ENERGY)
    yield Case('ebgan/margin', 'ebgan(margin: 0.4)', ebgan(0.4), ENERGY)
    for name, setting in (('plain', EMBEDDED), ('features', FEATURES)):
        yield Case(f'ebgan_pt/{name}', 'ebgan(margin: 1) + 0.1*pulling_away', ebgan_pt(1, 0.1), setting)
    yield Case('pulling_away/alone', '3*pulling_away', lambda w: {'generator': 3 * pulling_away(w)}, EMBEDDED)
    discriminator = 'nonsaturating.discriminator + '
    for fraction in (1, 0.6, 0.5, 0.01):
        yield Case(f'top_k/{fraction}', f'{discriminator}top_k(fraction: {fraction})', top_k(lambda step, f=fraction: f), WIDE)
    yield Case('top_k/linear', f'{discriminator}top_k(logistic: false)', top_k(lambda step: 0.5, False), WIDE)
    for step in (0, 3, 20):
        annealed = top_k(lambda step: 1 - 0.5 * min(step, 10) / 10)
        yield Case(f'top_k/annealed/{step}', f'{discriminator}top_k(fraction: linear(1, 0.5, steps: 10))', annealed, WIDE, step=step)
