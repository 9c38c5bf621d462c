/**
 * A text in the shape of a certificate. There is no key to it and nobody verifies it: pods mount it, people read it.
 */
export const ROOT_CERTIFICATE = [
  "-----BEGIN CERTIFICATE-----",
  "MIIDBTCCAe2gAwIBAgIII7ap6pEJJ2nBrrGmg79oOaoPJKLk/4f+li2mV/trbx65",
  "TG36paIIhx8goXY9LLphV/QmhzkLPidtiELl/i2V14ryG85p2QmdGDNWgOPmtDn1",
  "RU7IC6pb3llh5ExCuH/EkUThimDWNDwO4X2mkciI49nPJ7pozo0F/JP/cLejxJhC",
  "0fzEnZjVVO+K7rpUurMFRx1+KuOjcUQUrPwQ8X36KAvM6wv1FtAq5eGMO1HG++CU",
  "jHGhIZOmJNhQ4uAdM3ASKtZM8oD0usf7box59FktUl7qrJBjTF2Ath3LnOKJh3jK",
  "Es/RqlHTbf21ZJRJLQ8B04ji6yU9JTADqmUlCuQ5y1SBcHNo0equS0Nnfut9KM0E",
  "mlyJMlfDHlFbpsxg9Pe2Lmr7Mlv85OQOfqpZVgQvktwPLg3Ydj9xlDMiWwd8pr4D",
  "viXOmIstU/QnT/CbWvuRrD32EPM8KE3P5igzANWHc0ZIxvoq2qTqD8ipzqKr6Ard",
  "KNdYeQxy+Iym+sAfeHzfidl9pynzkuQEPG5EmRnIg4xJzMK0PehpCq7wT7lP20cx",
  "NQ79h+glEJX3ANimZ4VAxx1HoWHNVTj58U4VxbfnD+LsyysV4XL3/zVlei2iCBS1",
  "FKcPUyNVdA8rDgV5K5Mq5hYtjehZtyzy1f185qG0QJ/QdxnQFELpsniAI6nbbuk6",
  "UmUhvXR15QkLg4HvmYNZcP2MhA7/wLECGkCzAwfvRHEw98lWMV/KlnvoeHexdk+T",
  "v77S8wPdrzAMLxj3qkCpn5vvNskgMHNzEKrUXLmznGDrH9iNe9dMKP9/iiB4Fhoh",
  "cLX5XSkcZsDcvaOfT2FqLwc6Qg7I1xNtMd1y3Dd5Eq1WeoABV5xezAYE+eudWRFE",
  "2HukyRYJb8jA+AXpO39vhUvjsSL0t11UoqxKv6i5IPdCf//16L+DGmJB6zdi5tbg",
  "qyZ1rgUtbAZkEf9swrPvdX2BzfagI81rCsfaAikoDbKn2oZZEZciUv2c1J890jne",
  "3F1rdOToYYU=",
  "-----END CERTIFICATE-----",
  "",
].join("\n");
