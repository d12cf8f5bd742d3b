#!/usr/bin/env python3
"""Records losses and gradients of the terms that TF-GAN does not have, from their implementation in PyTorch.

  python generate.py [module ...]      writes golden/<module>.json for each module of terms/, or for those that are named

Environment: Python 3.11, torch==2.13.* (CPU), numpy. The numbers depend on nothing else.
"""
import importlib
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

from harness import write  # noqa: E402


def main() -> None:
    names = sys.argv[1:] or sorted(file[:-3] for file in os.listdir(os.path.join(HERE, 'terms')) if file.endswith('.py'))
    for name in names:
        cases = list(importlib.import_module(f'terms.{name}').cases())
        write(os.path.join(HERE, 'golden', f'{name}.json'), cases)
        print(f'{name}: {len(cases)} cases')


if __name__ == '__main__':
    main()
