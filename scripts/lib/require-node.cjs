// Loaded before everything else (node -r), in words that every Node understands: an old one gets a sentence, not a stack.
var major = Number(process.versions.node.split('.')[0]);
if (major < 20) {
  console.error(
    'Foyer needs Node 20 or newer. This is Node ' +
      process.versions.node +
      '.\nInstall a newer one from https://nodejs.org, then run the command again.',
  );
  process.exit(1);
}
