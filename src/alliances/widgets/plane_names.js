// Where the name of each point of a plane stands: beside its dot, inside the field, on no other dot or name.

const BESIDE = 5; // pixels from a dot to its name, as in the style sheet
const GAP = 4; // pixels, at the least, from a name to anything else

const apart = (a, b) => a.right + GAP <= b.left || b.right + GAP <= a.left || a.bottom <= b.top || b.bottom <= a.top;

/**
 * Put the names of `buttons` where they can be read. The dots stay where they are; a name that fits nowhere is not
 * shown, and the number in its dot says which entry of the list it is.
 */
export function arrangeNames(field, buttons) {
  const frame = field.getBoundingClientRect();
  const shown = buttons.filter((button) => !button.hidden);
  if (!frame.width || !shown.length) return;
  const places = shown.map((button) => {
    const [dot, name] = button.children;
    const box = dot.getBoundingClientRect();
    return { button, box, width: name.offsetWidth, height: name.offsetHeight, right: box.left + box.right <= frame.left + frame.right };
  });
  const taken = places.map(({ box }) => box);
  for (const { button, box, width, height, right } of places) {
    const at = (toRight, shift) => {
      const left = toRight ? box.right + BESIDE : box.left - BESIDE - width;
      const top = (box.top + box.bottom - height) / 2 + shift;
      return { toRight, shift, left, right: left + width, top, bottom: top + height };
    };
    // A label's line up or down is still beside the dot.
    const tries = [0, -height, height].flatMap((shift) => [at(right, shift), at(!right, shift)]);
    const inside = ({ left, right: end, top, bottom }) =>
      left >= frame.left && end <= frame.right && top >= frame.top && bottom <= frame.bottom;
    const found = tries.find((one) => inside(one) && taken.every((other) => other === box || apart(one, other)));
    const chosen = found ?? tries[0];
    if (found) taken.push(found);
    button.classList.toggle("al-plane__mark--unnamed", !found);
    button.classList.toggle("al-plane__mark--left", !chosen.toRight);
    button.style.setProperty("--name-shift", `${chosen.shift}px`);
  }
}
