/* Where the reader is, as the part of the address after `#`.

   `#pairs&effect=break&q=product` is a list with filters, `#pair=ID&effect=break` one row of it.
   The first name is the view or the kind of row; the rest are the filters. */

/** {name, value, filters} of the present address; name is empty at the start. */
function currentRoute() {
  const entries = [...new URLSearchParams(location.hash.slice(1))];
  const [name, value] = entries[0] ?? ["", ""];
  return { name, value, filters: Object.fromEntries(entries.slice(1)) };
}

/** The address of a view, a row, or a filtered list; empty filters are left out. */
function addressOf(name, value = "", filters = {}) {
  const rest = Object.entries(filters).filter(([, text]) => text !== "" && text !== undefined);
  const text = new URLSearchParams([[name, value], ...rest]).toString();
  return `#${value === "" ? text.replace("=", "") : text}`;
}

/** Change the filters of the present view without a new step in the history. */
function replaceFilters(filters) {
  const { name, value } = currentRoute();
  history.replaceState(null, "", addressOf(name, value, filters));
}
