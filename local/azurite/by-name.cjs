// Loaded before Azurite: blobs are found by an index of their names, as Azure Storage finds them.
// Azurite itself looks at all blobs of the account at each call, so that a call takes the longer,
// the more blobs there are.
"use strict";
const path = require("path");

const load = require("module").createRequire(path.resolve(process.argv[1]));
const BLOB = path.join(path.dirname(load.resolve("azurite/package.json")), "dist/src/blob");
const part = (name) => load(path.join(BLOB, name)).default;
const Loki = load("lokijs");
const Store = part("persistence/LokiBlobMetadataStore");
const LeaseFactory = part("lease/LeaseFactory");
const LeaseAdapter = part("lease/BlobLeaseAdapter");
const LeaseSyncer = part("lease/BlobLeaseSyncer");

// Of the time, so much passes between two saves for each part that a save takes.
const REST = 50;

// The last character that an answer in XML may have: it comes after all names of a folder.
const LAST = "\uFFFD";

const { addCollection } = Loki.prototype;
const { find } = Loki.Resultset.prototype;
const { listBlobs } = Store.prototype;

// Each index costs time at each write, and Loki uses one in a query: that of its first property.
Loki.prototype.addCollection = function (name, options) {
  const holdsBlobs = options?.indices?.includes("containerName");
  const own = holdsBlobs ? { ...options, indices: [index(options.indices)] } : options;
  return addCollection.call(this, name, own);
};

Loki.Resultset.prototype.find = function (query, firstOnly) {
  const first = index(Object.keys(query ?? {}));
  const named = typeof query?.[first] === "string";
  return find.call(this, named ? { [first]: query[first], ...query } : query, firstOnly);
};

// Azurite saves all that it knows every five seconds, which takes the longer, the more that is.
Loki.prototype.autosaveEnable = function () {
  const least = this.autosaveInterval ?? 5000;
  const save = () => {
    const began = Date.now();
    const saved = () => {
      const wait = Math.max(least, REST * (Date.now() - began));
      if (this.autosaveHandle !== null) this.autosaveHandle = setTimeout(save, wait);
    };
    if (this.autosaveDirty()) this.saveDatabase(saved);
    else saved();
  };
  this.autosave = true;
  this.autosaveHandle = setTimeout(save, least);
};

function index(properties) {
  return properties.includes("blobName") ? "blobName" : "name";
}

// Loki orders names that are numbers as numbers. None of them has a slash.
Store.prototype.listBlobs = async function (...given) {
  const [context, account, container, delimiter, blob, prefix = "", most = 5000] = given;
  const [marker = "", snapshots, uncommitted] = given.slice(7);
  if (blob !== undefined || !prefix.includes("/")) return listBlobs.apply(this, given);
  const shown = (it) =>
    it.accountName === account &&
    it.containerName === container &&
    it.name > marker &&
    (snapshots || it.snapshot.length === 0) &&
    (uncommitted || it.isCommitted);
  const [found, folders] = [[], []];
  const from = marker > prefix ? marker : prefix;
  const walk = inOrder(this.db.getCollection(this.BLOBS_COLLECTION), from);
  let it = walk.next().value;
  let last = "";
  let full = false;
  while (it?.name.startsWith(prefix)) {
    let after;
    if (shown(it)) {
      full = found.length + folders.length === most;
      if (full) break;
      const end = delimiter === undefined ? -1 : it.name.indexOf(delimiter, prefix.length);
      if (end < 0) found.push(it);
      else {
        folders.push(it.name.slice(0, end + delimiter.length));
        after = folders.at(-1) + LAST;
      }
      last = after ?? it.name;
    }
    it = walk.next(after).value;
  }
  for (const { properties } of found) {
    properties.contentMD5 = this.restoreUint8Array(properties.contentMD5);
  }
  const blobs = found.map((one) => leased(one, context));
  return [blobs, folders.map((name) => ({ name })), full ? last : ""];
};

function leased(blob, context) {
  const state = LeaseFactory.createLeaseState(new LeaseAdapter(blob), context);
  return state.sync(new LeaseSyncer(blob));
}

// The blobs from a name with a slash on. It goes on from a later name that it is given.
function* inOrder(blobs, from) {
  blobs.ensureIndex("name");
  const places = blobs.binaryIndices.name.values;
  const placeOf = (name) => {
    let [low, high] = [0, places.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isBefore(blobs.data[places[middle]].name, name)) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  let place = placeOf(from);
  while (place < places.length) {
    const later = yield blobs.data[places[place]];
    place = later === undefined ? place + 1 : placeOf(later);
  }
}

function isBefore(name, from) {
  return !Number.isNaN(Number(name)) || name < from;
}
