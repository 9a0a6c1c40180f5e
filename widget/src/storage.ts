/**
 * Keeps the session token for this tab only, so that a reload goes on with the same chat. No answer is ever stored in
 * the browser. Where storage is switched off the chat works, and a reload starts a new one.
 */
export class TokenStore {
  #memory = "";

  constructor(private readonly key: string) {}

  get(): string {
    try {
      return sessionStorage.getItem(this.key) ?? this.#memory;
    } catch {
      return this.#memory;
    }
  }

  set(token: string): void {
    this.#memory = token;
    try {
      if (token) sessionStorage.setItem(this.key, token);
      else sessionStorage.removeItem(this.key);
    } catch {
      // Storage is blocked: the token above lasts until the page goes.
    }
  }
}
