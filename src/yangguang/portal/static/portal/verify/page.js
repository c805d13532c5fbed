// The page: takes files that are dropped or chosen and says of each whether it is genuine. Every word it shows stands
// in the page's <template data-says="…"> elements, in one language or in two; this script only chooses and fills them.
// Files never leave the browser: only a file's SHA-256 is sent, to ask the site for the proof of a file without one.
"use strict";
var yangguang = yangguang || {};

(function (house) {
  const MAX_EVIDENCE = 1 << 20;
  const SLICE = 1 << 22;
  const NATIVE_BYTES = 1 << 28;
  const MIRROR = "/content-mirror";

  const root = document.getElementById("verify");
  const results = document.getElementById("results");
  const asked = root.dataset;

  // --- words

  // The copies of a template, one a language, their slots filled; a line whose slot has nothing to say goes.
  function say(what, slots = {}) {
    const templates = Array.from(document.querySelectorAll(`template[data-says="${what}"]`));
    return templates.map((template, language) => {
      const copy = template.content.cloneNode(true);
      copy.querySelectorAll("[data-slot]").forEach((place) => fill(place, slots[place.dataset.slot], language));
      return copy;
    });
  }

  // `value` is text, or nodes: one for every language, or one a language.
  function fill(place, value, language) {
    if (value === undefined || value === null || value === "") {
      (place.closest("[data-line]") || place).remove();
    } else if (Array.isArray(value)) {
      place.append(value[language % value.length].cloneNode(true));
    } else {
      place.append(String(value));
    }
  }

  function link(address, text) {
    const made = document.createElement("a");
    made.href = address;
    made.textContent = text;
    return [made];
  }

  function put(place, nodes) {
    place.textContent = "";
    place.append(...nodes);
  }

  // Seconds since 1970 in the time of China, whatever the clock of this machine believes.
  function moment(seconds) {
    if (seconds === null || seconds === undefined) return null;
    return `${new Date((seconds + 28800) * 1000).toISOString().slice(0, 19).replace("T", " ")} +08:00`;
  }

  // --- evidence

  let evidence = { policy: null, proofs: [], before: [] };
  let trust = "trust-site";

  function prepareEvidence() {
    const embedded = document.getElementById("evidence");
    if (!embedded) return;
    const said = JSON.parse(embedded.textContent);
    const bytes = (text) => new TextEncoder().encode(text);
    evidence = {
      // A damaged trust file must not silence the page: it then says that it has none, and takes the reader's own.
      policy: isPolicy(bytes(said.policy)) ? house.parsePolicy(bytes(said.policy)) : null,
      proofs: said.proofs.map(bytes),
      before: said.before.map(bytes),
    };
    trust = "trust-package";
  }

  async function policy() {
    if (!evidence.policy && asked.policy) {
      evidence.policy = house.parsePolicy(await house.read(await (await fetch(asked.policy)).blob()));
    }
    return evidence.policy;
  }

  async function digest(blob) {
    if (window.crypto && crypto.subtle && blob.size <= NATIVE_BYTES) {
      return new Uint8Array(await crypto.subtle.digest("SHA-256", await house.read(blob)));
    }
    const hash = new house.Sha256();
    for (let at = 0; at < blob.size; at += SLICE) hash.update(await house.read(blob.slice(at, at + SLICE)));
    return hash.digest();
  }

  // Files sorted into contents, proofs and a policy; the members of a package take part as if each had been chosen.
  async function sorted(files) {
    const found = { contents: [], proofs: [], packages: 0, policy: null };
    for (const file of files) await sort({ name: file.name, blob: file }, found, true);
    return found;
  }

  async function sort(item, found, outermost) {
    const inside = outermost ? await house.openPackage(item.blob) : null;
    const own = inside && inside.some((member) => member.name.endsWith(".tlog-proof"));
    if (own) {
      found.packages += 1;
      for (const member of inside) if (/\/(record|proof)\//.test(member.name)) await sort(member, found, false);
      return;
    }
    const small = item.blob.size <= MAX_EVIDENCE ? await house.read(item.blob) : new Uint8Array(0);
    if (new TextDecoder("latin1").decode(small.subarray(0, house.HEADER.length)) === house.HEADER) {
      found.proofs.push(small);
    } else if (isPolicy(small)) {
      // A package's own policy is not taken: whoever changed the package could have changed it too.
      if (outermost) found.policy = small;
    } else {
      found.contents.push(item);
    }
  }

  function isPolicy(bytes) {
    try {
      return house.parsePolicy(bytes).logs.length > 0;
    } catch (error) {
      return false;
    }
  }

  async function siteProofs(sha256) {
    if (!asked.proofs) return [];
    const answer = await fetch(asked.proofs + house.hex(sha256), { credentials: "omit" });
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    return (await answer.json()).proofs.map((text) => new TextEncoder().encode(text));
  }

  // --- verdicts

  // What the proofs show of a file: the first that holds, otherwise the reason of the one that came nearest.
  async function judge(blob, given, trusted) {
    const sha256 = await digest(blob);
    let refusal = null;
    const attempt = (proofs) => {
      for (const proof of proofs) {
        try {
          const checked = house.check(proof, trusted);
          return { checked, label: house.match(checked, sha256) };
        } catch (error) {
          if (!(error instanceof house.Refusal)) throw error;
          refusal = refusal && refusal.step === "file" ? refusal : error;
        }
      }
      return null;
    };
    let proven = attempt(given);
    let cut = false;
    if (!proven) {
      const found = await siteProofs(sha256).catch(() => null);
      cut = found === null;
      proven = attempt(found || []);
    }
    return { proven, refusal, cut };
  }

  // When the log took the entry in, by the clocks of others: since when a quorum had seen it, until when a quorum had
  // not, and since when somebody else held the contents too.
  function bracket(checked, before, trusted) {
    const { cosigned } = checked.checkpoint;
    const mirrors = cosigned.filter((witness) => witness.key.endsWith(MIRROR));
    const readable = [].concat(...mirrors.map((witness) => witness.moments));
    const until = house.seenBy(trusted, cosigned);
    const from = before.map((note) => notBefore(note, until, checked, trusted)).find((moment) => moment !== null);
    return {
      from,
      until,
      readable: readable.length ? Math.min(...readable) : null,
    };
  }

  // Until when, by one earlier checkpoint, the log was known to end before the entry. A witness that was asked late may
  // have cosigned it after others had seen the entry: then only what was signed in time counts.
  function notBefore(note, until, { index, checkpoint }, trusted) {
    let known;
    try {
      known = house.trusted(note, trusted);
    } catch (error) {
      return null;
    }
    if (known.origin !== checkpoint.origin || known.size > index) return null;
    const inTime = (moment) => until === null || moment <= until;
    const some = known.cosigned.map(({ name, moments }) => ({ name, moments: moments.filter(inTime) }));
    const times = [known.cosigned, some].map((marks) => house.stillSeenBy(trusted, marks));
    const found = times.find((moment) => moment !== null && inTime(moment));
    return found === undefined ? null : found;
  }

  // --- what is shown

  function show(item, what, slots = {}) {
    const box = document.createElement("section");
    box.className = `verdict ${what}`;
    box.dataset.verdict = what;
    box.append(...say(what, Object.assign({ name: item.name }, slots)));
    results.append(box);
    return box;
  }

  function showProven(item, { checked, label }, trusted) {
    const { event, index, checkpoint } = checked;
    const address = `${asked.site}/records/${event.id}/r${event.r}`;
    const times = bracket(checked, evidence.before, trusted);
    const box = show(item, "genuine", {
      record: link(address, event.id),
      revision: event.r,
      label,
      unit: event.u,
      origin: checkpoint.origin,
      index,
      size: checkpoint.size,
      claimed: moment(event.ts),
      from: moment(times.from),
      until: moment(times.until),
      readable: moment(times.readable),
      witnesses: checkpoint.cosigned.map((witness) => witness.name).join(", "),
      pending: checkpoint.cosigned.length ? null : say("pending"),
      trust: say(trust),
    });
    const state = document.createElement("div");
    state.className = "state";
    box.append(state);
    const ask = () => askState(state, checked, label, trusted);
    if (asked.proofs) ask();
    else offerState(state, ask);
  }

  // A page from a USB stick does not reach out by itself: it says that it cannot know, and offers to ask.
  function offerState(state, ask) {
    state.append(...say("unasked"));
    state.dataset.state = "unasked";
    state.querySelectorAll("button").forEach((button) => button.addEventListener("click", ask));
  }

  async function askState(state, checked, label, trusted) {
    let said;
    try {
      const answer = await fetch(`${asked.site}/records/${checked.event.id}/status.json`, { credentials: "omit" });
      if (!answer.ok) throw new Error(`status ${answer.status}`);
      said = await answer.json();
    } catch (error) {
      state.dataset.state = "unknown";
      put(state, say("unknown"));
      return;
    }
    const { event } = checked;
    const own = said.revisions.find((revision) => revision.number === event.r) || {};
    const closed = own.closed || (own.erased || {})[label] || null;
    const notes = (own.before || []).map((text) => new TextEncoder().encode(text));
    const what = closed ? closed.type : said.revision > event.r ? "superseded" : "current";
    state.dataset.state = what;
    put(state, say(what, {
      newest: link(`${asked.site}/records/${event.id}`, String(said.revision)),
      on: closed && moment(closed.claimed_at),
      ground: closed && closed.ground_name,
      index: closed && closed.index,
    }));
    const from = moment(bracket(checked, notes, trusted).from);
    if (from) state.append(...say("from", { from }));
  }

  async function verify(files) {
    put(results, say("working"));
    const found = await sorted(files);
    if (found.policy) {
      evidence.policy = house.parsePolicy(found.policy);
      trust = "trust-own";
    }
    let trusted;
    try {
      trusted = await policy();
    } catch (error) {
      trusted = null;
    }
    put(results, []);
    if (!trusted) return void show({ name: "" }, "no-policy");
    for (const item of found.contents) await verifyOne(item, found.proofs, trusted);
    if (!found.contents.length) show({ name: "" }, "no-file");
  }

  async function verifyOne(item, given, trusted) {
    let judged;
    try {
      judged = await judge(item.blob, given.concat(evidence.proofs), trusted);
    } catch (error) {
      return void show(item, "unreadable");
    }
    if (judged.proven) return showProven(item, judged.proven, trusted);
    if (judged.refusal) {
      const step = judged.refusal.step;
      return void show(item, step === "file" ? "changed" : "bad-proof", { why: say(`why-${step}`) });
    }
    show(item, judged.cut ? "no-connection" : asked.proofs ? "not-found" : "no-proof");
  }

  // --- the form and the drop

  let turn = Promise.resolve();
  const begin = (files) => {
    // One batch after the other: a second drop must not write between the lines of the first.
    turn = turn.then(() => verify(Array.from(files))).catch(() => {
      put(results, []);
      show({ name: "" }, "unreadable");
    });
  };

  function listen() {
    const form = document.getElementById("form");
    const inputs = Array.from(form.querySelectorAll("input[type=file]"));
    const chosen = () => [].concat(...inputs.map((input) => Array.from(input.files)));
    inputs.forEach((input) => {
      input.multiple = true;
      input.addEventListener("change", () => chosen().length && begin(chosen()));
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      begin(chosen());
    });
    document.addEventListener("dragover", (event) => event.preventDefault());
    document.addEventListener("drop", (event) => {
      event.preventDefault();
      if (event.dataTransfer.files.length) begin(event.dataTransfer.files);
    });
    root.classList.add("ready");
  }

  prepareEvidence();
  listen();
})(yangguang);
