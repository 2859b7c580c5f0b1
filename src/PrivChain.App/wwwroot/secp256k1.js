// The keys that made ECDSA signatures on secp256k1 (SEC 1, 4.1.6), many at once, for what everybody may see: nothing here keeps its time from depending on what it works on, and no secret may be given to it.
// Interpreted .NET takes milliseconds for one. The field is WebAssembly, assembled below from its instructions; scalars are BigInt.
import { instantiate, get, set, tee, call, i32, i64, load, store, LOOP, END, BREAK_IF, SUB32, ADD32, ADD, MUL, AND, SHL, SHR } from './wasm.js';

const P = (1n << 256n) - (1n << 32n) - 977n;
const N = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const G = [0x79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798n, 0x483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8n];

// λ(x, y) = (βx, y) halves the doublings (Gallant, Lambert and Vanstone); (A1, -B1) and (A2, A1) are short vectors (a, b) with a + bλ = 0 modulo n.
const BETA = 0x7ae96a2b657c07106e64479eac3434e99cf0497512f58995c1396c28719501een;
const A1 = 0x3086d221a7d46bcde86c90e49284eb15n, B1 = 0xe4437ed6010e88286f547fa90abfe4c3n, A2 = 0x114ca50f7a8e2f3f657c1108d9d44cfd8n;

// ---- The field. An element is nine signed words of 29 bits, of whatever number is the same modulo p. What a multiplication, a square and `sum` leave is within 2^29 by a thousandth ("of one", a difference of two such as well);
// factors of one and of up to three give columns below 2^63: nine products of 2^29.01 by 3 · 2^29.01 are 2^62.8.
const LIMBS = 9, BITS = 29, SIZE = LIMBS * 8;
const MASK = (1 << BITS) - 1;
// 2^261 is 2^37 + 31264 modulo p, and the ninth word has 24 bits below 2^256, which is 2^32 + 977.
const TOP = 24;

const mask = bits => [...i64((1 << bits) - 1), AND];
const shift = n => [...i64(n), SHR];
const times = n => n === 1 ? [] : [...i64(n), MUL];

// The sums of products as two functions share them: `column(k)` puts the k-th on the stack, HIGH are nine free locals, R three, ACC one; `to` is where to store.
function reduced(to, column, HIGH, R, ACC) {
  const code = [];
  for (let k = LIMBS; k < 2 * LIMBS - 1; k++)
    code.push(...column(k), ...(k > LIMBS ? [...get(ACC), ADD] : []), ...tee(ACC), ...mask(BITS), ...set(HIGH + k - LIMBS), ...get(ACC), ...shift(BITS), ...set(ACC));
  code.push(...get(ACC), ...set(HIGH + LIMBS - 1));
  const last = [...get(HIGH + LIMBS - 1), ...i64(8), SHL];
  for (let k = 0; k < LIMBS; k++) {
    code.push(...column(k), ...get(HIGH + k), ...times(31264), ADD);
    if (k > 0) code.push(...get(HIGH + k - 1), ...i64(8), SHL, ADD, ...get(ACC), ADD);
    if (k === 0) code.push(...last, ...times(31264), ADD);
    if (k === 1) code.push(...last, ...i64(8), SHL, ADD);
    code.push(...set(ACC));
    const word = [...get(ACC), ...mask(k < LIMBS - 1 ? BITS : TOP)];
    code.push(...(k < 3 ? [...word, ...set(R + k)] : [...get(to), ...word, ...store(8 * k)]), ...get(ACC), ...shift(k < LIMBS - 1 ? BITS : TOP), ...set(ACC));
  }
  return [
    ...code,
    ...get(R), ...get(ACC), ...times(977), ADD, ...set(R), ...get(R + 1), ...get(ACC), ...times(8), ADD, ...get(R), ...shift(BITS), ADD, ...set(R + 1),
    ...get(to), ...get(R), ...mask(BITS), ...store(0), ...get(to), ...get(R + 1), ...mask(BITS), ...store(8),
    ...get(to), ...get(R + 2), ...get(R + 1), ...shift(BITS), ADD, ...store(16),
  ];
}

const limbs = (from, locals) => Array.from({ length: LIMBS }, (_, i) => [...get(from), ...load(8 * i), ...set(locals + i)]).flat();
const added = terms => terms.flatMap((term, i) => i === 0 ? term : [...term, ADD]);
const pairs = k => Array.from({ length: LIMBS }, (_, i) => [i, k - i]).filter(([, j]) => j >= 0 && j < LIMBS);

// multiply(to, a, b)
function multiplication() {
  const A = 3, B = A + LIMBS, HIGH = B + LIMBS, R = HIGH + LIMBS, ACC = R + 3;
  const column = k => added(pairs(k).map(([i, j]) => [...get(A + i), ...get(B + j), MUL]));
  return { parameters: 3, words: ACC + 1 - A, code: [...limbs(1, A), ...limbs(2, B), ...reduced(0, column, HIGH, R, ACC)] };
}

// square(to, a, times): `times` squares, one after the other.
function squares() {
  const A = 3, TWICE = A + LIMBS, HIGH = TWICE + LIMBS, R = HIGH + LIMBS, ACC = R + 3;
  const column = k => added(pairs(k).filter(([i, j]) => i <= j).map(([i, j]) => i === j ? [...get(A + i), ...get(A + i), MUL] : [...get(TWICE + i), ...get(A + j), MUL]));
  const doubled = Array.from({ length: LIMBS }, (_, i) => [...get(A + i), ...i64(1), SHL, ...set(TWICE + i)]).flat();
  return {
    parameters: 3, words: ACC + 1 - A,
    code: [...LOOP, ...limbs(1, A), ...doubled, ...reduced(0, column, HIGH, R, ACC), ...get(0), ...set(1), ...get(2), ...i32(1), SUB32, ...tee(2), ...BREAK_IF, END],
  };
}

// ---- Points in Jacobian coordinates: X, Y, Z, one after the other. Places are [local, offset]; what a function works with lies at fixed ones.
const MULTIPLY = 0, SQUARE = 1;
const address = ([local, offset]) => [...(local === null ? i32(0) : get(local)), ...i32(offset), ADD32];
const multiply = (to, a, b) => [...address(to), ...address(a), ...address(b), ...call(MULTIPLY)];
const square = (to, a) => [...address(to), ...address(a), ...i32(1), ...call(SQUARE)];

// A sum of multiples, carried: [factor, place], with factors of together at most 64.
function sum(to, terms, ACC) {
  const word = k => terms.flatMap(([factor, [local, offset]], i) => [...(local === null ? i32(0) : get(local)), ...load(offset + 8 * k), ...times(factor), ...(i > 0 ? [ADD] : [])]);
  const [local, offset] = to, base = local === null ? i32(0) : get(local), R = ACC + 1, code = [];
  for (let k = 0; k < LIMBS; k++) {
    const bits = k < LIMBS - 1 ? BITS : TOP;
    code.push(...word(k), ...(k > 0 ? [...get(ACC), ADD] : []), ...set(ACC), ...get(ACC), ...mask(bits), ...set(R + k), ...get(ACC), ...shift(bits), ...set(ACC));
  }
  code.push(...get(R), ...get(ACC), ...times(977), ADD, ...set(R), ...get(R + 1), ...get(ACC), ...times(8), ADD, ...set(R + 1));
  for (let k = 0; k < LIMBS; k++) code.push(...base, ...get(R + k), ...store(offset + 8 * k));
  return code;
}

const scratch = i => [null, i * SIZE];
const SCRATCH = 8;

// double(point): "dbl-2009-l", but for the order of its sums.
function doubling() {
  const [X, Y, Z] = [0, 1, 2].map(i => [0, i * SIZE]), [A, B, S, C, M, T, U] = [0, 1, 2, 3, 4, 5, 6].map(scratch), ACC = 1;
  return {
    parameters: 1, words: 1 + LIMBS,
    code: [
      ...square(A, X), ...square(B, Y), ...multiply(S, X, B), ...square(C, B), ...sum(M, [[3, A]], ACC), ...square(T, M),
      ...sum(U, [[2, Y]], ACC), ...multiply(Z, Z, U),
      ...sum(X, [[1, T], [-8, S]], ACC), ...sum(U, [[4, S], [-1, X]], ACC), ...multiply(T, M, U), ...sum(Y, [[1, T], [-8, C]], ACC),
    ],
  };
}

// add(point, x, y): a point with Z = 1. Not for equal or opposite points or infinity, whose Z becomes 0 and stays so.
function addition() {
  const [X, Y, Z] = [0, 1, 2].map(i => [0, i * SIZE]), X2 = [1, 0], Y2 = [2, 0], [ZZ, H, R, HH, HHH, V, T] = [0, 1, 2, 3, 4, 5, 6].map(scratch), ACC = 3;
  return {
    parameters: 3, words: 1 + LIMBS,
    code: [
      ...square(ZZ, Z), ...multiply(T, X2, ZZ), ...sum(H, [[1, T], [-1, X]], ACC), ...multiply(T, Y2, Z), ...multiply(T, T, ZZ), ...sum(R, [[1, T], [-1, Y]], ACC),
      ...square(HH, H), ...multiply(HHH, HH, H), ...multiply(V, X, HH), ...multiply(Z, Z, H), ...square(T, R),
      ...sum(X, [[1, T], [-1, HHH], [-2, V]], ACC), ...sum(V, [[1, V], [-1, X]], ACC), ...multiply(T, R, V), ...multiply(V, Y, HHH), ...sum(Y, [[1, T], [-1, V]], ACC),
    ],
  };
}

// ---- Memory: scratch, powers, eight rows of the key's multiples and a point for each signature of a batch, and the generator's rows. A row is x, βx, y and -y.
const BATCH = 64;
const ROW = 4 * SIZE, POINT = 3 * SIZE;
const WINDOW = 5, ROWS = 1 << (WINDOW - 2), BASE_WINDOW = 8, BASE_ROWS = 1 << (BASE_WINDOW - 2);
const MOST = Math.max(BASE_ROWS, BATCH * ROWS);
let free = SCRATCH * SIZE;
const take = size => { const at = free; free += size; return at; };
const ONE = take(SIZE), BETA_AT = take(SIZE), VALUE = take(SIZE), INVERSE = take(SIZE), TEMPORARY = take(SIZE);
const POWERS = Object.fromEntries([2, 3, 6, 9, 11, 22, 44, 88, 176, 220, 223].map(n => [n, take(SIZE)]));
const DOUBLED = take(POINT), PRODUCTS = take(MOST * SIZE), MULTIPLES = take(MOST * POINT), BASE = take(BASE_ROWS * ROW), TABLE = take(BATCH * ROWS * ROW), SUMS = take(BATCH * POINT), LIFTED = take(BATCH * 2 * SIZE);

const field = await instantiate(Math.ceil(free / 65536), { multiply: multiplication(), square: squares(), double: doubling(), add: addition() });
const words = new BigInt64Array(field.memory.buffer), bytes = new Uint8Array(field.memory.buffer);

const write = (at, value) => { for (let i = at / 8; i < at / 8 + LIMBS; i++) { words[i] = value & BigInt(MASK); value >>= BigInt(BITS); } };
const read = at => {
  let value = 0n;
  for (let i = LIMBS - 1; i >= 0; i--) value = (value << BigInt(BITS)) + words[at / 8 + i];
  value %= P;
  return value < 0n ? value + P : value;
};
const copy = (to, from, size = SIZE) => bytes.copyWithin(to, from, from + size);
const negate = (to, from) => { for (let i = 0; i < LIMBS; i++) words[to / 8 + i] = -words[from / 8 + i]; };

// a^(2^223 - 1) and less, of which both powers below are made; the chain is libsecp256k1's.
function powers(a) {
  const x = POWERS, chain = [[2, a, 1, a], [3, x[2], 1, a], [6, x[3], 3, x[3]], [9, x[6], 3, x[3]], [11, x[9], 2, x[2]], [22, x[11], 11, x[11]], [44, x[22], 22, x[22]], [88, x[44], 44, x[44]],
    [176, x[88], 88, x[88]], [220, x[176], 44, x[44]], [223, x[220], 3, x[3]]];
  for (const [n, from, count, by] of chain) { field.square(x[n], from, count); field.multiply(x[n], x[n], by); }
}

// a to the power of (p + 1) / 4: a square root, where there is one.
function root(to, a) {
  powers(a);
  field.square(to, POWERS[223], 23);
  field.multiply(to, to, POWERS[22]);
  field.square(to, to, 6);
  field.multiply(to, to, POWERS[2]);
  field.square(to, to, 2);
}

// a to the power of p - 2: 1 / a.
function invert(to, a) {
  powers(a);
  field.square(TEMPORARY, POWERS[223], 23);
  field.multiply(TEMPORARY, TEMPORARY, POWERS[22]);
  field.square(TEMPORARY, TEMPORARY, 5);
  field.multiply(TEMPORARY, TEMPORARY, a);
  field.square(TEMPORARY, TEMPORARY, 3);
  field.multiply(TEMPORARY, TEMPORARY, POWERS[2]);
  field.square(TEMPORARY, TEMPORARY, 2);
  field.multiply(to, TEMPORARY, a);
}

// Points at `at`, one after the other, to Z = 1 (which is not written), by one inversion. No Z may be 0.
function normalize(at, count) {
  for (let i = 0; i < count; i++)
    if (i === 0) copy(PRODUCTS, at + 2 * SIZE);
    else field.multiply(PRODUCTS + i * SIZE, PRODUCTS + (i - 1) * SIZE, at + i * POINT + 2 * SIZE);
  invert(INVERSE, PRODUCTS + (count - 1) * SIZE);
  for (let i = count - 1; i >= 0; i--) {
    const x = at + i * POINT, y = x + SIZE, z = y + SIZE;
    if (i > 0) field.multiply(VALUE, INVERSE, PRODUCTS + (i - 1) * SIZE);
    else copy(VALUE, INVERSE);
    field.multiply(INVERSE, INVERSE, z);
    field.square(TEMPORARY, VALUE, 1);
    field.multiply(x, x, TEMPORARY);
    field.multiply(TEMPORARY, TEMPORARY, VALUE);
    field.multiply(y, y, TEMPORARY);
  }
}

// The multiples by 1, 3, 5, … of the point at x and y. They are added where twice the point has Z = 1, on the curve that is the same but for that factor.
function multiples(to, x, count) {
  const d = DOUBLED, dz = d + 2 * SIZE;
  copy(d, x, 2 * SIZE);
  copy(dz, ONE);
  field.double(d);
  field.square(TEMPORARY, dz, 1);
  field.multiply(to, x, TEMPORARY);
  field.multiply(TEMPORARY, TEMPORARY, dz);
  field.multiply(to + SIZE, x + SIZE, TEMPORARY);
  copy(to + 2 * SIZE, ONE);
  for (let i = 1; i < count; i++) {
    copy(to + i * POINT, to + (i - 1) * POINT, POINT);
    field.add(to + i * POINT, d, d + SIZE);
  }
  for (let i = 0; i < count; i++) field.multiply(to + i * POINT + 2 * SIZE, to + i * POINT + 2 * SIZE, dz);
}

function rows(to, count) {
  normalize(MULTIPLES, count);
  for (let i = 0; i < count; i++) {
    const row = to + i * ROW, point = MULTIPLES + i * POINT;
    copy(row, point);
    field.multiply(row + SIZE, point, BETA_AT);
    copy(row + 2 * SIZE, point + SIZE);
    negate(row + 3 * SIZE, point + SIZE);
  }
}

write(ONE, 1n);
write(BETA_AT, BETA);
G.forEach((coordinate, i) => write(LIFTED + i * SIZE, coordinate));
multiples(MULTIPLES, LIFTED, BASE_ROWS);
rows(BASE, BASE_ROWS);

// ---- Scalars.
const modulo = (value, by) => { const rest = value % by; return rest < 0n ? rest + by : rest; };

function inverseOf(value) {
  let [a, b, x, y] = [N, value, 0n, 1n];
  while (b > 0n) { const q = a / b; [a, b] = [b, a - q * b]; [x, y] = [y, x - q * y]; }
  return modulo(x, N);
}

const rounded = value => (2n * value + N) / (2n * N);

// k = k1 + k2 λ modulo n, each below 2^128.
function split(k) {
  const c1 = rounded(A1 * k), c2 = rounded(B1 * k);
  return [k - c1 * A1 - c2 * A2, c1 * B1 - c2 * A1];
}

const DIGITS = 130;

// Digits that are odd or 0, from the lowest: of `width` there is at most one that is not 0.
function digits(k, width, out) {
  out.fill(0);
  const sign = k < 0n ? -1 : 1, value = k < 0n ? -k : k, limbs = [0, 32, 64, 96, 128].map(at => Number(BigInt.asUintN(32, value >> BigInt(at))));
  limbs.push(0);
  let carry = 0;
  for (let bit = 0; bit < DIGITS;) {
    const at = bit >>> 5, rest = bit & 31;
    const window = (rest === 0 ? limbs[at] : (limbs[at] >>> rest) | (limbs[at + 1] << (32 - rest))) & ((1 << width) - 1);
    if ((window & 1) === carry) { bit++; continue; }
    const digit = window + carry;
    carry = digit >>> (width - 1) & 1;
    out[bit] = sign * (digit - (carry << width));
    bit += width;
  }
  return out;
}

const HEX = Array.from({ length: 256 }, (_, i) => i.toString(16).padStart(2, '0'));
const number = (from, at) => { let text = '0x'; for (let i = at; i < at + 32; i++) text += HEX[from[i]]; return BigInt(text); };
const put = (value, to, at) => { for (let i = at + 31; i >= at; i--) { to[i] = Number(value & 0xffn); value >>= 8n; } };

const streams = [WINDOW, WINDOW, BASE_WINDOW, BASE_WINDOW].map(width => ({ width, digits: new Int8Array(DIGITS + BASE_WINDOW) }));

function addMultiples(point, table, u1, u2) {
  const [k1, k2] = split(u2), [k3, k4] = split(u1);
  [k1, k2, k3, k4].forEach((k, i) => digits(k, streams[i].width, streams[i].digits));
  let begun = false;
  for (let bit = DIGITS - 1; bit >= 0; bit--) {
    if (begun) field.double(point);
    for (let i = 0; i < 4; i++) {
      const digit = streams[i].digits[bit];
      if (digit === 0) continue;
      const row = (i < 2 ? table : BASE) + ((digit < 0 ? -digit : digit) >> 1) * ROW, x = row + (i & 1) * SIZE, y = row + (digit < 0 ? 3 : 2) * SIZE;
      if (begun) { field.add(point, x, y); continue; }
      copy(point, x);
      copy(point + SIZE, y);
      copy(point + 2 * SIZE, ONE);
      begun = true;
    }
  }
}

// What is recovered, for each signature: nothing, its key, or that another has to look.
const NONE = 0, FOUND = 1, UNSURE = 2;

function recoverBatch(start, count, digests, signatures, odd, keys, found) {
  const items = [];
  for (let i = start; i < start + count; i++) {
    const r = number(signatures, 64 * i), s = number(signatures, 64 * i + 32);
    if (r === 0n || s === 0n || r >= N || 2n * s > N) continue;
    const x = LIFTED + items.length * 2 * SIZE, y = x + SIZE;
    write(x, r);
    field.square(VALUE, x, 1);
    field.multiply(VALUE, VALUE, x);
    words[VALUE / 8] += 7n;
    root(y, VALUE);
    field.square(TEMPORARY, y, 1);
    if (read(TEMPORARY) !== read(VALUE)) continue;
    if (Number(read(y) & 1n) !== odd[i]) negate(y, y);
    multiples(MULTIPLES + items.length * ROWS * POINT, x, ROWS);
    items.push({ i, r, s, e: number(digests, 32 * i) });
  }
  if (items.length === 0) return;
  rows(TABLE, items.length * ROWS);

  // One inversion for all r.
  let product = 1n;
  for (const item of items) { item.before = product; product = product * item.r % N; }
  let inverse = inverseOf(product);
  for (let j = items.length - 1; j >= 0; j--) {
    const item = items[j], by = inverse * item.before % N;
    inverse = inverse * item.r % N;
    addMultiples(SUMS + j * POINT, TABLE + j * ROWS * ROW, modulo(-item.e * by, N), item.s * by % N);
    if (read(SUMS + j * POINT + 2 * SIZE) === 0n) { item.unsure = true; copy(SUMS + j * POINT + 2 * SIZE, ONE); }
  }
  normalize(SUMS, items.length);
  items.forEach(({ i, unsure }, j) => {
    found[i] = unsure ? UNSURE : FOUND;
    if (unsure) return;
    put(read(SUMS + j * POINT), keys, 64 * i);
    put(read(SUMS + j * POINT + SIZE), keys, 64 * i + 32);
  });
}

/**
 * digests: 32 bytes each; signatures: 64, r and s; odd: 1 where the nonce point's y is odd. Written are keys, 64 bytes each, x and y, and found: NONE, FOUND, or UNSURE where somebody crafted a sum that only exact formulas add.
 * An s above n/2 has no key (EIP-2), and a nonce point with an x of n or more is not looked for. All five are views of .NET's memory: Browser/PageSignatures.cs.
 */
export function recover(digests, signatures, odd, keys, found) {
  const given = [digests, signatures, odd].map(view => view.slice()), [foundKeys, became] = [new Uint8Array(keys.length), new Uint8Array(found.length)];
  for (let start = 0; start < became.length; start += BATCH) recoverBatch(start, Math.min(BATCH, became.length - start), ...given, foundKeys, became);
  keys.set(foundKeys);
  found.set(became);
}
