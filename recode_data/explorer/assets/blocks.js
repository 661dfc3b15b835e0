/* Read the data that the page carries: JSON as it is, or deflated and in base64. */

/** The document of a block. */
async function readBlock(name) {
  await pageIsParsed(); // the blocks stand behind the scripts
  const element = document.getElementById(`block-${name}`);
  if (element.type === "application/json") return JSON.parse(element.textContent);
  const stream = new Blob([fromBase64(element.textContent)])
    .stream()
    .pipeThrough(new DecompressionStream("deflate"));
  return JSON.parse(await new Response(stream).text());
}

function fromBase64(text) {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text);
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

function pageIsParsed() {
  if (document.readyState !== "loading") return Promise.resolve();
  return new Promise((resolve) =>
    document.addEventListener("DOMContentLoaded", () => resolve(), { once: true }),
  );
}

/** Let the browser draw and answer, then go on. */
function whenIdle() {
  return new Promise((resolve) => {
    if (window.requestIdleCallback) requestIdleCallback(() => resolve(), { timeout: 200 });
    else setTimeout(resolve, 8);
  });
}

const CHUNKS_KEPT = 4; // decoded details: some MB; searching needs only their text

/** Rows with an index that is here, and details that are decoded when somebody wants them. */
class Collection {
  constructor(name, index) {
    this.name = name;
    this.count = index.count;
    this.starts = index.starts;
    this.columns = index.columns;
    this.chunks = new Map();
    this.texts = []; // lower-case text of each row, for searching
    for (let row = 0; row < this.count; row++) this.texts.push(this.indexText(row));
  }

  /** Value of a column in a row; null where the row has none. */
  get(column, row) {
    const values = this.columns[column];
    return Array.isArray(values) ? values[row] : values.values[values.codes[row]];
  }

  indexText(row) {
    const values = Object.keys(this.columns).map((column) => this.get(column, row) ?? "");
    return values.join("\n").toLowerCase();
  }

  /** Different values of a column with their counts, most frequent first; null is left out. */
  values(column) {
    const counts = new Map();
    for (let row = 0; row < this.count; row++) {
      const value = this.get(column, row);
      if (value !== null && value !== undefined) counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    return [...counts].sort((a, b) => b[1] - a[1] || (String(a[0]) < String(b[0]) ? -1 : 1));
  }

  /** Number of the row with this id, or -1. */
  find(id) {
    for (let row = 0; row < this.count; row++) if (this.get("id", row) === id) return row;
    return -1;
  }

  /** {article, search, oldCode, newCode} of a row; the article is HTML. */
  async detail(row) {
    let chunk = this.starts.length - 1;
    while (this.starts[chunk] > row) chunk--;
    const [article, search, oldCode, newCode] = (await this.chunk(chunk))[row - this.starts[chunk]];
    return { article, search, oldCode, newCode };
  }

  async chunk(number) {
    const rows = this.chunks.get(number) ?? (await readBlock(`${this.name}-${number}`));
    this.chunks.delete(number); // to the end: the first one is the one that waited longest
    this.chunks.set(number, rows);
    if (this.chunks.size > CHUNKS_KEPT) this.chunks.delete(this.chunks.keys().next().value);
    return rows;
  }

  /** Add the details to what searching looks at, chunk by chunk, in idle time. */
  async readDetailTexts() {
    for (let number = 0; number < this.starts.length; number++) {
      await whenIdle();
      const rows = await readBlock(`${this.name}-${number}`);
      rows.forEach(([, ...texts], offset) => {
        this.texts[this.starts[number] + offset] += `\n${texts.join("\n").toLowerCase()}`;
      });
    }
  }
}
