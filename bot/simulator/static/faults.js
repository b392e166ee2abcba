// The drawer with the switches that break things.

const SWITCHES = [
  { title: "SMS: refuse with “slow down” (429)", kind: "http_429", provider: "sms", method: "Messages.create" },
  { title: "SMS: refuse with a server error (500)", kind: "http_500", provider: "sms", method: "Messages.create" },
  { title: "SMS: send, but never answer", kind: "timeout_after_send", provider: "sms", method: "Messages.create" },
  { title: "SMS: tear the connection", kind: "reset", provider: "sms", method: "Messages.create" },
  { title: "SMS: receipts 3 s late", kind: "receipts_late", provider: "sms" },
  { title: "SMS: receipts twice", kind: "receipts_double", provider: "sms" },
  { title: "SMS: receipts out of order", kind: "receipts_shuffled", provider: "sms" },
  { title: "SMS: the carrier takes no pictures", kind: "no_pictures", provider: "sms" },
  { title: "Telegram: refuse with “slow down” (429)", kind: "http_429", provider: "telegram", method: "sendMessage" },
  { title: "Telegram: send, but never answer", kind: "timeout_after_send", provider: "telegram", method: "sendMessage" },
  { title: "Both: photos are not there yet (404)", kind: "media_missing", provider: "*" },
  { title: "Both: photos trickle for 30 s", kind: "media_slow", provider: "*" },
  { title: "Both: photos break off in the middle", kind: "media_cut", provider: "*" },
  { title: "Both: every webhook twice", kind: "webhook_twice", provider: "*" },
  { title: "Both: every webhook on three connections at once", kind: "webhook_concurrent", provider: "*" },
];

const same = (one, other) =>
  one.kind === other.kind && one.provider === other.provider && one.method === (other.method || "*");

async function inForce() {
  return (await fetch("/simulator/faults")).json();
}

async function flip(wanted, on) {
  if (on) {
    await fetch("/simulator/faults", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ kind: wanted.kind, provider: wanted.provider, method: wanted.method || "*" }),
    });
    return;
  }
  for (const fault of await inForce()) {
    if (same(fault, wanted)) await fetch(`/simulator/faults/${fault.id}`, { method: "DELETE" });
  }
}

async function refresh(list, badge) {
  const faults = await inForce();
  badge.textContent = String(faults.length);
  badge.hidden = faults.length === 0;
  list.replaceChildren(
    ...SWITCHES.map((wanted) => {
      const fault = faults.find((one) => same(one, wanted));
      const label = document.createElement("label");
      const box = document.createElement("input");
      box.type = "checkbox";
      box.checked = Boolean(fault);
      box.addEventListener("change", async () => {
        await flip(wanted, box.checked);
        await refresh(list, badge);
      });
      const title = document.createElement("span");
      title.textContent = wanted.title;
      const count = document.createElement("small");
      count.textContent = fault ? `happened ${fault.fired} ×` : "";
      label.append(box, title, count);
      return label;
    }),
  );
}

export function openFaults() {
  const dialog = document.querySelector("#faults");
  const list = dialog.querySelector(".fault-list");
  const button = document.querySelector("#open-faults");
  const badge = button.querySelector(".badge");
  button.addEventListener("click", async () => {
    await refresh(list, badge);
    dialog.showModal();
  });
  dialog.querySelector(".close").addEventListener("click", () => dialog.close());
  dialog.querySelector("#clear-faults").addEventListener("click", async () => {
    await fetch("/simulator/faults", { method: "DELETE" });
    await refresh(list, badge);
  });
  refresh(list, badge);
}
