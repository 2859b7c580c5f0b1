// Verifies quotes with @phala/dcap-qvl under Intel's root: for each its TCB status and advisories, or why it was refused.
import qvl from '@phala/dcap-qvl';
import { fromHex, readInput, writeOutput } from './io.mjs';

const { quotes } = await readInput();
const text = (hex) => Buffer.from(fromHex(hex)).toString('utf8');
writeOutput(quotes.map(({ quote, collateral, at }) => {
  try {
    const report = qvl.verify(Buffer.from(fromHex(quote)), {
      tcb_info_issuer_chain: text(collateral.signingChain),
      tcb_info: text(collateral.tcbInfo),
      tcb_info_signature: collateral.tcbInfoSignature,
      qe_identity_issuer_chain: text(collateral.signingChain),
      qe_identity: text(collateral.qeIdentity),
      qe_identity_signature: collateral.qeIdentitySignature,
      pck_crl_issuer_chain: text(collateral.pckCrlChain),
      pck_crl: Buffer.from(fromHex(collateral.pckCrl)),
      root_ca_crl: Buffer.from(fromHex(collateral.rootCrl)),
    }, at);
    return { accepted: true, status: report.status, advisories: report.advisory_ids };
  } catch (error) {
    return { accepted: false, reason: error.message };
  }
}));
