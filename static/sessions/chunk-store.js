/**
 * Where recorded chunks wait until the server has them: IndexedDB, so that a reload or a crash loses nothing, or memory
 * where a private window has none. Chunks of one upload lie one after the other, by their offset in bytes.
 *
 *   const store = await ChunkStore.open();
 *   await store.add(url, { offset, blob });     // throws StoreFull
 *   await store.from(url, offset, maxBytes)     // Blob | null: what follows `offset`, pieces joined
 *   await store.drop(url, offset);              // all that ends at or before `offset`
 *   await store.waiting()                       // [{url, mime, isFinished, size, savedAt}], also of an earlier page
 *   await store.note(url, { mime, isFinished });
 *   await store.forget(url);
 *
 * @typedef {{url: string, mime: string, isFinished: boolean, size: number, savedAt: number}} Waiting
 * @typedef {{url: string, offset: number, blob: Blob}} Chunk
 */

const NAME = "greenroom-recordings";
const CHUNKS = "chunks";
const UPLOADS = "uploads";
/** Recordings that nobody asked for again are deleted from the browser after this. */
const FORGET_AFTER_MS = 7 * 24 * 3600 * 1000;

/** The disk has no room for more. */
export class StoreFull extends Error {
  constructor() {
    super("No room for the recording");
    this.name = "StoreFull";
  }
}

export class ChunkStore {
  /** @returns {Promise<ChunkStore>} */
  static async open() {
    try {
      const store = new ChunkStore(await openDatabase());
      await store.#forgetOld();
      return store;
    } catch {
      return new ChunkStore(null);
    }
  }

  /** Use `open`. @param {IDBDatabase | null} database null: memory */
  constructor(database) {
    this.database = database;
    /** @type {Map<string, Chunk[]>} */
    this.memory = new Map();
    /** @type {Map<string, Waiting>} */
    this.notes = new Map();
  }

  /** False where a reload would lose what waits. */
  get isLasting() {
    return this.database !== null;
  }

  /**
   * @param {string} url
   * @param {{offset: number, blob: Blob}} chunk
   */
  async add(url, { offset, blob }) {
    if (this.database === null) {
      this.memory.set(url, [...(this.memory.get(url) ?? []), { url, offset, blob }]);
      return;
    }
    try {
      await this.#do(CHUNKS, "readwrite", (chunks) => chunks.put({ url, offset, blob }));
    } catch (error) {
      if (/** @type {DOMException} */ (error)?.name === "QuotaExceededError") throw new StoreFull();
      throw error;
    }
  }

  /**
   * @param {string} url
   * @param {number} offset
   * @param {number} maxBytes
   * @returns {Promise<Blob | null>}
   */
  async from(url, offset, maxBytes) {
    const chunks = (await this.#chunks(url)).filter((chunk) => chunk.offset + chunk.blob.size > offset);
    if (chunks.length === 0 || chunks[0].offset > offset) return null;
    const joined = new Blob(chunks.map((chunk) => chunk.blob));
    const start = offset - chunks[0].offset;
    return joined.slice(start, start + maxBytes);
  }

  /**
   * @param {string} url
   * @param {number} offset
   */
  async drop(url, offset) {
    const done = (await this.#chunks(url)).filter((chunk) => chunk.offset + chunk.blob.size <= offset);
    if (this.database === null) {
      this.memory.set(
        url,
        (this.memory.get(url) ?? []).filter((chunk) => !done.includes(chunk)),
      );
      return;
    }
    for (const chunk of done) {
      await this.#do(CHUNKS, "readwrite", (chunks) => chunks.delete([url, chunk.offset]));
    }
  }

  /**
   * @param {string} url
   * @param {{mime: string, isFinished: boolean, size: number}} about
   */
  async note(url, about) {
    const entry = { url, ...about, savedAt: Date.now() };
    if (this.database === null) this.notes.set(url, entry);
    else await this.#do(UPLOADS, "readwrite", (uploads) => uploads.put(entry));
  }

  /** @returns {Promise<Waiting[]>} */
  async waiting() {
    if (this.database === null) return [...this.notes.values()];
    return this.#do(UPLOADS, "readonly", (uploads) => uploads.getAll());
  }

  /** @param {string} url */
  async forget(url) {
    await this.drop(url, Infinity);
    this.notes.delete(url);
    if (this.database !== null) await this.#do(UPLOADS, "readwrite", (uploads) => uploads.delete(url));
  }

  /**
   * @param {string} url
   * @returns {Promise<Chunk[]>} in order
   */
  async #chunks(url) {
    if (this.database === null) return this.memory.get(url) ?? [];
    return this.#do(CHUNKS, "readonly", (chunks) =>
      chunks.getAll(IDBKeyRange.bound([url, 0], [url, Infinity])),
    );
  }

  async #forgetOld() {
    for (const { url, savedAt } of await this.waiting()) {
      if (Date.now() - savedAt > FORGET_AFTER_MS) await this.forget(url);
    }
  }

  /**
   * One request in one transaction; resolves when it is on disk.
   * @param {string} name
   * @param {IDBTransactionMode} mode
   * @param {(store: IDBObjectStore) => IDBRequest} ask
   * @returns {Promise<any>}
   */
  #do(name, mode, ask) {
    return new Promise((resolve, reject) => {
      const transaction = /** @type {IDBDatabase} */ (this.database).transaction(name, mode);
      const request = ask(transaction.objectStore(name));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error ?? request.error);
    });
  }
}

/** @returns {Promise<IDBDatabase>} */
function openDatabase() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore(CHUNKS, { keyPath: ["url", "offset"] });
      request.result.createObjectStore(UPLOADS, { keyPath: "url" });
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error("blocked"));
  });
}
