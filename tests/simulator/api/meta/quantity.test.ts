import { expect, test } from "vitest";
import {
  addQuantities,
  compareQuantities,
  formatQuantity,
  parseQuantity,
  QUANTITY_FORMAT_ERROR,
  QUANTITY_NUMBER_ERROR,
  QUANTITY_SUFFIX_ERROR,
  type Quantity,
  quantityOf,
  quantityOfMilli,
  quantityOfUnits,
  signOf,
  subtractQuantities,
  toBytes,
  toFloat,
  toMilliCpu,
} from "../../../../simulator/api/meta/quantity.ts";

function parse(text: string): Quantity {
  const result = parseQuantity(text);
  if (!result.ok) throw new Error(`${text}: ${result.error}`);
  return result.value;
}

// text, canonical text, thousandths, whole units rounded up
test.each([
  ["0", "0", 0, 0],
  ["00", "0", 0, 0],
  ["0Gi", "0", 0, 0],
  [".", "0", 0, 0],
  ["+", "0", 0, 0],
  ["-0", "0", 0, 0],
  ["1", "1", 1000, 1],
  ["0.5", "500m", 500, 1],
  [".5", "500m", 500, 1],
  ["1.5", "1500m", 1500, 2],
  ["100m", "100m", 100, 1],
  ["1000m", "1", 1000, 1],
  ["0100m", "0100m", 100, 1],
  ["1.500", "1.500", 1500, 2],
  ["1000", "1k", 1_000_000, 1000],
  ["100000", "100k", 100_000_000, 100_000],
  ["1024", "1024", 1_024_000, 1024],
  ["1024Mi", "1Gi", 1024 ** 3 * 1000, 1024 ** 3],
  ["1.5Gi", "1536Mi", 1.5 * 1024 ** 3 * 1000, 1.5 * 1024 ** 3],
  ["1Gi", "1Gi", 1024 ** 3 * 1000, 1024 ** 3],
  ["8Gi", "8Gi", 8 * 1024 ** 3 * 1000, 8 * 1024 ** 3],
  ["0.5Mi", "512Ki", 1024 * 512_000, 1024 * 512],
  ["0.5Ki", "512", 512_000, 512],
  ["100Ei", "9223372036854775807", 2 ** 63 * 1000, 2 ** 63],
  ["1e3", "1e3", 1_000_000, 1000],
  ["1E3", "1E3", 1_000_000, 1000],
  ["12e6", "12e6", 12_000_000_000, 12_000_000],
  ["1000e3", "1e6", 1_000_000_000, 1_000_000],
  ["1e-3", "1e-3", 1, 1],
  ["1G", "1G", 1e12, 1e9],
  ["1E", "1E", 1e21, 1e18],
  ["5n", "5n", 1, 1],
  ["0.1n", "1n", 1, 1],
  ["1.0000000001", "1000000001n", 1001, 2],
  ["-1", "-1", -1000, -1],
  ["-1.5", "-1500m", -1500, -2],
  ["+2", "+2", 2000, 2],
  [
    "123456789012345678901234567890",
    "123456789012345678901234567890",
    Number("123456789012345678901234567890000"),
    Number("123456789012345678901234567890"),
  ],
])("%s", (text, canonical, milli, units) => {
  const quantity = parse(text);
  expect(formatQuantity(quantity)).toBe(canonical);
  expect(toMilliCpu(quantity)).toBe(milli);
  expect(toBytes(quantity)).toBe(units);
});

test.each([
  ["", QUANTITY_FORMAT_ERROR],
  ["1.5.3Gi", QUANTITY_FORMAT_ERROR],
  ["1gb", QUANTITY_FORMAT_ERROR],
  ["1 Gi", QUANTITY_FORMAT_ERROR],
  [" 1", QUANTITY_FORMAT_ERROR],
  ["much", QUANTITY_FORMAT_ERROR],
  ["--1", QUANTITY_SUFFIX_ERROR],
  ["1Kii", QUANTITY_SUFFIX_ERROR],
  ["1K", QUANTITY_SUFFIX_ERROR],
  ["1mm", QUANTITY_SUFFIX_ERROR],
  ["1e", QUANTITY_SUFFIX_ERROR],
  ["1e99999999999", QUANTITY_SUFFIX_ERROR],
])("%o is refused", (text, error) => {
  expect(parseQuantity(text)).toEqual({ ok: false, error });
});

test("a text of absurd length is refused before any arithmetic", () => {
  expect(parseQuantity("9".repeat(100_000))).toEqual({ ok: false, error: QUANTITY_NUMBER_ERROR });
});

test("comparing is exact across scales and beyond safe integers", () => {
  expect(compareQuantities(parse("1"), parse("1000m"))).toBe(0);
  expect(compareQuantities(parse("999m"), parse("1"))).toBe(-1);
  expect(compareQuantities(parse("1Gi"), parse("1G"))).toBe(1);
  expect(compareQuantities(parse("9007199254740993"), parse("9007199254740992"))).toBe(1);
  expect(compareQuantities(parse("-1"), parse("1n"))).toBe(-1);
  expect(signOf(parse("-5m"))).toBe(-1);
  expect(signOf(parse("0"))).toBe(0);
});

test("adding keeps the left format, or the right one where the left is zero", () => {
  expect(formatQuantity(addQuantities(parse("100m"), parse("900m")))).toBe("1");
  expect(formatQuantity(addQuantities(parse("1Gi"), parse("512Mi")))).toBe("1536Mi");
  expect(formatQuantity(addQuantities(parse("0"), parse("1Gi")))).toBe("1Gi");
  expect(formatQuantity(addQuantities(parse("1Gi"), parse("1")))).toBe("1073741825");
  expect(formatQuantity(subtractQuantities(parse("2"), parse("500m")))).toBe("1500m");
  expect(formatQuantity(subtractQuantities(parse("1"), parse("2")))).toBe("-1");
  const large = parse("9007199254740991");
  expect(formatQuantity(addQuantities(large, large))).toBe("18014398509481982");
});

test("made quantities and floats", () => {
  expect(formatQuantity(quantityOfMilli(1500))).toBe("1500m");
  expect(formatQuantity(quantityOfUnits(2 ** 20, "BinarySI"))).toBe("1Mi");
  expect(formatQuantity(quantityOfUnits(512, "BinarySI"))).toBe("512");
  expect(toFloat(parse("1500m"))).toBe(1.5);
  expect(toFloat(parse("2k"))).toBe(2000);
  expect(quantityOf(undefined).value).toBe(0);
});
