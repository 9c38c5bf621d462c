/** Certificate requests, made once with openssl; their keys are thrown away. */
const REQUESTS = {
  /** CN=jane, O=dev */
  jane: "MIHXMH8CAQAwHTEMMAoGA1UECgwDZGV2MQ0wCwYDVQQDDARqYW5lMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEF9mPcNVRIwBCzNIXLzFOoEWwV3MuqUDVX0KHCSgF0nklKgFuvIA/m/8udErSWLVly8bbzMtum48cGOma+QbvAaAAMAoGCCqGSM49BAMCA0gAMEUCIEydzrzmKNOYYWv9jufjj+ZdkNn5w2IodvUckX5K9p69AiEA3SxZCMzL+KaGrWd7zNaHMaNRwTdQO6NOqLLBx3wWJc8=",
  /** CN=system:node:worker-1, O=system:nodes */
  node: "MIHxMIGYAgEAMDYxFTATBgNVBAoMDHN5c3RlbTpub2RlczEdMBsGA1UEAwwUc3lzdGVtOm5vZGU6d29ya2VyLTEwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAASXsMtbMJZmT6Q91/9GCKrc+hjlWOkE5MSd+xf+NkbQrP9LEmB7DPCyz+I1+/XU87B+zBEaOLoP5NYJAZPzrnL1oAAwCgYIKoZIzj0EAwIDSAAwRQIhAJzpAJGCgAeH4MIYPcZaohYsKsGaBr87fy1DTETzlQX5AiAKr1ORNyHUEJ5Xpncv4A4W86C1HIYAQlSBWg1pHn6WNA==",
  /** CN=root, O=system:masters */
  root: "MIHjMIGKAgEAMCgxFzAVBgNVBAoMDnN5c3RlbTptYXN0ZXJzMQ0wCwYDVQQDDARyb290MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEKW64thDFSGA5z8lKqIwyR78/ZEC7m59nEdu5pnxn9QsUq1Q9G5l6h4k9L/PUMpTuBdaEJ2qOvRFCCKlDJdT8KaAAMAoGCCqGSM49BAMCA0gAMEUCIQDxgjCm6/7HDtiHklB9EC6vQlwGcGktUyDjUiz/0Tm68AIgVUQ9vYwVOccmF1VussXu7I2UgochZ649xCjY6I+Krlk=",
  /** CN=system:node:worker-1, O=system:nodes, for the DNS name worker-1 and the address 10.0.0.3 */
  serving:
    "MIIBHTCBxAIBADA2MRUwEwYDVQQKDAxzeXN0ZW06bm9kZXMxHTAbBgNVBAMMFHN5c3RlbTpub2RlOndvcmtlci0xMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE1fK8iBICoTm/PzGQt7FpQpVwS2T/XW9F0f2VC1tqHbJOJvFxL/g1/D3UtlmQBsfHd/RQXAjGyJZb8yXtNO3nZKAsMCoGCSqGSIb3DQEJDjEdMBswGQYDVR0RBBIwEIIId29ya2VyLTGHBAoAAAMwCgYIKoZIzj0EAwIDSAAwRQIhAKAJZWlNRVPvApuH0RdeKDZ9EAvtLkli1JCgSmLPGnWNAiB5+A/B+DxR1l/OtN1dnGVBhKanVFtamr7g4WQdSP2ubA==",
};

/** A request as an object holds it: PEM, in base64. */
export function encodedRequest(name: keyof typeof REQUESTS): string {
  const lines = REQUESTS[name].match(/.{1,64}/g) ?? [];
  return btoa(`-----BEGIN CERTIFICATE REQUEST-----\n${lines.join("\n")}\n-----END CERTIFICATE REQUEST-----\n`);
}
