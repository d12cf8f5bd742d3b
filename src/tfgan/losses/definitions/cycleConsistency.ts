import { defineLoss } from '../lossDefinition.ts';
import { assertSameShape } from '../shapes.ts';
import { named, whole } from './rules.ts';

export const cycleConsistency = defineLoss({
  name: 'cycleConsistencyLoss',
  args: ['dataX', 'reconstructedDataX', 'dataY', 'reconstructedDataY'],
  options: {},
  term: 'cycle',
  player: 'generator',
  takes: ['scope', 'lossCollection', 'addSummaries', 'summaries', 'random'],
  check({ dataX, reconstructedDataX, dataY, reconstructedDataY }) {
    assertSameShape(reconstructedDataX.shape, dataX.shape);
    assertSameShape(reconstructedDataY.shape, dataY.shape);
  },
  scope: 'cycle_consistency_loss',
  inside: true,
  scalars: [named('cycle_consistency_loss_x2x', 'x_again'), named('cycle_consistency_loss_y2y', 'y_again'), whole('cycle_consistency_loss')],
  collected: (values) => [values.named('x_again'), values.named('y_again')],
});
