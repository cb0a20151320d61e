/** Longer without a key, a click or a wheel, and the labeler is elsewhere. */
const idleAfterMs = 60_000;

/** Time with the page visible, focused and used. Monotonic: a changed clock does not matter. */
export class ActiveTime {
  #ms = 0;
  #from = 0;
  #lastInput = 0;

  constructor() {
    this.#from = this.#lastInput = performance.now();
    const used = () => {
      this.#count();
      this.#lastInput = performance.now();
    };
    for (const type of ['keydown', 'pointerdown', 'pointermove', 'wheel'])
      addEventListener(type, used, { capture: true, passive: true });
    for (const type of ['focus', 'blur', 'visibilitychange'])
      addEventListener(type, () => this.#count(), { capture: true });
  }

  restart(): void {
    this.#ms = 0;
    this.#from = this.#lastInput = performance.now();
  }

  get ms(): number {
    this.#count();
    return Math.round(this.#ms);
  }

  #wasOn = true;

  #count(): void {
    const now = performance.now();
    if (this.#wasOn) this.#ms += Math.max(0, Math.min(now, this.#lastInput + idleAfterMs) - this.#from);
    this.#from = now;
    this.#wasOn = document.visibilityState === 'visible' && document.hasFocus();
  }
}
