// Verifies what we signed and signs what we verify, decrypts what we encrypted and encrypts what we decrypt, with sm-crypto.
import smCrypto from 'sm-crypto';
import { readInput, writeOutput } from './io.mjs';

const { sm2, sm3 } = smCrypto;
const { privateKey, publicKey, userId, message, signature, ciphertext, plaintext } = await readInput();
const bytes = (hex) => Array.from(Buffer.from(hex, 'hex'));
const options = { hash: true, publicKey, userId };

writeOutput({
  verified: sm2.doVerifySignature(bytes(message), signature, publicKey, options),
  signature: sm2.doSignature(bytes(message), privateKey, options),
  // sm-crypto leaves the 04 before C1 out; 1 is C1, C3, C2.
  plaintext: Buffer.from(sm2.doDecrypt(ciphertext, privateKey, 1, { output: 'array' })).toString('hex'),
  ciphertext: sm2.doEncrypt(bytes(plaintext), publicKey, 1),
  digest: sm3(bytes(message)),
});
