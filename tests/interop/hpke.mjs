// Opens what we sealed and seals what we open, with @hpke (RFC 9180 base mode, AES-256-GCM).
import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from '@hpke/core';
import { XWing } from '@hpke/hybridkem-x-wing';
import { fromHex, readInput, toHex, writeOutput } from './io.mjs';

const { kem, publicKey, privateKey, info, aad, encapsulated, messages } = await readInput();
const suite = new CipherSuite({ kem: kem === 'XWing' ? new XWing() : new DhkemX25519HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });
const recipientKey = await suite.kem.deserializePrivateKey(fromHex(privateKey));
const recipientPublicKey = await suite.kem.deserializePublicKey(fromHex(publicKey));

const recipient = await suite.createRecipientContext({ recipientKey, enc: fromHex(encapsulated), info: fromHex(info) });
const opened = [];
for (const message of messages) opened.push(toHex(await recipient.open(fromHex(message), fromHex(aad))));

const sender = await suite.createSenderContext({ recipientPublicKey, info: fromHex(info) });
const sealed = [];
for (const message of opened) sealed.push(toHex(await sender.seal(fromHex(message), fromHex(aad))));
writeOutput({ opened, encapsulated: toHex(sender.enc), sealed });
