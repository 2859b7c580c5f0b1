// Makes an ML-DSA-44 key of a seed (FIPS 204), signs a message with it by the deterministic variant, and verifies a signature of ours, with @noble/post-quantum.
import { ml_dsa44 } from '@noble/post-quantum/ml-dsa.js';
import { fromHex, readInput, toHex, writeOutput } from './io.mjs';

const { seed, message, signature } = await readInput();
const { publicKey, secretKey } = ml_dsa44.keygen(fromHex(seed));
writeOutput({
  publicKey: toHex(publicKey),
  signature: toHex(ml_dsa44.sign(fromHex(message), secretKey, { extraEntropy: false })),
  verified: ml_dsa44.verify(fromHex(signature), fromHex(message), publicKey),
});
