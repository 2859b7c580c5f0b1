// Hashes, recovers and signs one eth_signTypedData_v4 document with ethers and with viem.
import { TypedDataEncoder, Wallet, verifyTypedData } from 'ethers';
import { hashTypedData, recoverTypedDataAddress } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { readInput, writeOutput } from './io.mjs';

const { typedData, signature, privateKey } = await readInput();
const { EIP712Domain, ...types } = typedData.types;
const viemDocument = { ...typedData, domain: { ...typedData.domain, chainId: Number(typedData.domain.chainId) } };

writeOutput({
  ethers: {
    hash: TypedDataEncoder.hash(typedData.domain, types, typedData.message),
    recovered: verifyTypedData(typedData.domain, types, typedData.message, signature),
    signature: await new Wallet(privateKey).signTypedData(typedData.domain, types, typedData.message),
  },
  viem: {
    hash: hashTypedData(viemDocument),
    recovered: await recoverTypedDataAddress({ ...viemDocument, signature }),
    signature: await privateKeyToAccount(privateKey).signTypedData(viemDocument),
  },
});
