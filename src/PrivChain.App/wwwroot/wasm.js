// Instructions of WebAssembly as bytes (webassembly.github.io/spec/core/binary), for modules that this app's scripts assemble from their source: no binary belongs into the tree, and a clone has no tool to make one.

const leb = n => { const out = []; do { let b = n & 0x7f; n >>>= 7; if (n) b |= 0x80; out.push(b); } while (n); return out; };
const sleb = n => { const out = []; for (;;) { const b = Number(n & 0x7fn); n >>= 7n; if ((n === 0n && !(b & 0x40)) || (n === -1n && b & 0x40)) { out.push(b); return out; } out.push(b | 0x80); } };

export const get = n => [0x20, ...leb(n)], set = n => [0x21, ...leb(n)], tee = n => [0x22, ...leb(n)], call = n => [0x10, ...leb(n)];
export const i32 = n => [0x41, ...sleb(BigInt(n))], i64 = n => [0x42, ...sleb(BigInt(n))];
export const load = offset => [0x29, 3, ...leb(offset)], store = offset => [0x37, 3, ...leb(offset)];
const I32 = 0x7f, I64 = 0x7e;
export const LOOP = [0x03, 0x40], IF = [0x04, 0x40], ELSE = 0x05, END = 0x0b, BREAK_IF = [0x0d, 0];
export const ADD32 = 0x6a, SUB32 = 0x6b, LESS32 = 0x49, ADD = 0x7c, MUL = 0x7e, AND = 0x83, XOR = 0x85, SHL = 0x86, SHR = 0x87, ROTR = 0x8a;

const section = (id, body) => [id, ...leb(body.length), ...body];
const vector = items => [...leb(items.length), ...items.flat()];
const name = text => vector([...text].map(letter => letter.charCodeAt(0)));

/**
 * What a module exports: a memory of `pages` times 64 KiB, `memory`, and functions whose parameters are i32 and that return nothing.
 * functions: { name: { parameters, counters, words, code } }, the first with index 0; counters are locals of type i32 after the parameters, words of type i64 after those.
 */
export async function instantiate(pages, functions) {
  const all = Object.values(functions);
  const bytes = new Uint8Array([
    0, 0x61, 0x73, 0x6d, 1, 0, 0, 0,
    ...section(1, vector(all.map(({ parameters }) => [0x60, ...vector(Array(parameters).fill(I32)), 0]))),
    ...section(3, vector(all.map((_, i) => leb(i)))),
    ...section(5, [1, 0, ...leb(pages)]),
    ...section(7, vector([[...name('memory'), 2, 0], ...Object.keys(functions).map((key, i) => [...name(key), 0, ...leb(i)])])),
    ...section(10, vector(all.map(({ counters = 0, words, code }) => {
      const body = [2, ...leb(counters), I32, ...leb(words), I64, ...code, END];
      return [...leb(body.length), ...body];
    }))),
  ]);
  // Not at once: browsers compile nothing large on the thread of a page.
  return (await WebAssembly.instantiate(bytes)).instance.exports;
}
