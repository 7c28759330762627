/**
 * The live connection of one practice session: commands and signals up, states and cues down (docs/live-protocol.md).
 * It opens itself again when the line breaks, and sends what the server does not have. Nothing of an answer is lost
 * but what is said while the connection stays away for longer than `holdAfterMs`.
 *
 *   const live = new LiveConnection(`/live/practice/${id}/`);
 *   live.addEventListener("state", ({ detail }) => room.show(detail.state));
 *   live.open();
 *   sound.addEventListener("block", ({ detail }) => live.pushSound(detail.samples, detail.at));
 *   perception.addEventListener("frame", ({ detail }) => live.pushFrame(detail.bytes, detail.at));
 *   const state = await live.do("done");      // CommandError with the server's code and words
 *   live.close();
 *
 * Sound and frames may be pushed all the time: they are taken only while an answer's stream runs (asking, thinking,
 * answering). `live.state` is the last state heard, `live.streamMs` the stream time, `live.stats` what was counted.
 *
 * Events (detail):
 * - "connection": {name, attempt, retryMs, code, reason}; `name` is
 *   "connecting", "open",
 *   "mending": lost, trying again after `retryMs`,
 *   "taken_over": another window goes on; only `takeBack()` connects again,
 *   "over": `code` 1000 the session is done, 4404 and 4406 refused, 0 closed by us.
 * - "welcome": {version, session, hints, state}; "state": {state, id};
 *   "cues", "event", "busy": the server's messages as they are; "error" those that are not mended here.
 * - "held": {}: disconnected for so long that the stream stands still now; "flowing": {} it goes on.
 * - "full": {}: ten minutes of sound wait unacknowledged; more is refused until the line works.
 *
 * @typedef {{name: string, resumes: string | null, question: any, answer: {no: number, next_seq: number,
 *   stream_ms: number} | null, used_s: number}} PracticeState
 * @typedef {"begin" | "asked" | "answer" | "done" | "pause" | "resume" | "repeat" | "end"} Verb
 */
import { gettext } from "../greenroom/i18n.js";
import { backoffMs, waitOrOnline } from "./backoff.js";
import { AnswerStream } from "./signal.js";

export const SUBPROTOCOL = "greenroom.live.v1";
const STREAMING = new Set(["asking", "thinking", "answering"]);
/** After these verbs the stream stands still until the server has answered. */
const STOPPING = new Set(["done", "pause", "end"]);
/** Errors that the stream answers by itself. */
const MENDED = new Set(["gap", "stale", "too_fast"]);
const FINAL_CODES = new Set([4404, 4406]);
const TAKEN_OVER = 4001;
/** Codes of our own, for closing a socket that is of no use any more. */
const UNANSWERED = 4900;
const OUT_OF_STEP = 4901;

const WELCOME_MS = 10000;
const PING_EVERY_MS = 15000;
const DEAD_AFTER_MS = 25000;
/** A connection that held this long counts as good: the next break begins with a short wait again. */
const STABLE_MS = 10000;
/** The server allows 30 s of signals faster than real time after a break; beyond this the stream stands still. */
const HOLD_AFTER_MS = 20000;
/** Above this many bytes in the socket, landmark frames are left out; above the other, sending waits. */
const FRAMES_LEFT_OUT_ABOVE = 64 * 1024;
const SENDING_WAITS_ABOVE = 512 * 1024;
const PUMP_AGAIN_MS = 100;
const TOO_FAST_WAIT_MS = 2000;

/** A command that the server refused, or that found no server; `code` is the server's, or "closed". */
export class CommandError extends Error {
  /**
   * @param {string} code
   * @param {string} text for the person
   */
  constructor(code, text) {
    super(text);
    this.name = "CommandError";
    this.code = code;
  }
}

/**
 * @typedef {{id: number, verb: Verb, atMs: number, sent: string | null,
 *   resolve: (state: PracticeState) => void, reject: (error: CommandError) => void}} Command
 */

export class LiveConnection extends EventTarget {
  /** @type {WebSocket | null} */
  #socket = null;
  /** @type {AnswerStream | null} */
  #stream = null;
  /** @type {Map<number, Command>} */
  #commands = new Map();
  #nextId = 1;
  #attempt = 0;
  #openedAt = 0;
  #heardAt = 0;
  #brokenAt = Infinity;
  #isHeld = false;
  #isFull = false;
  /** Set by a stopping verb until its answer is there. */
  #standsStill = false;
  #pumpTimer = 0;
  #pumpNotBefore = 0;
  #pingTimer = 0;
  #welcomeTimer = 0;
  #ended = new AbortController();

  /**
   * @param {string} path of the socket, such as /live/practice/<id>/
   * @param {{holdAfterMs?: number, random?: () => number}} [options]
   */
  constructor(path, { holdAfterMs = HOLD_AFTER_MS, random = Math.random } = {}) {
    super();
    this.url = new URL(path, location.href);
    this.url.protocol = this.url.protocol.replace("http", "ws");
    this.holdAfterMs = holdAfterMs;
    this.random = random;
    /** @type {"idle" | "connecting" | "open" | "mending" | "taken_over" | "over"} */
    this.name = "idle";
    /** @type {PracticeState | null} */
    this.state = null;
    this.stats = { bytesSent: 0, messagesSent: 0, framesDropped: 0, connections: 0, resends: 0, gaps: 0 };
  }

  /** Stream time of the open answer in ms; 0 where there is none. */
  get streamMs() {
    return this.#stream?.nowMs ?? 0;
  }

  /** Messages of sound that the server does not have yet. */
  get unacknowledged() {
    return this.#stream?.unacknowledged ?? 0;
  }

  open() {
    if (this.name !== "idle") return;
    this.#connect();
  }

  /** After "taken_over": go on in this window; the other one is then told. */
  takeBack() {
    if (this.name !== "taken_over") return;
    this.#attempt = 0;
    this.#connect();
  }

  /** Close for good. What waits is not sent any more. */
  close() {
    this.#end(0, "closed");
    this.#socket?.close(1000);
  }

  /**
   * Give a command. While the line is broken it waits, and goes out behind the signals that came before it.
   * @param {Verb} verb
   * @returns {Promise<PracticeState>} the state after it
   * @throws {CommandError}
   */
  do(verb) {
    if (this.name === "over" || this.name === "taken_over") return Promise.reject(closedError());
    this.#stream?.flush();
    if (STOPPING.has(verb)) this.#standsStill = true;
    return new Promise((resolve, reject) => {
      const id = this.#nextId++;
      this.#commands.set(id, { id, verb, atMs: this.streamMs, sent: null, resolve, reject });
      this.#pump();
    });
  }

  /** Switch the live cue chip on or off. @param {boolean} on */
  hints(on) {
    this.#send({ type: "hints", on });
  }

  /**
   * @param {Int16Array} samples 16 kHz mono
   * @param {number} at performance.now() when they arrived
   */
  pushSound(samples, at) {
    if (!this.#isStreaming()) return;
    const stream = /** @type {AnswerStream} */ (this.#stream);
    const bufferedAmount = this.#socket?.bufferedAmount ?? 0;
    if (this.name === "open" && bufferedAmount > FRAMES_LEFT_OUT_ABOVE) stream.dropFrames();
    const isTaken = stream.addSound(samples, at);
    this.stats.framesDropped = stream.droppedFrames;
    if (!isTaken && !this.#isFull) this.#tell("full", {});
    this.#isFull = !isTaken;
    this.#pump();
  }

  /**
   * @param {Uint8Array<ArrayBuffer>} bytes a frame of landmarks.js
   * @param {number} at performance.now() of the picture
   */
  pushFrame(bytes, at) {
    if (this.#isStreaming()) this.#stream?.addFrame(bytes, at);
  }

  #isStreaming() {
    if (this.#stream === null || this.state === null || !STREAMING.has(this.state.name) || this.#standsStill)
      return false;
    const isHeld =
      performance.now() - this.#brokenAt > this.holdAfterMs ||
      this.name === "taken_over" ||
      this.name === "over";
    if (isHeld && !this.#isHeld) {
      this.#stream.halt();
      this.#tell("held", {});
    } else if (!isHeld && this.#isHeld) this.#tell("flowing", {});
    this.#isHeld = isHeld;
    return !isHeld;
  }

  #connect() {
    this.#become(this.stats.connections === 0 ? "connecting" : "mending", {});
    const socket = new WebSocket(this.url, SUBPROTOCOL);
    socket.binaryType = "arraybuffer";
    this.#socket = socket;
    this.#heardAt = performance.now();
    this.#welcomeTimer = setTimeout(() => this.#abandon(socket, UNANSWERED), WELCOME_MS);
    socket.onmessage = ({ data }) => {
      if (this.#socket === socket && typeof data === "string") this.#hear(JSON.parse(data));
    };
    socket.onclose = ({ code, reason }) => this.#closed(socket, code, reason);
  }

  /**
   * Do not wait for the closing handshake of a line that may be dead.
   * @param {WebSocket} socket
   * @param {number} code
   */
  #abandon(socket, code) {
    socket.close(code);
    this.#closed(socket, code, "");
  }

  /**
   * @param {WebSocket} socket
   * @param {number} code
   * @param {string} reason
   */
  #closed(socket, code, reason) {
    if (this.#socket !== socket) return;
    this.#socket = null;
    clearTimeout(this.#welcomeTimer);
    clearInterval(this.#pingTimer);
    clearTimeout(this.#pumpTimer);
    if (this.name === "over") return;
    if (code === TAKEN_OVER || this.name === "taken_over")
      return this.#become("taken_over", { code, reason });
    const isDone = code === 1000 && this.state?.name === "done";
    if (isDone || FINAL_CODES.has(code)) return this.#end(code, reason);
    this.#mend(code, reason);
  }

  /**
   * @param {number} code
   * @param {string} reason
   */
  async #mend(code, reason) {
    const now = performance.now();
    if (this.#brokenAt === Infinity) this.#brokenAt = now;
    if (this.name === "open" && now - this.#openedAt > STABLE_MS) this.#attempt = 0;
    const attempt = this.#attempt++;
    const retryMs = backoffMs(attempt, { random: this.random });
    this.#become("mending", { attempt, retryMs, code, reason });
    await waitOrOnline(retryMs, this.#ended.signal);
    if (this.name === "mending" && this.#socket === null) this.#connect();
  }

  /**
   * @param {number} code
   * @param {string} reason
   */
  #end(code, reason) {
    if (this.name === "over") return;
    this.#become("over", { code, reason });
    this.#ended.abort();
    clearInterval(this.#pingTimer);
    clearTimeout(this.#welcomeTimer);
    clearTimeout(this.#pumpTimer);
    for (const command of this.#commands.values()) command.reject(closedError());
    this.#commands.clear();
  }

  /** @param {any} message */
  #hear(message) {
    this.#heardAt = performance.now();
    if (message.type === "welcome") this.#welcomed(message);
    else if (message.type === "state") this.#moved(message);
    else if (message.type === "cues") this.#acknowledge(message);
    else if (message.type === "error") this.#refused(message);
    else if (message.type === "taken_over") this.#become("taken_over", { code: TAKEN_OVER });
    if (isForThePage(message)) this.#tell(message.type, message);
  }

  /** @param {{state: PracticeState}} message */
  #welcomed({ state }) {
    clearTimeout(this.#welcomeTimer);
    if (this.stats.connections > 0) this.stats.resends += this.#stream?.unacknowledged ?? 0;
    this.stats.connections += 1;
    this.#openedAt = performance.now();
    this.#brokenAt = Infinity;
    this.#follow(state, true);
    this.#settleLost();
    this.#pingTimer = setInterval(() => this.#ping(), PING_EVERY_MS);
    this.#become("open", {});
    this.#pump();
  }

  /** @param {{id: number | null, state: PracticeState}} message */
  #moved({ id, state }) {
    this.#follow(state, false);
    const command = this.#takeCommand(id);
    if (command) {
      if (STOPPING.has(command.verb)) this.#standsStill = this.#hasStoppingCommand();
      command.resolve(state);
    }
    this.#pump();
  }

  /**
   * Let the stream follow the server's state: another answer has a stream of its own.
   * @param {PracticeState} state
   * @param {boolean} isNewLine
   */
  #follow(state, isNewLine) {
    const wasStreaming = this.state !== null && STREAMING.has(this.state.name);
    this.state = state;
    const answer = state.answer;
    if (answer === null || answer === undefined) this.#stream = null;
    else if (this.#stream?.answer !== answer.no) {
      this.#stream = new AnswerStream({
        answer: answer.no,
        nextSeq: answer.next_seq,
        streamMs: answer.stream_ms,
      });
      this.#standsStill = this.#hasStoppingCommand();
    } else if (isNewLine) this.#stream.rewind(answer.next_seq, answer.stream_ms);
    else this.#stream.acknowledge(answer.next_seq);
    if (wasStreaming && !STREAMING.has(state.name)) this.#stream?.halt();
  }

  /** @param {{answer: number, next_seq: number}} message */
  #acknowledge({ answer, next_seq: nextSeq }) {
    if (this.#stream?.answer === answer) this.#stream.acknowledge(nextSeq);
  }

  /** @param {{id: number | null, code: string, text: string, next_seq?: number}} message */
  #refused({ id, code, text, next_seq: nextSeq }) {
    const command = this.#takeCommand(id);
    if (command) {
      if (STOPPING.has(command.verb)) this.#standsStill = this.#hasStoppingCommand();
      command.reject(new CommandError(code, text));
    }
    if (code === "gap" && nextSeq !== undefined) this.#fillGap(nextSeq);
    if (code === "too_fast") this.#pumpNotBefore = performance.now() + TOO_FAST_WAIT_MS;
  }

  /** @param {number} nextSeq */
  #fillGap(nextSeq) {
    this.stats.gaps += 1;
    const socket = this.#socket;
    if (this.#stream === null || socket === null) return;
    // Only a welcome says where in time the server stands: ask for one where the number alone is not enough.
    if (this.#stream.rewind(nextSeq)) this.#pump();
    else this.#abandon(socket, OUT_OF_STEP);
  }

  /**
   * The line broke with commands under way. Where the state is not what it was when a command was sent, the command
   * took effect; where it is the same, it goes out again.
   */
  #settleLost() {
    for (const command of this.#commands.values()) {
      if (command.sent === null) continue;
      if (command.sent === this.#place()) command.sent = null;
      else {
        this.#commands.delete(command.id);
        command.resolve(/** @type {PracticeState} */ (this.state));
      }
    }
    this.#standsStill = this.#hasStoppingCommand();
  }

  /** Where the session stands, for comparing. */
  #place() {
    return `${this.state?.name} ${this.state?.answer?.no ?? this.state?.question?.no}`;
  }

  #hasStoppingCommand() {
    return [...this.#commands.values()].some((command) => STOPPING.has(command.verb));
  }

  /**
   * @param {number | null} id
   * @returns {Command | undefined}
   */
  #takeCommand(id) {
    if (id === null) return undefined;
    const command = this.#commands.get(id);
    this.#commands.delete(id);
    return command;
  }

  /** Send what waits: first the signals in their order, then the commands given after them. */
  #pump() {
    clearTimeout(this.#pumpTimer);
    const socket = this.#socket;
    if (this.name !== "open" || socket === null) return;
    if (!this.#pumpSignals(socket)) {
      this.#pumpTimer = setTimeout(() => this.#pump(), PUMP_AGAIN_MS);
      return;
    }
    for (const command of this.#commands.values()) {
      if (command.sent !== null) continue;
      command.sent = this.#place();
      this.#send({ type: "do", id: command.id, verb: command.verb, at_ms: command.atMs });
    }
  }

  /**
   * @param {WebSocket} socket
   * @returns {boolean} true when nothing waits any more
   */
  #pumpSignals(socket) {
    while (this.#stream !== null && this.#stream.unsent > 0) {
      if (socket.bufferedAmount > SENDING_WAITS_ABOVE || performance.now() < this.#pumpNotBefore)
        return false;
      const message = this.#stream.takeUnsent();
      if (message === null) return true;
      socket.send(message);
      this.stats.messagesSent += 1;
      this.stats.bytesSent += message.length;
    }
    return true;
  }

  #ping() {
    const socket = this.#socket;
    if (socket === null) return;
    if (performance.now() - this.#heardAt > DEAD_AFTER_MS) this.#abandon(socket, UNANSWERED);
    else this.#send({ type: "ping", id: this.#nextId++ });
  }

  /** @param {object} message */
  #send(message) {
    if (this.#socket?.readyState !== WebSocket.OPEN) return;
    const text = JSON.stringify(message);
    this.#socket.send(text);
    this.stats.bytesSent += text.length;
  }

  /**
   * @param {LiveConnection["name"]} name
   * @param {object} detail
   */
  #become(name, detail) {
    const isSame = this.name === name && Object.keys(detail).length === 0;
    this.name = name;
    if (!isSame) this.#tell("connection", { name, ...detail });
  }

  /**
   * @param {string} type
   * @param {object} detail
   */
  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

/**
 * Pongs, takeovers and what we mend ourselves are not told; a refused command is told by its promise.
 * @param {any} message
 */
function isForThePage({ type, id, code }) {
  if (type === "error") return (id ?? null) === null && !MENDED.has(code);
  return type !== "taken_over" && type !== "pong";
}

function closedError() {
  return new CommandError("closed", gettext("The connection to this practice is closed."));
}
