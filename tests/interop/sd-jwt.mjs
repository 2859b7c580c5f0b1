// Verifies one of our records as an SD-JWT with @sd-jwt/core, and the bare issuer token with jose where it knows the algorithm.
import { createHash, createPublicKey, verify as verifySignature } from 'node:crypto';
import { SDJwtInstance } from '@sd-jwt/core';
import { compactVerify, importJWK } from 'jose';
import { readInput, writeOutput } from './io.mjs';

const { token, jwk, algorithm } = await readInput();
const publicKey = createPublicKey({ key: jwk, format: 'jwk' });
const sdJwt = new SDJwtInstance({
  hasher: (data, name) => createHash(name.replace('-', '')).update(Buffer.from(data)).digest(),
  verifier: (data, signature) =>
    verifySignature('sha256', Buffer.from(data), { key: publicKey, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url')),
});

const result = await sdJwt.verify(token);
let jose = null;
if (algorithm === 'ES256') {
  const verified = await compactVerify(token.split('~')[0], await importJWK(jwk, algorithm));
  jose = verified.protectedHeader.alg;
}

writeOutput({ payload: result.payload, jose });
