"""Writes mnistNetworks.json: what TF-GAN's own MNIST networks give, for test/examples/mnistNetworks.test.ts.

    python mnistNetworks.py TENSORFLOW_GAN/examples/mnist/networks.py

Needs tensorflow 2.15, tensorflow_gan 2.1 and tensorflow_probability 0.23. Variables are filled by a formula, so that
their numbers need not be kept.
"""
import json
import os
import re
import sys
import types

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy as np
import tensorflow.compat.v1 as tf

tf.disable_v2_behavior()
# TF-GAN's source, with an eighth of its features
source = open(sys.argv[1]).read()
networks = types.ModuleType("networks")
exec(re.sub(r"\b(1024|128|64|32)\b", lambda found: str(int(found[0]) // 8), source), networks.__dict__)


# runs before the one that counts: until the singular values stand still
POWER_ITERATIONS = 10


def fill(shape, salt):
    i = np.arange(int(np.prod(shape)), dtype=np.int64)
    ramp = (i * 7919 + salt * 104729 + 17) % 65521
    return ((ramp * ramp % 65521) / 65521 - 0.5).reshape(shape)


def value(name, shape, salt):
    """A kernel of about unit gain, its first singular value far from the others where it counts; scales and variances around 1."""
    noise = fill(shape, salt)
    if name.endswith("kernel"):
        return (noise + (0.1 if name.startswith("sn/") else 0)) * 4 / np.sqrt(np.prod(shape[:-1]))
    if name.endswith(("gamma", "variance")):
        return 1 + noise
    return noise


def call(discriminator, network, *args):
    with tf.variable_scope("net") as scope:
        outputs = network(*args)
    updates = tf.get_collection(tf.GraphKeys.UPDATE_OPS)
    if discriminator:  # runs twice in a model
        with tf.variable_scope(scope, reuse=True):
            network(*args)
    variables = tf.global_variables("net/")
    regularization = tf.losses.get_regularization_losses(scope.name)
    total = tf.add_n(regularization) if regularization else tf.constant(0.0)
    heads = [outputs[0], outputs[1][0].log_prob(categorical()), outputs[1][1].log_prob(noise(2))] if isinstance(outputs, tuple) else [outputs]
    flat = tf.concat([tf.reshape(head, [-1]) for head in heads], 0)
    objective = tf.reduce_sum(tf.sin(tf.range(tf.size(flat), dtype=tf.float32)) * flat) + total
    trainable = tf.trainable_variables("net/")
    grads = [tf.convert_to_tensor(gradient) for gradient in tf.gradients(objective, trainable)]
    return heads, total, variables, trainable, grads, updates


def short(variable):
    name = variable.name[:-2].replace("net/", "")
    return "/".join(name.split("/")[:2]) + "/u" if name.endswith("spectral_norm_u") else name


def case(kind, make):
    tf.reset_default_graph()
    heads, total, variables, trainable, grads, updates = call("Discriminator" in kind, *make())
    with tf.Session() as session:
        for salt, v in enumerate(variables):
            v.load(value(short(v), v.shape.as_list(), salt).astype(np.float32), session)
        for _ in range(POWER_ITERATIONS):
            session.run(heads)
        found, regularization, gradients = session.run([heads, total, [tf.sqrt(tf.reduce_sum(g ** 2)) for g in grads]])
        session.run(updates)
        moving = {short(v): session.run(tf.reduce_sum(v)).item() for v in variables if "moving" in v.name}
    return {
        "kind": kind,
        "variables": [short(v) for v in variables],
        "outputs": [np.asarray(head).reshape(-1)[:: max(1, np.asarray(head).size // 60)].astype(float).round(7).tolist() for head in found],
        "regularization": float(regularization),
        "gradientNorms": {short(v): float(g) for v, g in zip(trainable, gradients)},
        "movingSums": moving,
    }


def images():
    return tf.constant(fill([3, 28, 28, 1], 99) * 2, tf.float32)


def noise(width):
    return tf.constant(fill([3, width], 98) * 2, tf.float32)


labels = lambda: tf.one_hot([3, 0, 7], 10)
categorical = lambda: tf.constant([3, 0, 7])
cases = [
    case("unconditionalGenerator", lambda: (networks.unconditional_generator, noise(64))),
    case("conditionalGenerator", lambda: (networks.conditional_generator, (noise(64), labels()))),
    case("infoganGenerator", lambda: (lambda x: networks.infogan_generator(x, 10), (noise(62), categorical(), noise(2)))),
    case("unconditionalDiscriminator", lambda: (networks.unconditional_discriminator, images(), None)),
    case("conditionalDiscriminator", lambda: (networks.conditional_discriminator, images(), (None, labels()))),
    case("infoganDiscriminator", lambda: (networks.infogan_discriminator, images(), None)),
]
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "mnistNetworks.json"), "w") as file:
    json.dump(cases, file, indent=1)
