// Talking to the sandbox's server.

// post sends JSON and returns the answer; it throws an Error with a text for
// people when that fails.
export async function post(path, body) {
  let answer;
  try {
    answer = await fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
  } catch {
    throw new Error("The sandbox does not answer. Is it still running? What you typed is kept.");
  }
  const data = await answer.json().catch(() => ({}));
  if (!answer.ok || data.ok === false) throw new Error(sentence(data.detail || data.message || data.error || `The sandbox answered ${answer.status}`));
  return data;
}

export async function get(path) {
  const answer = await fetch(path);
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}`);
  return answer.json();
}

const sentence = (s) => {
  const text = String(s).replaceAll("_", " ");
  return text.charAt(0).toUpperCase() + text.slice(1) + (/[.!?]$/.test(text) ? "" : ".");
};
