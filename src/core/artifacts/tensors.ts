/** int32 little-endian bytes, the form in which adapter versions travel. */
export function int32ToBytes(data: Int32Array): Uint8Array {
  const bytes = new Uint8Array(data.length * 4);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < data.length; i++) view.setInt32(i * 4, data[i] ?? 0, true);
  return bytes;
}

export function bytesToInt32(bytes: Uint8Array): Int32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const data = new Int32Array(bytes.length >> 2);
  for (let i = 0; i < data.length; i++) data[i] = view.getInt32(i * 4, true);
  return data;
}

/** Two's complement, one byte a value. */
export function int8ToBytes(data: Int8Array): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.length).slice();
}

export function bytesToInt8(bytes: Uint8Array): Int8Array {
  return new Int8Array(bytes.slice().buffer);
}
