/** What of ganloss needs Node: files. Everything else runs in browsers too. */
export { CHECKPOINT_FILE, PREVIOUS_FILE, loadCheckpoint, saveCheckpoint } from './node/checkpointFiles.ts';
export { codeFolder } from './node/codeFolder.ts';
export { loadFailure, replay, saveFailure, type Failure } from './node/failure.ts';
export { trainer, type FileTrainer } from './node/fileTrainer.ts';
export { readSpec } from './node/readSpec.ts';
export { createSummaryWriter, type FileSummaryWriter, type FileSummaryWriterOptions } from './node/summaryWriter.ts';
