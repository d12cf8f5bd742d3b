import type { PlayerName } from '../../runtime/models/model.ts';
import type { RunnableObjective } from '../../runtime/runnable.ts';
import type { Metrics as StepMetrics } from '../../runtime/trainer/metrics.ts';
import type { LossPanel } from '../pictures/lossPlot.ts';
import type { Metrics as CsvMetrics, MetricsRow } from './metricsCsv.ts';
import type { ProgressRow } from './progressText.ts';

const PLAYERS: readonly PlayerName[] = ['discriminator', 'generator'];

/** A column of `metrics.csv`: its name, and where a step's metrics keep it. */
interface Column {
  readonly name: string;
  readonly of: (metrics: StepMetrics) => number;
}

/** Both losses, and each term raw and weighted for each player that has it. */
export function columnsOf({ terms }: RunnableObjective): readonly Column[] {
  return [
    { name: 'discriminator', of: (metrics) => metrics.discriminatorLoss },
    { name: 'generator', of: (metrics) => metrics.generatorLoss },
    ...terms.flatMap(({ name, player }): readonly Column[] => [
      { name: `${player}.${name}`, of: (metrics) => metrics.terms[name]?.[player]?.raw ?? NaN },
      { name: `${player}.${name}.weighted`, of: (metrics) => metrics.terms[name]?.[player]?.weighted ?? NaN },
    ]),
  ];
}

export function rowOf(columns: readonly Column[], metrics: StepMetrics): MetricsRow {
  return { step: metrics.step, values: columns.map((column) => column.of(metrics)) };
}

/** The lines below the progress bar: the losses, and what each term adds to them. */
export function progressRows({ terms }: RunnableObjective, metrics: StepMetrics): readonly ProgressRow[] {
  const names = [...new Set(terms.map(({ name }) => name))];
  return [
    { label: 'loss', discriminator: metrics.discriminatorLoss, generator: metrics.generatorLoss },
    ...names.map((label) => ({ label, discriminator: metrics.terms[label]?.discriminator?.weighted, generator: metrics.terms[label]?.generator?.weighted })),
  ];
}

/** The panels of the plot: the losses, and for a player whose loss has several terms what each adds. */
export function lossPanels({ terms }: RunnableObjective, { columns, rows }: CsvMetrics): readonly LossPanel[] {
  const values = (name: string): readonly number[] => {
    const index = columns.indexOf(name);
    return rows.map((row) => row.values[index] ?? NaN);
  };
  const partsOf = (player: PlayerName): LossPanel => {
    const own = terms.filter((term) => term.player === player);
    const series = own.length < 2 ? [] : own.map(({ name }) => ({ label: name, values: values(`${player}.${name}.weighted`) }));
    return { title: `Terms of the ${player}'s loss, weighted`, series };
  };
  return [{ title: 'Losses', series: PLAYERS.map((player) => ({ label: player, values: values(player) })) }, ...PLAYERS.map(partsOf)];
}
