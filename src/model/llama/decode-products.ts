import type { Graph, Value } from "../onnx/graph.ts";
import { add } from "../onnx/operators/elementwise.ts";
import { gatherQuantised, matmulQuantised, type QuantisedConstant } from "../onnx/operators/fused.ts";
import { concatLast, reshapeSymbolic } from "../onnx/operators/shape.ts";
import { BLOCK, codeBytes, type QuantisedMatrix } from "../quantisation/blocks.ts";

/**
 * Weights of one quantised product, at most. Where ONNX Runtime has no kernel for a form (WebAssembly), it unpacks all
 * weights of a product into floats for every run: the head of a large vocabulary would need more memory than the whole
 * quantised model. So products are cut into pieces of rows that unpack to 8 MiB. A graphics card needs no pieces.
 */
export const PRODUCT_FLOATS = 2 ** 21;

/** Some rows of a matrix. */
interface Piece extends QuantisedConstant {
  readonly matrix: QuantisedMatrix;
}

/** A quantised matrix in a graph, in pieces of rows; a table that is gathered from and multiplied by is there once. */
export class QuantisedConstants {
  readonly #graph: Graph;
  readonly #pieces: readonly Piece[];
  /** Rows of each piece but the last. */
  readonly #rows: number;

  constructor(graph: Graph, matrix: QuantisedMatrix, productFloats: number) {
    this.#graph = graph;
    this.#rows = Math.min(matrix.rows, Math.max(1, Math.floor(productFloats / matrix.columns)));
    const count = Math.ceil(matrix.rows / this.#rows);
    this.#pieces = Array.from({ length: count }, (_, index) =>
      pieceOf(graph, rowsOf(matrix, index * this.#rows, (index + 1) * this.#rows)),
    );
  }

  /** input [..., columns] · matrixᵀ → [..., rows]. */
  multiply(input: Value): Value {
    const products = this.#pieces.map((piece) => {
      const scales = this.#graph.constant(piece.matrix.scales, [piece.matrix.scales.length]);
      return matmulQuantised(this.#graph, input, { ...piece, scales });
    });
    const [first] = products;
    return products.length === 1 && first !== undefined ? first : concatLast(this.#graph, products);
  }

  /** Rows of the matrix: tokens int64 [1, n] → [1, n, columns]. */
  gather(tokens: Value): Value {
    const graph = this.#graph;
    const columns = this.#pieces[0]?.columns ?? 0;
    const rows = this.#pieces.length === 1 ? this.#gatherPiece(tokens, 0) : this.#gatherPieces(tokens);
    return reshapeSymbolic(graph, rows, [0, 0, columns], [...tokens.shape, columns]);
  }

  #gatherPiece(indices: Value, index: number): Value {
    const piece = this.#pieces[index];
    if (piece === undefined) return indices;
    const { rows, columns, scales } = piece.matrix;
    const byBlock = this.#graph.constant(scales, [rows, columns / BLOCK, 1]);
    return gatherQuantised(this.#graph, indices, { ...piece, scales: byBlock });
  }

  /** The row from each piece, of which all but the right one are replaced by zeros, and their sum. */
  #gatherPieces(tokens: Value): Value {
    const graph = this.#graph;
    const integer = (operator: string, left: Value, right: number) =>
      graph.emitOne(operator, [left, graph.integers([right])], "int64", tokens.shape);
    const home = integer("Div", tokens, this.#rows);
    const row = graph.emitOne("Sub", [tokens, integer("Mul", home, this.#rows)], "int64", tokens.shape);
    return this.#pieces
      .map((piece, index) => {
        const rows = this.#gatherPiece(integer("Min", row, piece.rows - 1), index);
        const here = graph.emitOne("Equal", [home, graph.integers([index])], "bool", tokens.shape);
        const mask = reshapeSymbolic(graph, here, [0, 0, 1, 1], [...tokens.shape, 1, 1]);
        return graph.emitOne("Where", [mask, rows, graph.scalar(0)], "float32", rows.shape);
      })
      .reduce((sum, rows) => add(graph, sum, rows));
  }
}

function rowsOf(matrix: QuantisedMatrix, from: number, to: number): QuantisedMatrix {
  const { form, columns } = matrix;
  const end = Math.min(to, matrix.rows);
  return {
    form,
    columns,
    rows: end - from,
    codes: matrix.codes.subarray(codeBytes(form, from * columns), codeBytes(form, end * columns)),
    scales: matrix.scales.subarray((from * columns) / BLOCK, (end * columns) / BLOCK),
  };
}

function pieceOf(graph: Graph, matrix: QuantisedMatrix): Piece {
  const { form, rows, columns, codes } = matrix;
  return {
    matrix,
    rows,
    columns,
    bits: form === "int8" ? 8 : 4,
    block: BLOCK,
    codes: graph.constant(codes, [rows, columns / BLOCK, codeBytes(form, BLOCK)]),
  };
}
