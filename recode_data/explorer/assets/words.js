/* What the toolkit's values are called, and numbers as people write them. */

const NUMBER = new Intl.NumberFormat("en");

const number = (value) => (value === null || value === undefined ? "–" : NUMBER.format(value));

/** `1 pair`, `2 pairs`. */
const counted = (count, noun) => `${number(count)} ${noun}${count === 1 ? "" : "s"}`;

/** A share in [0, 1] in percent: whole numbers from 10 up, one decimal below. */
function percent(share) {
  const value = share * 100;
  const digits = value > 0 && value < 10 ? 1 : 0;
  return `${value.toFixed(digits)} %`;
}

/** Enum values as words. */
const plain = (value) => String(value ?? "").replaceAll("_", " ");

const EFFECTS = {
  break: { label: "breaks", sentence: "old code raises an error on the new version" },
  warn: { label: "warns", sentence: "old code runs, with a new deprecation or future warning" },
  drift: { label: "drifts", sentence: "old code runs, and gives something else" },
  none: { label: "no edit needed", sentence: "old code is right as it is (control row)" },
};

const PRODUCERS = {
  evolved: "the same example in the documentation of both versions",
  forward: "an old usage, rewritten to the new API",
  backward: "a new usage, rewritten to the old API",
  composed: "several proved pairs joined into one program",
  control: "a usage that needs no edit",
};

const DROP_REASONS = {
  unparsable: "not Python that parses",
  old_fails_on_old: "old code fails on the old version already",
  new_fails_on_new: "new code fails on the new version",
  new_warns_on_new: "new code still warns on the new version",
  nothing_changed: "old code runs the same on both versions",
  not_at_the_change: "what happens has nothing to do with the changed API",
  results_differ: "new code gives other results than old code did",
  unobservable: "nothing that can be compared depends on the change",
  nondeterministic: "two runs of the same code differ",
  timed_out: "ran out of time",
  out_of_memory: "ran out of memory",
  crashed: "the interpreter died",
  duplicate: "the same pair is there already",
  near_duplicate: "almost the same pair is there already",
  over_cap: "enough pairs for this change already",
  sandbox_failed: "the sandbox failed, which says nothing about the code",
};

const EVIDENCE = {
  surface: "public API",
  identity: "same object at run time",
  error_message: "error message",
  warning_message: "warning",
  deprecation: "deprecation mark",
  forwarding: "forwards to it",
  release_notes: "release notes",
  evolution: "the library's own examples",
  similarity: "similar name and signature",
  probe: "run of an old usage",
};

function effectBadge(effect) {
  return el("span", { class: `badge ${effect}` }, EFFECTS[effect]?.label ?? plain(effect));
}

/** `numpy 1.26.4 → 2.0.0` of a row. */
function stepOf(collection, row) {
  const [library, old, fresh] = ["library", "old_version", "new_version"].map((column) =>
    collection.get(column, row),
  );
  return `${library} ${old} → ${fresh}`;
}

/** What a row is about, as nodes: `old.api(parameter) → new.api`. */
function apiOf(collection, row) {
  const [oldApi, newApi, parameter] = ["old_api", "new_api", "parameter"].map((column) =>
    collection.get(column, row),
  );
  const nodes = [path(parameter ? `${oldApi}(${parameter})` : oldApi)];
  if (newApi && newApi !== oldApi) {
    nodes.push(el("span", { class: "arrow" }, " → "), path(newApi));
  }
  return nodes;
}

/** The same as text. */
function apiText(collection, row) {
  return apiOf(collection, row)
    .map((node) => node.textContent)
    .join("");
}
