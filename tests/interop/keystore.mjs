// Derives accounts from a phrase and opens and makes keystore V3 files with ethers.
import { HDNodeWallet, Mnemonic, Wallet, encryptKeystoreJson } from 'ethers';
import { readInput, writeOutput } from './io.mjs';

const { phrase, passphrase, keystore, password } = await readInput();
const root = HDNodeWallet.fromMnemonic(Mnemonic.fromPhrase(phrase, passphrase), "m/44'/60'/0'/0");
const opened = await Wallet.fromEncryptedJson(keystore, password);
const theirs = await encryptKeystoreJson({ address: opened.address, privateKey: opened.privateKey }, password, { scrypt: { N: 4096, r: 8, p: 1 } });
writeOutput({ accounts: [0, 1, 7].map((index) => root.deriveChild(index).address), opened: opened.address, keystore: theirs });
