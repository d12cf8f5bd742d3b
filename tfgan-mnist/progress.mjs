// Losses and the time that is left, on stderr.

/** `progress(step, generatorLoss, discriminatorLoss)`: a line that renews itself on a terminal, a hundred lines elsewhere. */
export function createProgress(steps, { now = Date.now, stream = process.stderr } = {}) {
  const start = now();
  const every = Math.max(1, Math.floor(steps / 100));
  return (step, generatorLoss, discriminatorLoss) => {
    if (!stream.isTTY && step % every !== 0 && step !== steps) return;
    const elapsed = (now() - start) / 1000;
    const left = (elapsed / step) * (steps - step);
    const text = `step ${step} of ${steps}: generator ${generatorLoss.toFixed(3)}, discriminator ${discriminatorLoss.toFixed(3)}; ${((1000 * elapsed) / step).toFixed(0)} ms a step, ${clock(left)} left`;
    stream.write(stream.isTTY ? `\r\x1b[2K${text}${step === steps ? '\n' : ''}` : `${text}\n`);
  };
}

function clock(seconds) {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}
