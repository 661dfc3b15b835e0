/* Where the reader is, as the part of the address after `#`.

   `#pairs&effect=break&q=product` is a view with filters, `#ID&effect=break` one row of it. */

/** {name, filters} of the present address; name is empty at the start. */
function currentRoute() {
  const entries = [...new URLSearchParams(location.hash.slice(1))];
  return { name: entries[0]?.[0] ?? "", filters: Object.fromEntries(entries.slice(1)) };
}

/** The address of a view or a row with filters; empty filters are left out. */
function addressOf(name, filters = {}) {
  const rest = Object.entries(filters).filter(([, text]) => text !== "" && text !== undefined);
  const query = new URLSearchParams(rest).toString();
  return `#${encodeURIComponent(name)}${query ? `&${query}` : ""}`;
}

/** Change the filters of the present view without a new step in the history. */
function replaceFilters(filters) {
  history.replaceState(null, "", addressOf(currentRoute().name, filters));
}
