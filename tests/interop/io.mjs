export async function readInput() {
  let text = '';
  for await (const chunk of process.stdin) text += chunk;
  return JSON.parse(text);
}

export function writeOutput(value) {
  process.stdout.write(JSON.stringify(value));
}

export const fromHex = (text) => Uint8Array.from(Buffer.from(text.replace(/^0x/, ''), 'hex'));
export const toHex = (bytes) => '0x' + Buffer.from(bytes).toString('hex');
