/* A list with filters and pages; its rows open. */

const ROWS_PER_PAGE = 50;

class ListingView {
  /** `section` has the heading; `description` is what the page says about this list. */
  constructor(section, description, words, collection) {
    this.section = section;
    this.name = section.id;
    this.description = description;
    this.words = words;
    this.collection = collection;
    this.controls = new Map();
    this.opened = null;
    this.list = el("div", { class: "list" });
    this.article = el("article", { class: "row", hidden: true });
    this.build();
  }

  label(column, value) {
    if (value === null || value === undefined) return "";
    return visible(String(this.words[column]?.[value] ?? value));
  }

  /** A column's value in a row as text; nothing where there is no such column. */
  shown(column, row) {
    return column in this.collection.columns ? this.label(column, this.collection.get(column, row)) : "";
  }

  // --- the parts that stay -----------------------------------------------------------------------

  build() {
    const search = this.control(
      "q",
      "Search",
      el("input", { type: "search", placeholder: "words in code, names, messages", enterkeyhint: "search" }),
    );
    const selects = this.description.filters.flatMap(([column, label]) => {
      const values = this.collection.values(column);
      if (values.length < 2) return [];
      const options = values.map(([value, count]) =>
        el("option", { value }, `${this.label(column, value)} (${NUMBER.format(count)})`),
      );
      return [this.control(column, label, el("select", {}, el("option", { value: "" }, "all"), options))];
    });
    this.clear = el("button", { type: "button", class: "clear" }, "Clear filters");
    this.clear.addEventListener("click", () => {
      for (const control of this.controls.values()) control.value = "";
      this.changed();
      this.controls.get("q").focus();
    });
    const form = el("form", { class: "filters", role: "search" }, search, selects, this.clear);
    form.addEventListener("submit", (event) => event.preventDefault());
    this.count = el("p", { class: "found" });
    this.table = el("table", { class: "rows" });
    this.pager = el("nav", { class: "pager", "aria-label": "Pages of the list" });
    this.list.append(form, this.count, this.table, this.pager);
    this.section.append(this.list, this.article);
  }

  control(name, label, control) {
    const id = `${this.name}-filter-${name}`;
    control.id = id;
    control.addEventListener("input", () => this.changed());
    this.controls.set(name, control);
    return el("div", { class: `filter${name === "q" ? " wide" : ""}` }, el("label", { for: id }, label), control);
  }

  // --- the list ----------------------------------------------------------------------------------

  /** The reader changed a filter. */
  changed() {
    replaceFilters(this.filters());
    this.showList(this.filters());
    announce(this.count.textContent);
  }

  filters() {
    return Object.fromEntries([...this.controls].map(([name, control]) => [name, control.value]));
  }

  /** Numbers of the rows that the filters leave. */
  rows(filters) {
    const { collection } = this;
    const chosen = this.description.filters.filter(([column]) => filters[column]);
    const terms = (filters.q ?? "").toLowerCase().split(/\s+/).filter(Boolean);
    const rows = [];
    for (let row = 0; row < collection.count; row++) {
      if (
        chosen.every(([column]) => String(collection.get(column, row)) === filters[column]) &&
        terms.every((term) => collection.texts[row].includes(term))
      ) {
        rows.push(row);
      }
    }
    return rows;
  }

  showList(filters) {
    for (const [name, control] of this.controls) control.value = filters[name] ?? "";
    const rows = this.rows(filters);
    const pages = Math.max(1, Math.ceil(rows.length / ROWS_PER_PAGE));
    const page = Math.min(pages, Math.max(1, Number(filters.page) || 1));
    const first = (page - 1) * ROWS_PER_PAGE;
    this.clear.hidden = rows.length === this.collection.count;
    this.count.textContent = this.foundText(rows.length);
    this.drawTable(rows.slice(first, first + ROWS_PER_PAGE), filters);
    this.drawPager(page, pages, filters);
    this.showPart(this.list);
  }

  /** The list with what introduces it, or one row. */
  showPart(part) {
    for (const child of this.section.children) {
      child.hidden = part === this.article ? child !== part : child === this.article;
    }
  }

  foundText(found) {
    const all = this.collection.count;
    const noun = this.description.noun;
    return found === all ? counted(all, noun) : `${NUMBER.format(found)} of ${counted(all, noun)}`;
  }

  drawTable(rows, filters) {
    const columns = this.description.columns.filter(
      ([, column]) => !["step", "split"].includes(column) || this.collection.values(column).length > 1,
    );
    const head = el("tr", {}, columns.map(([label, , kind]) => el("th", { scope: "col", class: `is-${kind}` }, label)));
    const body = el("tbody");
    let group = null;
    for (const row of rows) {
      const value = this.description.group && this.collection.get(this.description.group, row);
      if (value !== null && value !== group) {
        group = value;
        body.append(this.groupRow(value, columns.length));
      }
      body.append(
        el("tr", {}, columns.map(([label, column, kind]) => this.cell(row, label, column, kind, filters))),
      );
    }
    this.table.replaceChildren(
      el("caption", { class: "visually-hidden" }, this.count.textContent),
      el("thead", {}, head),
      body,
    );
    this.table.hidden = rows.length === 0;
  }

  groupRow(value, width) {
    const text = this.label(this.description.group, value);
    const title = text.charAt(0).toUpperCase() + text.slice(1);
    return el("tr", { class: "group" }, el("th", { scope: "rowgroup", colspan: width }, title));
  }

  cell(row, label, column, kind, filters) {
    const value = this.collection.get(column, row);
    if (kind === "link") {
      const link = el("a", { href: addressOf(this.collection.get("id", row), filters) }, this.api(row));
      return el("th", { scope: "row", class: "is-link" }, link);
    }
    const missing = value === null || value === undefined || value === "";
    return el("td", { class: `is-${kind}${missing ? " missing" : ""}`, "data-label": label }, this.drawn(column, kind, value));
  }

  drawn(column, kind, value) {
    if (value === null || value === undefined) return "";
    if (kind === "badge") return el("span", { class: `badge ${value}` }, this.label(column, value));
    if (kind === "verdict") return el("span", { class: `verdict ${value}` }, this.label(column, value));
    if (kind === "number") return NUMBER.format(value);
    if (kind === "code") return dotted(value);
    return this.label(column, value);
  }

  /** What a row is about: `old.api(parameter) → new.api`. */
  api(row) {
    const get = (column) => (column in this.collection.columns ? this.collection.get(column, row) : null);
    const [oldApi, parameter, newApi] = [get("old_api"), get("parameter"), get("new_api")];
    const nodes = [dotted(parameter ? `${oldApi}(${parameter})` : oldApi)];
    if (newApi && newApi !== oldApi) nodes.push(el("span", { class: "arrow" }, " → "), dotted(newApi));
    return nodes;
  }

  drawPager(page, pages, filters) {
    const step = (label, to, enabled) =>
      enabled
        ? el("a", { href: addressOf(this.name, { ...filters, page: to === 1 ? "" : to }) }, label)
        : el("span", { class: "off", "aria-hidden": "true" }, label);
    this.pager.replaceChildren(
      step("← Previous", page - 1, page > 1),
      el("span", { "aria-current": "page" }, `Page ${NUMBER.format(page)} of ${NUMBER.format(pages)}`),
      step("Next →", page + 1, page < pages),
    );
    this.pager.hidden = pages === 1;
  }

  // --- one row -----------------------------------------------------------------------------------

  async showRow(row, filters) {
    const detail = await this.collection.detail(row);
    const among = this.rows(filters);
    const at = among.indexOf(row);
    const id = this.collection.get("id", row);
    const neighbour = (offset, label, rel) => {
      const other = at < 0 ? undefined : among[at + offset];
      if (other === undefined) return null;
      return el("a", { rel, href: addressOf(this.collection.get("id", other), filters) }, label);
    };
    const back = { ...filters, page: at < ROWS_PER_PAGE ? "" : Math.floor(at / ROWS_PER_PAGE) + 1 };
    const steps = el(
      "nav",
      { class: "steps", "aria-label": "Rows" },
      el("a", { rel: "up", href: addressOf(this.name, back) }, "← All in this list"),
      neighbour(-1, "Previous", "prev"),
      neighbour(1, "Next", "next"),
    );
    const content = el("div", { class: "content" });
    content.innerHTML = detail.article; // escaped where it was made
    const effect = this.collection.columns.effect && this.drawn("effect", "badge", this.collection.get("effect", row));
    this.article.replaceChildren(
      steps,
      el("h1", { tabindex: "-1" }, effect, " ", this.api(row)),
      el("p", { class: "quiet" }, ["kind", "step"].map((name) => this.shown(name, row)).filter(Boolean).join(" · ")),
      el(
        "p",
        { class: "tools" },
        detail.oldCode ? copyButton("Copy old code", () => detail.oldCode) : null,
        detail.newCode && detail.newCode !== detail.oldCode ? copyButton("Copy new code", () => detail.newCode) : null,
        copyButton("Copy link", () => location.href.split("#")[0] + addressOf(id)),
      ),
      content,
    );
    this.opened = id;
    this.showPart(this.article);
  }

  /** Links of the rows that are shown. */
  rowLinks() {
    return [...this.table.querySelectorAll("tbody th a")];
  }
}
