// Loaded before Azurite: takes many blobs at once through a socket, for bench.ledger. Each is like
// one that is there, which was written through Azurite: the same but for its path, its metadata
// and its content.
"use strict";
const crypto = require("crypto");
const net = require("net");
const path = require("path");
const readline = require("readline");

const load = require("module").createRequire(path.resolve(process.argv[1]));
const AZURITE = path.join(path.dirname(load.resolve("azurite/package.json")), "dist/src");
const Store = load(path.join(AZURITE, "blob/persistence/LokiBlobMetadataStore")).default;
const Extents = load(path.join(AZURITE, "common/persistence/MemoryExtentStore")).default;
const { newEtag } = load(path.join(AZURITE, "common/utils/utils"));

let store, extents;
const { init: initStore } = Store.prototype;
const { init: initExtents } = Extents.prototype;
Store.prototype.init = function () {
  store = this;
  return initStore.call(this);
};
Extents.prototype.init = function () {
  extents = this;
  return initExtents.call(this);
};

// Each line is a container and some blobs of it. An empty line ends them; the answer is "done".
net
  .createServer(async (socket) => {
    const blobs = store.db.getCollection(store.BLOBS_COLLECTION);
    const known = new Map();
    const like = (container, name) => {
      const key = `${container}/${name}`;
      if (!known.has(key)) known.set(key, blobs.findOne({ containerName: container, name }));
      return known.get(key);
    };
    const taken = [];
    for await (const line of readline.createInterface({ input: socket })) {
      if (!line) break;
      const { container, blobs: given } = JSON.parse(line);
      const contents = given.map((it) => Buffer.from(it.content, "base64"));
      const extent = await extents.appendExtent(Buffer.concat(contents), "");
      let offset = extent.offset;
      for (const [place, it] of given.entries()) {
        const content = contents[place];
        taken.push(made(like(container, it.like), it, content, { ...extent, offset, count: content.length }));
        offset += content.length;
      }
    }
    // An index that is kept up at each insertion would take most of the time.
    blobs.adaptiveBinaryIndices = false;
    blobs.insert(taken);
    blobs.adaptiveBinaryIndices = true;
    blobs.ensureAllIndexes(true);
    socket.end("done");
  })
  .listen(process.env.FILL_SOCKET)
  .unref();

function made(like, { path: name, metadata }, content, { id, offset, count }) {
  const { $loki, meta, ...blob } = like;
  const persistency = { id, offset, count };
  const properties = { ...blob.properties, etag: newEtag(), contentLength: count };
  if (properties.contentMD5) properties.contentMD5 = crypto.createHash("md5").update(content).digest();
  const one = { ...blob, name, metadata, properties };
  if (!blob.committedBlocksInOrder) return { ...one, persistency };
  const [block] = blob.committedBlocksInOrder;
  return { ...one, committedBlocksInOrder: block ? [{ ...block, persistency, size: count }] : [] };
}
