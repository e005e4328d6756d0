import type { HttpAnswer } from "../../world/contract";

/** Codes and statuses as the Blob service and the metadata service give them (facts/archive.md 4). */

/** An answer of the Blob service that is not a success. */
export function blobError(status: number, code: string, message: string, requestId: string, now: Date): HttpAnswer {
  const text = `${message}\nRequestId:${requestId}\nTime:${now.toISOString()}`;
  return {
    status,
    headers: { "content-type": "application/xml", "x-ms-error-code": code, ...common(requestId, now) },
    body: `<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>${escaped(text)}</Message></Error>`,
  };
}

export function common(requestId: string, now: Date): Record<string, string> {
  return {
    server: "Windows-Azure-Blob/1.0 Microsoft-HTTPAPI/2.0",
    "x-ms-request-id": requestId,
    "x-ms-version": "2021-08-06",
    date: now.toUTCString(),
  };
}

/** What the metadata service answers where it gives no token. */
export function metadataError(status: number, error: string, description: string): HttpAnswer {
  return {
    status,
    headers: { "content-type": "application/json; charset=utf-8", server: "IMDS/150.870.65.1854" },
    body: JSON.stringify({ error, error_description: description }),
  };
}

const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
