import { refused, type KernelRule } from './rule.ts';

const dataDependent = refused('makes a tensor whose shape depends on data');
const noOp = refused('has no counterpart among the ops of the graph');
const noComplex = refused('computes with complex numbers, which the graph does not have');
const noText = refused('computes with texts');
const random = refused('draws random numbers of its own');
const gradientOnly = refused('is a gradient kernel of tfjs that the graph does without');
const image = refused('is for pictures outside of training');

/** Kernels that are never part of a captured step, and why. */
export const refusedKernels = {
  Bincount: noOp,
  BitwiseAnd: noOp,
  BroadcastArgs: noOp,
  BroadcastTo: noOp,
  CropAndResize: image,
  DenseBincount: noOp,
  Dilation2D: noOp,
  Dilation2DBackpropFilter: gradientOnly,
  Dilation2DBackpropInput: gradientOnly,
  Draw: image,
  EluGrad: gradientOnly,
  FromPixels: image,
  LogSoftmax: noOp,
  LowerBound: noOp,
  LRNGrad: gradientOnly,
  MatrixBandPart: noOp,
  MaxPoolWithArgmax: noOp,
  Pool: noOp,
  ResizeBilinearGrad: gradientOnly,
  ResizeNearestNeighborGrad: gradientOnly,
  RotateWithOffset: image,
  SearchSorted: noOp,
  SparseToDense: noOp,
  TensorScatterUpdate: noOp,
  Transform: image,
  UpperBound: noOp,
  Complex: noComplex,
  ComplexAbs: noComplex,
  FFT: noComplex,
  IFFT: noComplex,
  Imag: noComplex,
  Real: noComplex,
  Multinomial: random,
  NonMaxSuppressionV3: dataDependent,
  NonMaxSuppressionV4: dataDependent,
  NonMaxSuppressionV5: dataDependent,
  RaggedGather: dataDependent,
  RaggedRange: dataDependent,
  RaggedTensorToTensor: dataDependent,
  SparseFillEmptyRows: dataDependent,
  SparseReshape: dataDependent,
  SparseSegmentMean: dataDependent,
  SparseSegmentSum: dataDependent,
  Unique: dataDependent,
  StaticRegexReplace: noText,
  StringNGrams: noText,
  StringSplit: noText,
  StringToHashBucketFast: noText,
} satisfies Readonly<Record<string, KernelRule>>;
