"""Losses of class-conditional models."""
import torch
from torch.nn.functional import cosine_similarity, relu

from harness import Case, Head, LOGITS, Net, Setting

CLASSES = Setting(samples=6, classes=3, discriminator=Net((*LOGITS, Head('classes', [4]))))
EMBEDDED = Net((*LOGITS, Head('embedding', [4]), Head('proxy', [4], of=1, bias=False)))
POINTS = Setting(samples=6, classes=3, discriminator=EMBEDDED)
MANY = Setting(samples=5, classes=5, discriminator=EMBEDDED)
PROJECTION = Setting(samples=6, classes=3, discriminator=Net(LOGITS, projection=1))


def hinge(w):
    return {'discriminator': relu(1 + w.D(w.fake)).mean() + relu(1 - w.D(w.real)).mean(), 'generator': -w.D(w.fake).mean()}


def plus(*parts):
    """The sum of weighted losses, player by player."""
    def losses(w):
        total = {}
        for weight, part in parts:
            for player, loss in part(w).items():
                total[player] = total.get(player, 0) + weight * loss
        return total
    return losses


def multi_hinge(margin=1.0):
    """E max(0, margin - C_y(real) + max C_others) + E max(0, margin - C_fake(fake) + …); C_y(fake) (Kavalerov et al., 2019)."""
    def gap(scores, right):
        rivals = torch.stack([torch.cat([row[:c], row[c + 1:]]).max() for row, c in zip(scores, right)])
        return relu(margin - scores[torch.arange(len(right)), right] + rivals).mean()

    def losses(w):
        right = w.labels.argmax(1)
        real, fake = w.D(w.real, 'classes'), w.D(w.fake, 'classes')
        return {'discriminator': gap(real, right) + gap(fake, torch.full_like(right, w.labels.shape[1])), 'generator': gap(fake, right)}
    return losses


def over_both(loss):
    """A loss of embeddings, proxies and labels: the discriminator's on real, the generator's on generated data."""
    def losses(w):
        labels = w.labels.argmax(1)
        at = lambda x: loss(w.D(x, 'embedding'), w.D(x, 'proxy'), labels)
        return {'discriminator': at(w.real), 'generator': at(w.fake)}
    return losses


def contrastive(temperature=1.0):
    """The 2C loss (Kang & Park, 2020, equation 8), sample by sample."""
    def loss(points, proxies, labels):
        terms = []
        for i in range(len(labels)):
            near = torch.exp(cosine_similarity(points[i], proxies[i], dim=0) / temperature)
            others = [(labels[k] == labels[i], torch.exp(cosine_similarity(points[i], points[k], dim=0) / temperature)) for k in range(len(labels)) if k != i]
            same = sum([value for alike, value in others if alike], near)
            terms.append(-torch.log(same / sum([value for _, value in others], near)))
        return torch.stack(terms).mean()
    return over_both(loss)


def d2d_ce(temperature=0.5, positive=0.98, negative=0.02):
    """The data-to-data cross-entropy (Kang et al., 2021, equation 9), sample by sample."""
    def loss(points, proxies, labels):
        terms = []
        for i in range(len(labels)):
            near = torch.exp(torch.clamp(cosine_similarity(points[i], proxies[i], dim=0) - positive, max=0) / temperature)
            others = [torch.exp(relu(cosine_similarity(points[i], points[k], dim=0) - negative) / temperature) for k in range(len(labels)) if labels[k] != labels[i]]
            terms.append(-torch.log(near / sum(others, near)))
        return torch.stack(terms).mean()
    return over_both(loss)


def cases():
    yield Case('multi_hinge/plain', 'multi_hinge', multi_hinge(), CLASSES)
    yield Case('multi_hinge/margin', 'multi_hinge(margin: 0.2)', multi_hinge(0.2), CLASSES)
    yield Case('multi_hinge/beside', 'hinge + 0.5*multi_hinge', plus((1, hinge), (0.5, multi_hinge())), CLASSES)
    for name, setting in (('plain', POINTS), ('many', MANY)):
        yield Case(f'contrastive/{name}', 'hinge + contrastive', plus((1, hinge), (1, contrastive())), setting)
        yield Case(f'd2d_ce/{name}', 'hinge + d2d_ce', plus((1, hinge), (1, d2d_ce())), setting)
    yield Case('contrastive/temperature', '2*contrastive(temperature: 0.1)', plus((2, contrastive(0.1))), POINTS)
    yield Case('d2d_ce/temperature', '0.5*d2d_ce(temperature: 0.05)', plus((0.5, d2d_ce(0.05))), POINTS)
    yield Case('d2d_ce/margins', 'd2d_ce(positive_margin: 0.5, negative_margin: -0.3)', d2d_ce(0.5, 0.5, -0.3), POINTS)
    yield Case('projection/hinge', 'hinge', hinge, PROJECTION)
    yield Case('projection/labels', 'model acgan objective = hinge', hinge, PROJECTION)
