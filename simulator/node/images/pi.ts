/** The first digits of pi, as perl's `bpi` prints them: `digits` of them, the last one rounded. Models Machin's formula. */
export function piDigits(digits: number): string {
  const guard = 10;
  const one = 10n ** BigInt(digits + guard);
  const scaled = 4n * (4n * arctan(5n, one) - arctan(239n, one));
  // One digit stands before the point.
  const cut = 10n ** BigInt(guard + 1);
  const rounded = (scaled + cut / 2n) / cut;
  const text = rounded.toString();
  return digits > 1 ? `${text[0]}.${text.slice(1)}` : text;
}

/** arctan(1 / inverse), in units of 1 / one. */
function arctan(inverse: bigint, one: bigint): bigint {
  const square = inverse * inverse;
  let power = one / inverse;
  let sum = power;
  for (let odd = 3n; power !== 0n; odd += 2n) {
    power /= -square;
    sum += power / odd;
  }
  return sum;
}
