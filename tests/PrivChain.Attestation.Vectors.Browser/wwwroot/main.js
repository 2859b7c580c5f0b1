// Fetches the archive of cases, judges every case in this page (with ?time, measures how long one piece of evidence of each kind takes), and posts the lines back to the server that gave the page; what goes wrong is posted as well.
import { dotnet } from './_framework/dotnet.js';

try {
  const { getAssemblyExports, getConfig } = await dotnet.create();
  const exports = await getAssemblyExports(getConfig().mainAssemblyName);
  const archive = new Uint8Array(await (await fetch('cases.zip')).arrayBuffer());
  const page = exports.PrivChain.Attestation.Vectors.Browser.Program;
  const lines = location.search === '?time' ? page.Time(archive) : page.Judge(archive);
  await fetch('lines', { method: 'POST', body: lines });
} catch (error) {
  await fetch('fault', { method: 'POST', body: String(error?.stack ?? error) });
}
