import type { User } from "../../api/authentication/user.ts";
import type { UserInfo } from "../../api/schema/generated/types.ts";

/** A user as the API shows it. */
export function userInfo({ name, uid, groups, extra }: User): UserInfo {
  return {
    username: name,
    ...(uid && { uid }),
    ...(groups.length > 0 && { groups }),
    ...(extra && Object.keys(extra).length > 0 && { extra }),
  };
}
