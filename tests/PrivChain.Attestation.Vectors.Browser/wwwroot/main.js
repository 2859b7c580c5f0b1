// Fetches the archive of cases, judges every case in this page, and posts the lines back to the server that gave the page; what goes wrong is posted as well.
import { dotnet } from './_framework/dotnet.js';

try {
  const { getAssemblyExports, getConfig } = await dotnet.create();
  const exports = await getAssemblyExports(getConfig().mainAssemblyName);
  const archive = new Uint8Array(await (await fetch('cases.zip')).arrayBuffer());
  const lines = exports.PrivChain.Attestation.Vectors.Browser.Program.Judge(archive);
  await fetch('lines', { method: 'POST', body: lines });
} catch (error) {
  await fetch('fault', { method: 'POST', body: String(error?.stack ?? error) });
}
