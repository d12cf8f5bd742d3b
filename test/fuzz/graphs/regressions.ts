/** Graphs that went wrong once, as `npm run fuzz` prints them. */
export interface Regression {
  readonly way: string;
  readonly graph: string;
  readonly inputs: Readonly<Record<string, readonly number[]>>;
}

export const REGRESSIONS: readonly Regression[] = [
  // kernels with gaps between the taps that meet an element, where the input is dilated
  {
    way: "wasm, fused",
    graph: `
graph @captured(%v10__: f32[3, 1, 2, 1], %v2: f32[3, 1, 3, 3]) -> (y0: f32[1, 1, 3, 1]) {
  %0 = convolution<f01b, i01o, 01fb, lhs_dilation: [1, 2]> %v10__, %v2 : f32[1, 1, 3, 1]
  return %0
}
`,
    inputs: {
      "v10__": [0.6067335605621338, 0.6847218871116638, 0.6067335605621338, 0.6847218871116638, 0.6067335605621338, 0.6847218871116638],
      "v2": [1, 1, 1, 1, 1, 1, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0],
    },
  },
  {
    way: "wasm, fused",
    graph: `
graph @random21764(%x4: f32[1, 1, 2, 1, 3], %x5: f32[1, 2, 1, 3, 2]) -> (y0: f32[1, 1, 2, 6, 1]) {
  %0 = convolution<02fb1, 2io10, b021f, window_strides: [2, 1, 2], padding: [[1, 0], [1, 2], [2, 1]], lhs_dilation: [1, 2, 2], rhs_dilation: [1, 1, 2], window_reversal: [true, false, true]> %x4, %x5 : f32[1, 1, 2, 6, 1]
  return %0
}
`,
    inputs: {
      "x4": [0.6537776589393616, 0.45567238330841064, 2.714097261428833, -0.8211482167243958, 0.9833656549453735, -0.9028893113136292],
      "x5": [-0.4266023635864258, 1.546330213546753, -1.93220055103302, 0.8858749866485596, 0.5230350494384766, -1.042936086654663, 0.12444174289703369, 0.8465502262115479, 0.038626961410045624, -1.1315460205078125, 2.0059781074523926, -0.7977381348609924],
    },
  },
  {
    way: "wasm, fused",
    graph: `
graph @random21821(%x3: f32[1, 1, 3, 2], %x4: f32[3, 3, 1, 1]) -> (y5: f32[2, 1, 1, 5]) {
  %0 = convolution<0bf1, 1i0o, 0bf1, window_strides: [2, 1], padding: [[2, 0], [2, 2]], lhs_dilation: [2, 2]> %x3, %x4 : f32[2, 1, 1, 5]
  return %0
}
`,
    inputs: {
      "x3": [0.9816268682479858, 1.2822706699371338, -0.2920067310333252, 0.46035173535346985, -1.4612061977386475, -0.7401646971702576],
      "x4": [1.4586985111236572, -0.21619798243045807, -1.882265329360962, 0.13456286489963531, -0.5987539887428284, 0.22327716648578644, 0.5744575262069702, 0.5108972191810608, -0.24089333415031433],
    },
  },
];
