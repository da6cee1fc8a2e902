// What the filters select, in the page's address: #timelines?subject=sp1&outcome=fn

const PLACE = "#timelines";

const fieldsOf = (form) => [...form.elements].filter((field) => field.matches("select, input"));
const standard = (field) =>
  field.type === "checkbox" ? field.defaultChecked : field.options[0].value;
const chosen = (field) => (field.type === "checkbox" ? field.checked : field.value);
const changed = (form) => fieldsOf(form).filter((field) => chosen(field) !== standard(field));

function addressOf(form) {
  const query = new URLSearchParams(changed(form).map((field) => [field.name, chosen(field)]));
  return query.size ? `${PLACE}?${query}` : PLACE;
}

// Set the filters as the address asks; one of another section leaves them as they are.
function followAddress(form) {
  const [place, query] = location.hash.split("?");
  if (place && place !== PLACE) return;
  const asked = new URLSearchParams(query);
  for (const field of fieldsOf(form)) {
    const value = asked.get(field.name) ?? String(standard(field));
    if (field.type === "checkbox") field.checked = value === "true";
    else field.value = [...field.options].some((o) => o.value === value) ? value : standard(field);
  }
}

// Links to the timelines keep what is selected.
function keepInLinks(form) {
  for (const link of document.querySelectorAll(`a[href^="${PLACE}"]:not([data-subject])`))
    link.href = addressOf(form);
}

// The selection as text.
function selectionOf(form) {
  const texts = changed(form).map((field) => {
    const name = field.closest("label").textContent.trim();
    if (field.type === "checkbox") return `without ${name}`;
    return `${field.name}: ${field.selectedOptions[0].textContent}`;
  });
  return texts.join(", ") || "all videos";
}
