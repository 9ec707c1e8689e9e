// One page over the operator API. It builds every element with textContent: what devices and people wrote is shown,
// never interpreted.

const EVERY_MS = 2000;
const KEY = "hatchery.token";
const $ = (id) => document.getElementById(id);
let token = sessionStorage.getItem(KEY);
let timer = 0;

class Refused extends Error {
  constructor(problem, status) {
    super([problem.title, problem.expected && `expected ${problem.expected}`, problem.fix].filter(Boolean).join("; "));
    this.status = status;
  }
}

async function call(path, init = {}) {
  const answer = await fetch(`/api/v1${path}`, {
    ...init,
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json", ...init.headers },
  });
  const body = await answer.json();
  if (!answer.ok) throw new Refused(body, answer.status);
  return body;
}

function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "onclick") node.addEventListener("click", value);
    else if (value !== false && value !== undefined) node.setAttribute(name, value);
  }
  node.append(...children.filter((c) => c !== undefined && c !== null && c !== ""));
  return node;
}

const pill = (text, tone) => el("span", { class: `pill ${tone}` }, text);

const TONES = {
  RUNNING: "wait", PAUSED: "none", ROLLING_BACK: "bad", COMPLETED: "good", ROLLED_BACK: "bad",
  PASS: "good", FAIL: "bad", HOLD: "wait", NO_DATA: "none", NOT_APPLICABLE: "none",
  confirmed: "good", shadowed: "good", shadowing: "wait", failed: "bad", quarantined: "bad", "rolled-back": "bad", "rolling-back": "bad", trial: "wait",
};
const tone = (word) => TONES[word] ?? TONES[word.toUpperCase().replaceAll("-", "_")] ?? "none";
const words = (text) => text.toLowerCase().replaceAll("_", " ").replaceAll("-", " ");

function ago(instant) {
  if (!instant) return "never";
  const seconds = Math.max(0, Math.round((Date.now() - Date.parse(instant)) / 1000));
  if (seconds < 90) return `${seconds} s ago`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min ago`;
  return seconds < 172800 ? `${Math.round(seconds / 3600)} h ago` : `${Math.round(seconds / 86400)} d ago`;
}

function size(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${(bytes / 1024).toFixed(1)} KiB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}

const count = (n, noun) => `${n} ${noun}${n === 1 ? "" : "s"}`;

function table(heads, rows) {
  return el("table", {},
    el("thead", {}, el("tr", {}, ...heads.map((h) => el("th", { scope: "col" }, h)))),
    el("tbody", {}, ...rows.map((cells) => el("tr", {}, ...cells.map((c) => (c instanceof HTMLTableCellElement ? c : el("td", {}, c)))))));
}

const nothing = (text) => el("p", { class: "quiet" }, text);

function channelCard(channel, rollouts) {
  const active = rollouts.find((r) => r.slot === channel.slot && r.channel === channel.channel && ["running", "paused"].includes(r.phase.toLowerCase()));
  const target = active ? active.previous : channel.previous;
  const possible = active !== undefined || channel.previous !== undefined;
  return el("div", { class: "card" },
    el("div", { class: "top" },
      el("span", { class: "name" }, `${channel.slot} / ${channel.channel}`),
      el("button", {
        class: "right danger", type: "button", "data-channel": `${channel.slot}/${channel.channel}`,
        disabled: possible ? false : "", title: possible ? undefined : "there is no release to go back to",
        onclick: () => askRollback(channel, active, target),
      }, "Roll back …")),
    el("p", {}, "head ", el("strong", {}, channel.head ?? "none yet")),
    el("p", { class: "quiet" }, `${count(channel.devices, "device")}; before: ${channel.previous ?? "nothing"}`));
}

function askRollback(channel, active, target) {
  const where = `${channel.slot} / ${channel.channel}`;
  const back = target ? `back to ${target}, from their own disks` : "back to having no model, because this is the channel's first release";
  const what = active
    ? `The rollout of ${active.release} is aborted for good, and the ${count(active.devicesTouched, "device")} it has touched ${active.devicesTouched === 1 ? "goes" : "go"} ${back}.`
    : `All ${channel.devices} devices leave ${channel.head} and go ${back}.`;
  ask(`Roll back ${where}?`, what, "Roll back", () => rollback(channel, active));
}

// One at a time: which button it answers is set when the question is asked.
function ask(title, text, yes, then) {
  $("confirm-yes").textContent = yes;
  $("confirm-title").textContent = title;
  $("confirm-text").textContent = text;
  const dialog = $("confirm");
  dialog.returnValue = "";
  dialog.onclose = () => { if (dialog.returnValue === "yes") then($("reason").value || "by hand, from the console"); };
  dialog.showModal();
}

async function act(rollout, verb, body) {
  try {
    await call(`/rollouts/${rollout.id}/${verb}`, {
      method: "POST", headers: { "Idempotency-Key": crypto.randomUUID() }, body: JSON.stringify(body),
    });
    await refresh();
  } catch (e) {
    problem(e.message);
  }
}

// What this rollout waits for from people, and what can be taken back.
function rolloutButtons(rollout, newest) {
  const button = (verb, label, danger, question, body) => el("button", {
    class: danger ? "danger" : undefined, type: "button", "data-verb": verb,
    onclick: () => ask(`${label.replace(" …", "")} ${rollout.release}?`, question, label.replace(" …", ""), (reason) => act(rollout, verb, body(reason))),
  }, label);
  const buttons = [];
  if (rollout.verdicts.some((v) => v.gate === "approval" && v.kind.toUpperCase() === "HOLD")) {
    buttons.push(
      button("approve", "Approve …", false, `Stage ${rollout.stages[rollout.stage].name} begins. Whoever started the rollout cannot approve it.`, (comment) => ({ comment })),
      button("reject", "Reject …", true, `The rollout is aborted for good, and ${count(rollout.devicesTouched, "device")} go back.`, (reason) => ({ reason })));
  }
  if (rollout === newest && ["completed", "rolled-back"].includes(rollout.phase.toLowerCase())) {
    buttons.push(button("undo", rollout.undone ? "Undo the undo …" : "Undo …", true,
      "How it ended is taken back: devices are told to run what they ran before its end.", (reason) => ({ reason })));
  }
  return buttons.length ? el("p", { class: "buttons" }, ...buttons) : null;
}

async function rollback(channel, active) {
  try {
    await call(`/channels/${channel.slot}/${channel.channel}/rollback`, {
      method: "POST",
      headers: { "Idempotency-Key": crypto.randomUUID() },
      // Where the head has moved since it was shown, the server refuses instead of going back too far.
      body: JSON.stringify({ reason: $("reason").value || "by hand, from the console", head: active ? undefined : channel.head }),
    });
    await refresh();
  } catch (e) {
    problem(e.message);
  }
}

function stageBars(rollout) {
  const phase = rollout.phase.toLowerCase().replaceAll("_", "-");
  const back = phase === "rolling-back" || phase === "rolled-back";
  return el("ol", { class: "stages" }, ...rollout.stages.map((stage, i) => {
    const done = i < rollout.stage || phase === "completed";
    const share = done ? 1 : i === rollout.stage ? Math.min(1, rollout.devicesConfirmed / Math.max(1, stage.devices)) : 0;
    const bar = el("i");
    bar.style.width = `${Math.round((back && i === rollout.stage ? 1 : share) * 100)}%`;
    const state = back && i === rollout.stage ? "back" : done ? "done" : i === rollout.stage ? "now" : "";
    return el("li", { class: state }, el("div", { class: "bar" }, bar), `${stage.name}: ${count(stage.devices, "device")}`);
  }));
}

function coverage(told) {
  const name = (s) => `${s.dimension}=${s.value}`;
  const covered = told.strata.filter((s) => s.sampled > 0);
  const open = told.strata.filter((s) => s.sampled === 0);
  return el("details", { class: "quiet" },
    el("summary", {}, `${told.stage}: ${told.missed}`),
    covered.length > 0 ? el("p", {}, `covered: ${covered.map(name).join("; ")}`) : null,
    open.length > 0 ? el("p", { class: "bad" }, `not covered: ${open.map(name).join("; ")}`) : null,
    ...(told.replaced ?? []).map((one) => el("p", {}, one)));
}

// Whom the release does not fit: they are in no stage.
function fit(told) {
  if (!told || told.unfit + told.unknown === 0) return null;
  const parts = [];
  if (told.unfit) parts.push(`${told.unfit} of ${count(told.devices, "device")} cannot run it`);
  if (told.unknown) parts.push(`${told.unknown} of ${count(told.devices, "device")} do not say whether they can`);
  return el("details", { class: "quiet fit" },
    el("summary", {}, parts.join("; ")),
    ...told.groups.map((g) => el("p", {},
      `${count(g.devices, "device")}: ${g.fact} ${g.got ?? "unknown"}, needs ${g.wanted} (${g.examples.join(", ")}${g.devices > g.examples.length ? ", …" : ""})`)));
}

// What operators, or people at devices, have put in the way; the table of gates has the reasons too.
function restraints(rollout) {
  const told = rollout.verdicts.filter((v) => ["freeze", "held", "pinned"].includes(v.gate));
  return told.length === 0 ? null : el("div", { class: "restraints" },
    ...told.map((v) => el("p", {}, pill(v.gate, v.gate === "pinned" ? "none" : "wait"), ` ${v.reason}`)));
}

// Lists leave it out: it is asked for where a rollout that runs has a control.
const controls = new Map();
function heldBack(rollout) {
  const told = controls.get(rollout.id);
  if (!told) return null;
  const until = told.keep ? `${told.keep} after all others` : "the last stage";
  return el("details", { class: "quiet" },
    el("summary", {}, `${count(told.devices.length, "device")} held back until ${until}`),
    el("p", {}, told.devices.join(", ")),
    ...(told.soFar ?? []).map((f) => el("p", {}, `so far: ${f.reason}`)));
}

async function askControls(rollouts) {
  const open = rollouts.filter((r) => ["running", "paused"].includes(r.phase.toLowerCase()));
  controls.clear();
  for (const rollout of await Promise.all(open.map((r) => call(`/rollouts/${r.id}`)))) {
    if (rollout.control) controls.set(rollout.id, rollout.control);
  }
}

function rolloutCard(rollout, rollouts) {
  const newest = rollouts.find((r) => r.slot === rollout.slot && r.channel === rollout.channel);
  const facts = [
    `${rollout.devicesConfirmed} of ${count(rollout.fleet, "device")} confirmed, ${rollout.devicesTouched} touched`,
    `${size(rollout.bytesDownloaded)} downloaded`,
    rollout.abort && `${size(rollout.bytesForRollback)} for the rollback`,
    `began ${ago(rollout.createdAt)}`,
    rollout.finishedAt && `ended ${ago(rollout.finishedAt)}`,
  ].filter(Boolean).join(" · ");
  return el("div", { class: "card" },
    el("div", { class: "top" },
      el("span", { class: "name" }, rollout.release),
      pill(words(rollout.phase), tone(rollout.phase)),
      rollout.heldSince && pill(`held, ${ago(rollout.heldSince)}`, "wait"),
      el("span", { class: "quiet right" }, `${rollout.slot} / ${rollout.channel}`)),
    stageBars(rollout),
    rollout.coverage && coverage(rollout.coverage),
    fit(rollout.fit),
    restraints(rollout),
    heldBack(rollout),
    rollout.abort && el("p", { class: "bad" }, `Aborted by ${rollout.abort.gate}: ${rollout.abort.reason}`),
    rollout.undone && el("p", { class: "bad" }, `Undone by ${rollout.undone.by} ${ago(rollout.undone.at)}: ${rollout.undone.reason}`),
    el("p", { class: "quiet" }, facts),
    rolloutButtons(rollout, newest),
    rollout.verdicts.length > 0 && table(["Gate", "Verdict", "Why"],
      rollout.verdicts.map((v) => [el("td", { class: "mono" }, v.gate), v.dryRun ? pill(words(v.kind) + ", dry run", "") : pill(words(v.kind), tone(v.kind)), v.reason])) || null);
}

async function place(path, body) {
  try {
    await call(`/placements${path}`, { method: "POST", headers: { "Idempotency-Key": crypto.randomUUID() }, body: JSON.stringify(body) });
    await refresh();
  } catch (e) {
    problem(e.message);
  }
}

function askTakeBack(device, slot, ordered) {
  ask(`Take ${device} back?`, `Its slot ${slot} leaves ${ordered ?? "what it has"}, goes to what it had before, from its own disk, and stays there until it is let go.`,
    "Take back", (reason) => place("", { kind: "rollback", slot, device, reason }));
}

// What was done by hand and still holds, or has not come to its end.
function placementCard(told) {
  const whom = told.device ?? told.selector;
  const there = told.devices.filter((d) => d.state === "confirmed").length;
  const open = told.devices.filter((d) => d.state !== "confirmed").slice(0, 10);
  return el("div", { class: "card" },
    el("div", { class: "top" },
      el("span", { class: "name" }, `${whom}, ${told.slot}`),
      pill(told.kind === "rollback" ? "taken back" : `pinned to ${told.release}`, "wait"),
      told.letGo ? pill("let go", "none") : el("button", {
        class: "right", type: "button", "data-placement": String(told.id),
        onclick: () => ask(`Let ${whom} go?`, `${count(told.devices.length, "device")} ${told.devices.length === 1 ? "goes" : "go"} where the channel is by now.`,
          "Let go", (reason) => place(`/${told.id}/undo`, { reason })),
      }, "Let go …")),
    el("p", {}, `${there} of ${count(told.devices.length, "device")} there: ${told.reason}`),
    ...open.map((d) => el("p", { class: "quiet" }, `${d.device}: ${words(d.state)} ${d.to} ${d.detail}`)),
    el("p", { class: "quiet" }, `${told.by}, ${ago(told.at)}`));
}

function deviceRows(devices) {
  return devices.flatMap((device) => Object.entries(device.slots).map(([name, slot]) => [
    el("td", {}, el("strong", {}, device.id)),
    Object.entries(device.labels).map(([k, v]) => `${k}=${v}`).join("  "),
    `${name} / ${slot.channel}`,
    slot.running ?? "–",
    slot.ordered ?? "–",
    slot.status ? pill(words(slot.status.state), tone(slot.status.state)) : "–",
    slot.status?.pinned ? `pinned at the device: ${slot.status.pinned}`
      : slot.status?.reason ? `${slot.status.reason} ${slot.status.detail ?? ""}` : "",
    ago(device.lastSeen),
    el("button", { type: "button", "data-device": device.id, onclick: () => askTakeBack(device.id, name, slot.ordered) }, "Take back …"),
  ]));
}

function show(id, ...nodes) {
  $(id).replaceChildren(...nodes);
}

function problem(text) {
  $("problem").hidden = !text;
  $("problem").textContent = text ?? "";
}

async function refresh() {
  clearTimeout(timer);
  try {
    const [channels, rollouts, devices, placements] = await Promise.all([call("/channels"), call("/rollouts"), call("/devices"), call("/placements")]);
    await askControls(rollouts.items);
    const byHand = placements.items.filter((p) => !p.letGo || p.devices.some((d) => d.state === "waiting"));
    $("hand").hidden = byHand.length === 0;
    show("placements", ...byHand.map(placementCard));
    show("channels", ...(channels.items.length ? channels.items.map((c) => channelCard(c, rollouts.items)) : [nothing("No device follows a channel yet.")]));
    show("rollouts", ...(rollouts.items.length ? rollouts.items.slice(0, 10).map((r) => rolloutCard(r, rollouts.items)) : [nothing("No rollout yet: hatchery rollout apply -f rollout.yaml")]));
    show("devices", devices.items.length
      ? el("div", { class: "table" }, table(["Device", "Labels", "Slot", "Running", "Ordered", "State", "Why", "Seen", ""], deviceRows(devices.items)))
      : nothing("No device yet: hatchery enrolment new -o enrolment.json"));
    problem(null);
    $("freshness").textContent = `as of ${new Date().toLocaleTimeString()}`;
    $("page").hidden = false;
    $("door").hidden = true;
    $("forget").hidden = false;
  } catch (e) {
    if (e instanceof Refused && (e.status === 401 || e.status === 403)) return askToken(e.message);
    problem(`No news from the server: ${e.message}`);
    $("page").hidden = false;
  }
  timer = setTimeout(refresh, EVERY_MS);
}

function askToken(refusal) {
  clearTimeout(timer);
  sessionStorage.removeItem(KEY);
  $("refused").textContent = refusal ?? "";
  $("freshness").textContent = "";
  $("page").hidden = true;
  $("forget").hidden = true;
  $("door").hidden = false;
  $("token").focus();
}

$("door").addEventListener("submit", (event) => {
  event.preventDefault();
  token = $("token").value.trim();
  $("token").value = "";
  sessionStorage.setItem(KEY, token);
  refresh();
});
$("forget").addEventListener("click", () => { token = null; askToken(); });

if (token) refresh();
else askToken();
