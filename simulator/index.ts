// The only door for everything outside simulator/.
export type { ApiRequest, ApiResponse } from "./api/http.ts";
export type { JsonObject, JsonValue } from "./base/json.ts";
