/** Text or an attribute value, safe inside SVG. */
export function escapeXml(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };
  // control characters may not stand in XML at all, not even escaped
  return text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd').replace(/[&<>"']/g, (character) => entities[character]!);
}

/** An SVG element; attributes that are `undefined` are left out, numbers are rounded to hundredths. */
export function element(name: string, attributes: Readonly<Record<string, string | number | undefined>>, ...children: readonly string[]): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${typeof value === 'number' ? Math.round(value * 100) / 100 : escapeXml(String(value))}"`)
    .join('');
  return children.length > 0 ? `<${name}${written}>${children.join('')}</${name}>` : `<${name}${written}/>`;
}

/** A line of text. */
export function text(content: string, attributes: Readonly<Record<string, string | number | undefined>>): string {
  return element('text', attributes, escapeXml(content));
}

/** The mean width of a character of the plots' font, as a share of its size; a little more than Lato needs. */
const CHARACTER = 0.54;

/** A line of text made smaller, and then cut off with an ellipsis, where it would be wider than `width`. */
export function fittedText(content: string, width: number, size: number, attributes: Readonly<Record<string, string | number | undefined>>): string {
  const characters = [...content];
  const fitting = Math.max(Math.min(size, width / (CHARACTER * characters.length)), 0.65 * size);
  const room = Math.floor(width / (CHARACTER * fitting) + 1e-6);
  const shown = characters.length > room ? `${characters.slice(0, room - 1).join('')}…` : content;
  return text(shown, { ...attributes, 'font-size': fitting });
}
