// Argon2id version 1.3 (RFC 9106) in a worker, so that the page stays alive while it runs. The part that takes the time, mixing one block into another, is 64-bit arithmetic that JavaScript has no
// numbers for and that interpreted .NET is slow at: it is written here as WebAssembly, assembled below from its instructions. Everything else is plain code.
import { get, set, tee, i32, i64, load, store, instantiate, LOOP, IF, ELSE, END, BREAK_IF, ADD32, LESS32, ADD, MUL, AND, XOR, SHL, ROTR } from './wasm.js';

const MASK = (1n << 64n) - 1n;

// ---- BLAKE2b (RFC 7693): a few hundred calls, so BigInt is fast enough.
const IV = [
  0x6a09e667f3bcc908n, 0xbb67ae8584caa73bn, 0x3c6ef372fe94f82bn, 0xa54ff53a5f1d36f1n,
  0x510e527fade682d1n, 0x9b05688c2b3e6c1fn, 0x1f83d9abfb41bd6bn, 0x5be0cd19137e2179n,
];
const SIGMA = [
  [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15], [14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3],
  [11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4], [7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8],
  [9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13], [2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9],
  [12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11], [13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10],
  [6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5], [10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0],
];
// Columns, then diagonals.
const MIX = [[0, 4, 8, 12], [1, 5, 9, 13], [2, 6, 10, 14], [3, 7, 11, 15], [0, 5, 10, 15], [1, 6, 11, 12], [2, 7, 8, 13], [3, 4, 9, 14]];

const rotr = (x, n) => ((x >> n) | (x << (64n - n))) & MASK;

function blake2b(input, size) {
  const h = IV.slice();
  h[0] ^= 0x01010000n ^ BigInt(size);
  const blocks = Math.max(1, Math.ceil(input.length / 128));
  for (let block = 0; block < blocks; block++) {
    const chunk = new Uint8Array(128);
    chunk.set(input.subarray(block * 128, Math.min(input.length, block * 128 + 128)));
    const words = new DataView(chunk.buffer);
    const last = block === blocks - 1;
    const v = [...h, ...IV];
    v[12] ^= BigInt(last ? input.length : (block + 1) * 128);
    if (last) v[14] ^= MASK;
    for (let round = 0; round < 12; round++) {
      const order = SIGMA[round % 10];
      for (let i = 0; i < 8; i++) {
        const [a, b, c, d] = MIX[i];
        v[a] = (v[a] + v[b] + words.getBigUint64(order[2 * i] * 8, true)) & MASK;
        v[d] = rotr(v[d] ^ v[a], 32n);
        v[c] = (v[c] + v[d]) & MASK;
        v[b] = rotr(v[b] ^ v[c], 24n);
        v[a] = (v[a] + v[b] + words.getBigUint64(order[2 * i + 1] * 8, true)) & MASK;
        v[d] = rotr(v[d] ^ v[a], 16n);
        v[c] = (v[c] + v[d]) & MASK;
        v[b] = rotr(v[b] ^ v[c], 63n);
      }
    }
    for (let i = 0; i < 8; i++) h[i] ^= v[i] ^ v[i + 8];
  }
  const out = new DataView(new ArrayBuffer(64));
  h.forEach((word, i) => out.setBigUint64(i * 8, word, true));
  return new Uint8Array(out.buffer, 0, size);
}

const le32 = n => new Uint8Array([n, n >>> 8, n >>> 16, n >>> 24]);
const join = (...parts) => {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) { all.set(part, at); at += part.length; }
  return all;
};

// Section 3.3: the hash of variable length.
function longHash(input, size) {
  if (size <= 64) return blake2b(join(le32(size), input), size);
  const out = new Uint8Array(size);
  let v = blake2b(join(le32(size), input), 64);
  let at = 0;
  for (; size - at > 64; at += 32) {
    out.set(v.subarray(0, 32), at);
    v = blake2b(v, size - at - 32 > 64 ? 64 : size - at - 32);
  }
  out.set(v, at);
  return out;
}

// ---- The compression function G of section 3.5 as a WebAssembly module: mix(x, y, to, keep) sets to = G(x, y), or to ^= G(x, y) when keep is not 0. Bytes 0 to 2047 of the memory are its scratch.
function compression(pages) {
  const [X, Y, TO, KEEP, I, BASE, V] = [0, 1, 2, 3, 4, 5, 6];
  const low = n => [...get(n), ...i64(0xffffffffn), AND];
  // a + b + 2 * low(a) * low(b)
  const fma = (a, b) => [...get(a), ...get(b), ADD, ...low(a), ...low(b), MUL, ...i64(1n), SHL, ADD, ...set(a)];
  const turn = (d, a, n) => [...get(d), ...get(a), XOR, ...i64(n), ROTR, ...set(d)];
  const quarter = (a, b, c, d) => [
    ...fma(a, b), ...turn(d, a, 32n), ...fma(c, d), ...turn(b, c, 24n), ...fma(a, b), ...turn(d, a, 16n), ...fma(c, d), ...turn(b, c, 63n),
  ];
  // for (i = 0; i < end; i += step) body
  const loop = (end, step, body) => [...i32(0), ...set(I), ...LOOP, ...body, ...get(I), ...i32(step), ADD32, ...tee(I), ...i32(end), LESS32, ...BREAK_IF, END];
  const permute = offset => {
    const code = [];
    for (let k = 0; k < 16; k++) code.push(...get(BASE), ...load(offset(k)), ...set(V + k));
    for (const at of MIX) code.push(...quarter(...at.map(k => V + k)));
    for (let k = 0; k < 16; k++) code.push(...get(BASE), ...get(V + k), ...store(offset(k)));
    return code;
  };
  const at = (pointer) => [...get(pointer), ...get(I), ADD32];
  const code = [
    // R = X ^ Y, kept at 0 and, to be worked on, at 1024.
    ...loop(1024, 8, [...at(X), ...load(0), ...at(Y), ...load(0), XOR, ...set(V), ...get(I), ...get(V), ...store(0), ...get(I), ...get(V), ...store(1024)]),
    ...loop(1024, 128, [...get(I), ...set(BASE), ...permute(k => 1024 + 8 * k)]),
    ...loop(128, 16, [...get(I), ...set(BASE), ...permute(k => 1024 + 128 * (k >> 1) + 8 * (k & 1))]),
    ...get(KEEP), ...IF,
    ...loop(1024, 8, [...at(TO), ...at(TO), ...load(0), ...get(I), ...load(0), XOR, ...get(I), ...load(1024), XOR, ...store(0)]),
    ELSE,
    ...loop(1024, 8, [...at(TO), ...get(I), ...load(0), ...get(I), ...load(1024), XOR, ...store(0)]),
    END,
  ];
  return instantiate(pages, { mix: { parameters: 4, counters: 2, words: 16, code } });
}

const SCRATCH = 5 * 1024;
const INPUT = 2048, ADDRESSES = 3072, ZERO = 4096;

async function derive({ passphrase, salt, memory, iterations, lanes, size }) {
  const segment = Math.floor(memory / (4 * lanes)), columns = segment * 4, blocks = columns * lanes;
  const { mix, memory: { buffer } } = await compression(Math.ceil((SCRATCH + blocks * 1024) / 65536));
  const bytes = new Uint8Array(buffer), words = new Uint32Array(buffer);
  const place = (lane, column) => SCRATCH + (lane * columns + column) * 1024;

  // Section 3.2.
  const h0 = blake2b(join(
    le32(lanes), le32(size), le32(memory), le32(iterations), le32(0x13), le32(2), le32(passphrase.length), passphrase, le32(salt.length), salt, le32(0), le32(0)), 64);
  for (let lane = 0; lane < lanes; lane++)
    for (let column = 0; column < 2; column++) bytes.set(longHash(join(h0, le32(column), le32(lane)), 1024), place(lane, column));

  const high = (a, b) => Number((BigInt(a) * BigInt(b)) >> 32n);
  for (let pass = 0; pass < iterations; pass++)
    for (let slice = 0; slice < 4; slice++)
      for (let lane = 0; lane < lanes; lane++) {
        // Where to look is independent of the passphrase in the first half of the first pass (section 3.4.1.3).
        const independent = pass === 0 && slice < 2;
        if (independent) {
          words.fill(0, INPUT / 4, INPUT / 4 + 256);
          [pass, lane, slice, blocks, iterations, 2].forEach((value, i) => { words[INPUT / 4 + 2 * i] = value; });
        }
        for (let i = 0; i < segment; i++) {
          if (independent && i % 128 === 0) {
            words[INPUT / 4 + 12]++;
            mix(ZERO, INPUT, ADDRESSES, 0);
            mix(ZERO, ADDRESSES, ADDRESSES, 0);
          }
          if (pass === 0 && slice === 0 && i < 2) continue;
          const column = slice * segment + i;
          const previous = place(lane, column === 0 ? columns - 1 : column - 1);
          const from = independent ? ADDRESSES / 4 + (i % 128) * 2 : previous / 4;
          const j1 = words[from], j2 = words[from + 1];
          const other = pass === 0 && slice === 0 ? lane : j2 % lanes;
          // Section 3.4.2: what may be referred to.
          const same = other === lane;
          let area = pass === 0 ? slice * segment : columns - segment;
          area += same ? i - 1 : i === 0 ? -1 : 0;
          const relative = area - 1 - high(area, high(j1, j1));
          const start = pass === 0 || slice === 3 ? 0 : (slice + 1) * segment;
          mix(previous, place(other, (start + relative) % columns), place(lane, column), pass === 0 ? 0 : 1);
        }
      }

  const last = bytes.slice(place(0, columns - 1), place(0, columns - 1) + 1024);
  for (let lane = 1; lane < lanes; lane++) for (let i = 0; i < 1024; i++) last[i] ^= bytes[place(lane, columns - 1) + i];
  const key = longHash(last, size);
  bytes.fill(0);
  last.fill(0);
  h0.fill(0);
  return key;
}

self.onmessage = async ({ data }) => {
  let answer;
  try {
    answer = { key: await derive(data) };
  } catch (error) {
    answer = { error: String(error) };
  }
  data.passphrase.fill(0);
  self.postMessage(answer);
};
