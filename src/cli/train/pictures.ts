import { DataError } from '../data/dataError.ts';
import { lossPlot, lossPlotSvg, type LossPlot } from '../pictures/lossPlot.ts';
import { sampleGrid } from '../pictures/sampleGrid.ts';
import { DISTANCE, drawImages } from './measure.ts';
import type { Measurements } from './measurements.ts';
import { readMetricsCsv } from './metricsCsv.ts';
import { lossPanels } from './metricsTable.ts';
import type { ImageShape } from './networkParts.ts';
import type { Run } from './run.ts';
import { METRICS, SAMPLES } from './runFolder.ts';

/** Draws and writes the pictures of a run. */
export interface Pictures {
  /** Samples from the fixed noise, as they are at this step. */
  readonly samples: () => void;
  /** The samples and the losses of the whole run. `note` says what could not be drawn. */
  readonly final: (measurements: Measurements) => Promise<{ readonly files: readonly string[]; readonly note: string | null }>;
}

export function createPictures(run: Run, image: ImageShape): Pictures {
  const { trainer, task, folder } = run;
  const grid = (): Uint8Array => sampleGrid(drawImages(trainer, task, 'grid', task.grid.count, image), { columns: task.grid.columns });
  return {
    samples: () => folder.write(`${SAMPLES}/step-${String(trainer.stepCount).padStart(6, '0')}.png`, grid()),
    async final(measurements) {
      folder.write('samples.png', grid());
      const plot = plotOf(run, measurements);
      if (plot === null) return { files: ['samples.png'], note: null };
      try {
        folder.write('losses.png', await lossPlot(plot));
        return { files: ['samples.png', 'losses.png'], note: null };
      } catch (error) {
        if (!(error instanceof DataError)) throw error;
        folder.write('losses.svg', lossPlotSvg(plot));
        return { files: ['samples.png', 'losses.svg'], note: `${error.message} (${error.hint}); the plot is losses.svg` };
      }
    },
  };
}

/** Null before the first step. */
function plotOf(run: Run, measurements: Measurements): LossPlot | null {
  const metrics = readMetricsCsv(run.folder.path(METRICS));
  if (metrics.rows.length === 0) return null;
  const { data, settings, objective } = run.record();
  const measured = measurements.all();
  const distances = {
    title: `${DISTANCE.name[0]!.toUpperCase()}${DISTANCE.name.slice(1)}, ${measurements.yardstick.count.toLocaleString('en-US')} samples to ${measurements.yardstick.against}`,
    axis: 'distance',
    steps: measured.map(({ step }) => step),
    series: measured.length < 2 ? [] : [{ label: 'distance', values: measured.map(({ distance }) => distance) }],
  };
  return {
    title: objective,
    subtitle: `${data.name}, batch ${settings.batch}, Adam with learning rates ${settings.lrD} (discriminator) and ${settings.lrG} (generator), seed ${settings.seed}`,
    steps: metrics.rows.map(({ step }) => step),
    panels: [...lossPanels(run.objective, metrics), distances],
  };
}
