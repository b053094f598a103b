// Just enough of PostgreSQL's protocol (version 3) for mini_postgrest.mjs: trust, one statement at a time with text
// parameters, by the extended protocol as PostgREST uses it. No dependencies, so that its tests run where no npm is.
import { createConnection } from "node:net";

const text = (value) => Buffer.concat([Buffer.from(value, "utf8"), Buffer.from([0])]);
const int32 = (value) => { const b = Buffer.alloc(4); b.writeInt32BE(value); return b; };
const int16 = (value) => { const b = Buffer.alloc(2); b.writeInt16BE(value); return b; };
const message = (type, ...parts) => {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from(type), int32(body.length + 4), body]);
};

export class ServerError extends Error {
  constructor(fields) {
    super(fields.M);
    Object.assign(this, { code: fields.C, detail: fields.D ?? null, hint: fields.H ?? null });
  }
}

export class Connection {
  #socket; #buffer = Buffer.alloc(0); #rows = []; #error = null; #settle = null;

  // directory: of the server's Unix socket.
  static async open({ directory, port, user, database }) {
    const connection = new Connection();
    await connection.#start({ directory, port, user, database });
    return connection;
  }

  #start({ directory, port, user, database }) {
    return this.#exchange(() => {
      this.#socket = createConnection(`${directory}/.s.PGSQL.${port}`);
      this.#socket.on("data", (chunk) => this.#receive(chunk));
      this.#socket.on("error", (error) => this.#fail(error));
      this.#socket.on("close", () => this.#fail(new ServerError({ M: "connection closed", C: "08006" })));
      const parameters = Buffer.concat([int32(196608), text("user"), text(user), text("database"), text(database),
        text("client_encoding"), text("UTF8"), text("application_name"), text("mini_postgrest"), Buffer.from([0])]);
      this.#socket.write(Buffer.concat([int32(parameters.length + 4), parameters]));
    });
  }

  // Rows as arrays of text or null. parameters: strings, Buffers or null; their types are in the SQL.
  query(sql, parameters = []) {
    return this.#exchange(() => {
      const values = parameters.map((value) => {
        if (value === null) return int32(-1);
        const bytes = Buffer.isBuffer(value) ? value : Buffer.from(value, "utf8");
        return Buffer.concat([int32(bytes.length), bytes]);
      });
      this.#socket.write(Buffer.concat([
        message("P", text(""), text(sql), int16(0)),
        message("B", text(""), text(""), int16(0), int16(values.length), ...values, int16(0)),
        message("E", text(""), int32(0)),
        message("S"),
      ]));
    });
  }

  end() { this.#socket.end(message("X")); }

  #exchange(send) {
    return new Promise((resolve, reject) => {
      this.#rows = [];
      this.#error = null;
      this.#settle = { resolve, reject };
      send();
    });
  }

  #fail(error) {
    const settle = this.#settle;
    this.#settle = null;
    settle?.reject(this.#error ?? error);
  }

  #receive(chunk) {
    this.#buffer = Buffer.concat([this.#buffer, chunk]);
    while (this.#buffer.length >= 5) {
      const length = this.#buffer.readInt32BE(1) + 1;
      if (this.#buffer.length < length) return;
      this.#handle(String.fromCharCode(this.#buffer[0]), this.#buffer.subarray(5, length));
      this.#buffer = this.#buffer.subarray(length);
    }
  }

  #handle(type, body) {
    if (type === "D") this.#rows.push(rowOf(body));
    if (type === "E") this.#error = new ServerError(fieldsOf(body));
    if (type === "R" && body.readInt32BE(0) !== 0) this.#fail(new Error("only trust is understood"));
    if (type !== "Z") return;
    if (this.#error) return this.#fail(this.#error);
    this.#settle?.resolve(this.#rows);
    this.#settle = null;
  }
}

function rowOf(body) {
  const row = [];
  let at = 2;
  for (let column = 0; column < body.readInt16BE(0); ++column) {
    const length = body.readInt32BE(at);
    at += 4;
    row.push(length < 0 ? null : body.toString("utf8", at, at + length));
    at += Math.max(length, 0);
  }
  return row;
}

function fieldsOf(body) {
  const fields = {};
  for (const field of body.toString("utf8").split("\0")) if (field) fields[field[0]] = field.slice(1);
  return fields;
}
