// Verifies Nitro documents with @evervault/wasm-attestation-bindings and @0xsequence/tee-verifier under AWS's root, each at its own time: for each document whether either accepts it, or why not.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { fromHex, readInput, writeOutput } from './io.mjs';

// The second is written for pages.
globalThis.window = globalThis;
const evervault = await import('@evervault/wasm-attestation-bindings');
const sequence = await import('@0xsequence/tee-verifier');
await evervault.default({ module_or_path: await readFile(fileURLToPath(import.meta.resolve('@evervault/wasm-attestation-bindings').replace('index.js', 'index_bg.wasm'))) });

const root = '641a0321a3e244efe456463195d606317ed7cdcc3c1756e09893f3c68f79bb5b';
const clock = Date.now;

function byEvervault(document, at) {
  // It reads the clock and takes no time.
  Date.now = () => at.getTime();
  try {
    return { accepted: evervault.validateAttestationDocPcrs(document, [evervault.PCRs.empty()]) };
  } catch (error) {
    return { accepted: false, reason: String(error) };
  } finally {
    Date.now = clock;
  }
}

async function bySequence(document, at) {
  try {
    const read = sequence.SignedAttestation.fromDocument(document);
    return { accepted: await read.verifyRootOfTrust(at) && await read.rootCertFingerprint() === root && await read.verifySignature() };
  } catch (error) {
    return { accepted: false, reason: String(error) };
  }
}

const { documents } = await readInput();
const verdicts = [];
for (const { document, at } of documents) {
  const text = Buffer.from(fromHex(document)).toString('base64');
  const time = new Date(at * 1000);
  verdicts.push({ evervault: byEvervault(text, time), sequence: await bySequence(text, time) });
}

writeOutput(verdicts);
