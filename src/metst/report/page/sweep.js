// The page of a sweep: a trial that is pointed at stands out in every chart and in the table.

const trialOf = (target) => target.closest?.("[data-trial]")?.dataset.trial;

function mark(trial) {
  for (const element of document.querySelectorAll("[data-trial]"))
    element.classList.toggle("lit", element.dataset.trial === trial);
}

for (const event of ["pointerover", "focusin"])
  document.addEventListener(event, ({ target }) => mark(trialOf(target)));
