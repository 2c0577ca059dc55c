/**
 * Functions that run inside the page: each is sent to the browser as text, so it uses nothing of this module. Plain
 * JavaScript, because the project's types know Node.js and no browser.
 */

export function unfoldAll() {
  for (const details of document.querySelectorAll('details')) details.open = true;
}

/** @returns {boolean} */
export function isTooWide() {
  return document.documentElement.scrollWidth > window.innerWidth;
}

/**
 * Labels of reference scores that leave the page or lie on each other, and tables that go on beyond their box without
 * a line above that says so.
 * @returns {string[]}
 */
export function hiddenThings() {
  const boxes = [...document.querySelectorAll('.reference text')].map((label) => {
    const { left, right, top, bottom } = label.getBoundingClientRect();
    return { left, right, top, bottom, text: label.textContent ?? '' };
  });
  const outside = boxes.filter(({ left, right }) => left < 0 || right > window.innerWidth);
  const covered = boxes.filter((a, index) =>
    boxes
      .slice(0, index)
      .some((b) => a.left < b.right && b.left < a.right && a.top < b.bottom - 3 && b.top < a.bottom - 3),
  );
  const silent = [...document.querySelectorAll('.scroller')].filter((box) => {
    const cue = box.previousElementSibling;
    const isTold = cue?.classList.contains('cue') === true && getComputedStyle(cue).display !== 'none';
    return box.clientWidth > 0 && box.scrollWidth > box.clientWidth + 1 && !isTold && window.innerWidth < 600;
  });
  return [
    ...outside.map(({ text }) => `outside: ${text}`),
    ...covered.map(({ text }) => `covered: ${text}`),
    ...silent.map((box) => `no cue: ${box.getAttribute('aria-label')}`),
  ];
}

/** @returns {string} */
export function background() {
  return getComputedStyle(document.body).backgroundColor;
}

/**
 * Exact numbers in the page by their ids.
 * @returns {Record<string, number>}
 */
export function figures() {
  return Object.fromEntries([...document.querySelectorAll('data[id]')].map((data) => [data.id, Number(data.value)]));
}

/**
 * Texts whose contrast with the page is below what WCAG 2.2 asks of small text (4.5 to 1).
 * @returns {string[]}
 */
export function faintTexts() {
  const luminance = (color) => {
    const [r, g, b] = (color.match(/[\d.]+/g) ?? []).slice(0, 3).map((value) => {
      const share = Number(value) / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const page = luminance(getComputedStyle(document.body).backgroundColor);
  const contrast = (color) => {
    const ink = luminance(color);
    return (Math.max(ink, page) + 0.05) / (Math.min(ink, page) + 0.05);
  };
  return [...document.querySelectorAll('p, th, td, li, a:not(svg a), b, strong, summary, dt, dd, span, svg text')]
    .map((element) => {
      const style = getComputedStyle(element);
      return { text: element.textContent ?? '', color: element instanceof SVGElement ? style.fill : style.color };
    })
    .filter(({ color }) => contrast(color) < 4.5)
    .map(({ text, color }) => `${color} ${text.slice(0, 40)}`);
}

/** How many marks the plots have, plot by plot. */
export function marks() {
  const count = (plot, mark) => [...document.querySelectorAll(plot)].map((one) => one.querySelectorAll(mark).length);
  return {
    scores: count('svg.scores', '.dot'),
    differences: count('svg.differences', '.dot'),
    lines: count('svg.lines', '.seed'),
    intervals: count('svg.scores', '.interval'),
  };
}

/**
 * Marks that lie outside their plot by more than a dot's size.
 * @returns {string[]}
 */
export function strayMarks() {
  return [...document.querySelectorAll('svg.plot')].flatMap((plot) => {
    const box = plot.getBoundingClientRect();
    const isOutside = ({ left, right, top, bottom }) =>
      left < box.left - 6 || right > box.right + 6 || top < box.top - 6 || bottom > box.bottom + 6;
    return [...plot.querySelectorAll('circle, polyline, polygon')]
      .filter((mark) => isOutside(mark.getBoundingClientRect()))
      .map((mark) => `${mark.outerHTML.slice(0, 80)} in ${plot.getAttribute('class')}`);
  });
}

/** What a screen reader depends on. */
export function readingAids() {
  const without = (selector, text) => [...document.querySelectorAll(selector)].filter((one) => !text(one)).length;
  return {
    silentPlots: without('svg.plot', (plot) => plot.getAttribute('aria-label')),
    namelessTables: without('table', (table) => table.caption?.textContent),
    unreachableBoxes: without('.scroller', (box) => box.tabIndex === 0),
    headings: [...document.querySelectorAll('h1, h2, h3, h4')].map((heading) => Number(heading.tagName[1])),
    language: document.documentElement.lang,
  };
}

/** @returns {string | null} */
export function focusedLink() {
  return document.activeElement?.getAttribute('href') ?? null;
}

/** What an attack would leave behind. */
export function traces() {
  return {
    attacked: 'attacked' in window,
    foreign: document.querySelectorAll('script, iframe, object, embed, base, form, input, img, link').length,
    handlers: [...document.querySelectorAll('*')].flatMap((element) =>
      element.getAttributeNames().filter((name) => name.startsWith('on') || name === 'style' || name === 'srcdoc'),
    ),
    styles: document.styleSheets.length,
    letters: document.body.innerText.length,
  };
}

/**
 * Where the page's links lead, as the browser understands them.
 * @returns {string[]}
 */
export function linkTargets() {
  return [...document.querySelectorAll('a[href]')].map(
    (link) => new URL(link.getAttribute('href'), location.href).href,
  );
}
