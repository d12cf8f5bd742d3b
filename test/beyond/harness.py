"""Small networks, batches and draws in float64 on PyTorch, and the recording of what a loss makes of them.

A module in terms/ holds the losses of some terms, written from their papers without looking at the language, and a function
`cases()` that lists what is to be recorded:

    def r1(w, gamma):
        return w.loss(discriminator=gamma / 2 * mean_square_norm(slope(w.D(w.real), w.real)))

    def cases():
        yield Case('r1/gamma', 'r1(gamma: 2)', lambda w: r1(w, 2))

`w` is a World for one player: w.real, w.fake, w.z, w.labels, w.D(x) (its first output), w.D(x, 'head'), w.uniform('term.0', shape).
"""
import dataclasses
import json
import zlib
from typing import Callable, Dict, List, Optional, Sequence

import numpy as np
import torch

torch.set_default_dtype(torch.float64)

ACTIVATIONS = {
    'tanh': torch.tanh,
    'softplus': torch.nn.functional.softplus,
    'leaky_relu': lambda x: torch.nn.functional.leaky_relu(x, 0.2),
    'linear': lambda x: x,
}


def rng(*key) -> np.random.Generator:
    """Numbers that depend on the key alone."""
    return np.random.default_rng(zlib.crc32(repr(key).encode()))


def single(array) -> torch.Tensor:
    """What float32 makes of the numbers, in float64: the inputs that every implementation starts from."""
    return torch.tensor(np.asarray(array, dtype=np.float32).astype(np.float64))


def to_json(x: torch.Tensor) -> dict:
    """Nine digits, so that a float32 comes back as it was."""
    return {'shape': list(x.shape), 'data': [float('%.9g' % v) for v in x.detach().reshape(-1).tolist()]}


@dataclasses.dataclass(frozen=True)
class Head:
    """One output: a dense layer of the body's features, or of a part of the condition (`of`: its place in the list)."""
    name: str
    shape: Sequence[int]
    of: Optional[int] = None
    bias: bool = True


@dataclasses.dataclass(frozen=True)
class Net:
    """Dense layers on the flattened data (and all of the condition, where `conditioned`), then the heads.

    projection: the place of the one-hot labels in the condition; their embedding's inner product with the features is added to the
    first head (Miyato & Koyama, 2018).
    """
    heads: Sequence[Head]
    widths: Sequence[int] = (5, 4)
    activation: str = 'tanh'
    conditioned: bool = False
    projection: Optional[int] = None


def dense(name: str, inputs: int, outputs: int, bias: bool, seed: str) -> Dict[str, torch.Tensor]:
    r = rng(seed, name)
    kernel = {f'{name}.kernel': single(r.normal(size=(inputs, outputs)) * 1.2 / np.sqrt(inputs))}
    return {**kernel, f'{name}.bias': single(r.normal(size=(outputs,)) * 0.3)} if bias else kernel


class Network:
    """A Net with variables; `spec` and `variables` are what the JSON file says of it."""

    def __init__(self, net: Net, data: Sequence[int], condition: Sequence[int], seed: str):
        size = int(np.prod(data)) + (sum(condition) if net.conditioned else 0)
        variables: Dict[str, torch.Tensor] = {}
        for i, width in enumerate(net.widths):
            variables.update(dense(f'layer{i}', size, width, True, seed))
            size = width
        for head in net.heads:
            variables.update(dense(head.name, size if head.of is None else condition[head.of], int(np.prod(head.shape)), head.bias, seed))
        if net.projection is not None:
            variables.update(dense('projection', condition[net.projection], size, False, seed))
        self.net = net
        self.variables = {name: value.requires_grad_() for name, value in variables.items()}

    def __call__(self, data: torch.Tensor, condition: List[torch.Tensor]) -> Dict[str, torch.Tensor]:
        flat = lambda x: x.reshape(x.shape[0], -1)
        parts = [flat(data)] + ([flat(c) for c in condition] if self.net.conditioned else [])
        x = torch.cat(parts, 1)
        apply = lambda name, value: value @ self.variables[f'{name}.kernel'] + self.variables.get(f'{name}.bias', 0)
        for i in range(len(self.net.widths)):
            x = ACTIVATIONS[self.net.activation](apply(f'layer{i}', x))
        heads = {}
        for head in self.net.heads:
            value = apply(head.name, x if head.of is None else condition[head.of])
            heads[head.name] = value.reshape(value.shape[0], *head.shape)
        if self.net.projection is not None:
            first = self.net.heads[0].name
            heads[first] = heads[first] + (apply('projection', condition[self.net.projection]) * x).sum(1, keepdim=True)
        return heads

    def json(self) -> dict:
        return {**dataclasses.asdict(self.net), 'variables': {name: to_json(value) for name, value in self.variables.items()}}


LOGITS = (Head('logits', [1]),)


@dataclasses.dataclass(frozen=True)
class Setting:
    """The shapes of a case. With `classes`, the batch has one-hot labels, which the generator gets behind its noise."""
    samples: int = 5
    data: Sequence[int] = (3,)
    noise: int = 2
    classes: int = 0
    discriminator: Net = Net(LOGITS)
    activation: str = 'tanh'


@dataclasses.dataclass(frozen=True)
class Case:
    """`losses(world)` gives {'generator': …, 'discriminator': …}; a player that it leaves out has the loss 0."""
    id: str
    spec: str
    losses: Callable[['World'], Dict[str, torch.Tensor]]
    setting: Setting = Setting()
    step: int = 0


class World:
    """A case's batch and networks, for one player: a discriminator sees the generator's output as a constant."""

    def __init__(self, case: Case, player: str):
        s = case.setting
        r = rng(case.id, 'batch')
        self.player = player
        self.step = case.step
        self.seed = case.id
        self.real = single(r.normal(size=(s.samples, *s.data))).requires_grad_()
        self.noise = single(r.normal(size=(s.samples, s.noise)))
        classes = r.permutation(np.arange(s.samples) % s.classes) if s.classes else None
        self.labels = single(np.eye(s.classes)[classes]) if s.classes else None
        self.z = [self.noise] + ([self.labels] if s.classes else [])
        condition = [x.shape[1] for x in self.z]
        self.generator = Network(Net((Head('output', s.data),), activation=s.activation, conditioned=True), [0], condition, f'{case.id} G')
        self.discriminator = Network(s.discriminator, s.data, condition, f'{case.id} D')
        fake = self.generator(self.noise.new_zeros(s.samples, 0), self.z)['output']
        self.fake = fake if player == 'generator' else fake.detach().requires_grad_()
        self.draws: Dict[str, torch.Tensor] = {}

    def D(self, x: torch.Tensor, head: Optional[str] = None) -> torch.Tensor:
        heads = self.discriminator(x, self.z)
        return heads[head or self.discriminator.net.heads[0].name]

    def uniform(self, name: str, shape: Sequence[int]) -> torch.Tensor:
        """Numbers of [0, 1) under the name of the draw: the term's name and which of its draws it is, `gp.0`."""
        return self._draw(name, lambda r: np.floor(r.uniform(size=shape) * 2**24) / 2**24)

    def normal(self, name: str, shape: Sequence[int]) -> torch.Tensor:
        return self._draw(name, lambda r: r.normal(size=shape))

    def _draw(self, name, make) -> torch.Tensor:
        if name not in self.draws:
            self.draws[name] = single(make(rng(self.seed, 'draw', name)))
        return self.draws[name]

    def interpolate(self, name: str) -> torch.Tensor:
        """A point between real and fake for each sample; the draw counts from real to fake."""
        alpha = self.uniform(name, [len(self.real)] + [1] * (self.real.dim() - 1))
        return self.real + alpha * (self.fake - self.real)

    def json(self) -> dict:
        labels = {} if self.labels is None else {'labels': to_json(self.labels)}
        inputs = [to_json(x) for x in self.z]
        return {
            'batch': {'real': to_json(self.real), 'generatorInputs': inputs if len(inputs) > 1 else inputs[0], **labels},
            'networks': {'generator': self.generator.json(), 'discriminator': self.discriminator.json()},
        }


def slope(y: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
    """The sum of y differentiated by x, to be differentiated again."""
    return torch.autograd.grad(y.sum(), x, create_graph=True)[0]


def square_norm(x: torch.Tensor) -> torch.Tensor:
    """|x|² of each sample."""
    return x.square().reshape(x.shape[0], -1).sum(1)


@dataclasses.dataclass(frozen=True)
class CycleCase:
    """A case of a cyclegan. `losses(world)` as for Case; its world has x, y, G (x to y), F (y to x), Dx and Dy."""
    id: str
    spec: str
    losses: Callable[['CycleWorld'], Dict[str, torch.Tensor]]
    samples: int = 4
    data: Sequence[int] = (3,)
    activation: str = 'tanh'
    step: int = 0


class CycleWorld:
    """The networks by the names that diagnostics give them. A discriminator sees the generators' outputs as constants."""

    def __init__(self, case: CycleCase, player: str):
        r = rng(case.id, 'batch')
        self.x, self.y = (single(r.normal(size=(case.samples, *case.data))).requires_grad_() for _ in range(2))
        make = lambda name, head: Network(Net((head,), activation=case.activation), case.data, [], f'{case.id} {name}')
        output, logits = Head('output', case.data), Head('logits', [1])
        self.networks = {
            'x2y.generator': make('G', output), 'y2x.generator': make('F', output),
            'x2y.discriminator': make('Dy', logits), 'y2x.discriminator': make('Dx', logits),
        }
        self.G, self.F, self.Dy, self.Dx = (lambda v, n=n: n(v, [])[n.net.heads[0].name] for n in self.networks.values())
        self.own = {f'{name}/{key}': value for name, n in self.networks.items() if name.endswith(player) for key, value in n.variables.items()}

    def json(self) -> dict:
        return {'batch': {'x': to_json(self.x), 'y': to_json(self.y)}, 'networks': {name: n.json() for name, n in self.networks.items()}}


def record_cycle(case: CycleCase) -> dict:
    """As `record`; variables are called by their network, `x2y.generator/output.bias`."""
    result = {'id': case.id, 'spec': case.spec, 'step': case.step, 'draws': {}}
    expect = {}
    for player in ('generator', 'discriminator'):
        world = CycleWorld(case, player)
        loss = case.losses(world).get(player, torch.zeros(()))
        slopes = torch.autograd.grad(loss, list(world.own.values()), allow_unused=True) if loss.requires_grad else [None] * len(world.own)
        gradients = {name: to_json(torch.zeros_like(value) if g is None else g) for (name, value), g in zip(world.own.items(), slopes)}
        expect[player] = {'loss': float('%.12g' % loss.item()), 'gradients': gradients}
        result.update(world.json())
    return {**result, 'expect': expect}


def record(case: Case) -> dict:
    """The case with both players' losses, and the gradients by the player's own variables."""
    result = {'id': case.id, 'spec': case.spec, 'step': case.step}
    expect, draws = {}, {}
    for player in ('generator', 'discriminator'):
        world = World(case, player)
        own = getattr(world, player).variables
        loss = case.losses(world).get(player, torch.zeros(()))
        path = loss.requires_grad
        slopes = torch.autograd.grad(loss, list(own.values()), allow_unused=True) if path else [None] * len(own)
        gradients = {name: to_json(torch.zeros_like(own[name]) if g is None else g) for name, g in zip(own, slopes)}
        expect[player] = {'loss': float('%.12g' % loss.item()), 'gradients': gradients}
        draws.update({name: to_json(value) for name, value in world.draws.items()})
        result.update(world.json())
    return {**result, 'draws': draws, 'expect': expect}


def write(path: str, cases: Sequence[Case]) -> None:
    lines = ',\n'.join(json.dumps(record_cycle(case) if isinstance(case, CycleCase) else record(case)) for case in cases)
    with open(path, 'w') as file:
        file.write('{"cases": [\n' + lines + '\n]}\n')
