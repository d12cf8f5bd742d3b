#!/usr/bin/env node
import { main } from './main.ts';
import { nodeIo } from './nodeIo.ts';

// not process.exit(): what was written to a pipe has to arrive
process.exitCode = await main(process.argv.slice(2), nodeIo());
