/* Read the data that the page carries: JSON, deflated, in base64. */

/** The document of a block, or null where the page has no such block. */
async function readBlock(name) {
  const element = document.getElementById(`block-${name}`);
  if (!element) return null;
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

/** The whole page has been parsed: blocks behind the scripts are there. */
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
    this.texts = []; // lower-case text of each row, for searching
    this.chunks = new Map();
  }

  /** Value of a column in a row. */
  get(column, row) {
    const values = this.columns[column];
    return Array.isArray(values) ? values[row] : values.values[values.codes[row]];
  }

  /** Different values of a column with their counts, most frequent first. */
  values(column) {
    const counts = new Map();
    for (let row = 0; row < this.count; row++) {
      const value = this.get(column, row);
      counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    return [...counts].sort((a, b) => b[1] - a[1] || (String(a[0]) < String(b[0]) ? -1 : 1));
  }

  /** Rows for which the column has this value. */
  rowsWith(column, value) {
    const rows = [];
    for (let row = 0; row < this.count; row++) if (this.get(column, row) === value) rows.push(row);
    return rows;
  }

  async detail(row) {
    const chunk = this.chunkOf(row);
    return (await this.chunk(chunk))[row - this.starts[chunk]];
  }

  chunkOf(row) {
    let low = 0;
    let high = this.starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.starts[middle] <= row) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  async chunk(number) {
    let rows = this.chunks.get(number);
    if (!rows) {
      await pageIsParsed();
      rows = await readBlock(`${this.name}-${number}`);
    }
    this.chunks.delete(number); // to the end: the first one is the one that waited longest
    this.chunks.set(number, rows);
    if (this.chunks.size > CHUNKS_KEPT) this.chunks.delete(this.chunks.keys().next().value);
    return rows;
  }

  /** Lower-case text of the index columns of every row: quick, and enough to begin with. */
  readIndexTexts(columns) {
    for (let row = 0; row < this.count; row++) {
      this.texts[row] = columns.map((column) => this.get(column, row) ?? "").join("\n").toLowerCase();
    }
  }

  /** Add what `textOf(detail)` gives to the texts, chunk by chunk, in idle time. */
  async readDetailTexts(textOf) {
    for (let number = 0; number < this.starts.length; number++) {
      await whenIdle();
      const rows = await this.chunk(number);
      rows.forEach((detail, offset) => {
        this.texts[this.starts[number] + offset] += `\n${textOf(detail)}`.toLowerCase();
      });
    }
  }
}
