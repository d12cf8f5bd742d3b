export { createTrainer as trainer } from './runtime/trainer/createTrainer.ts';
