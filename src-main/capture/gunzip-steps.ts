import { createGunzip, type Gunzip } from 'node:zlib';

const outputChunk = 256 * 1024;

/**
 * Gunzip a step at a time: bytes in, and exactly what they unpack to out. Members one after the other are one content;
 * bytes after the last member that are no gzip are ignored, as `gzip -d` does.
 */
export class GunzipSteps {
  readonly #gunzip: Gunzip = createGunzip({ chunkSize: outputChunk });
  #output: Buffer[] = [];
  #ended = false;
  #failure: Error | null = null;
  #fail: ((error: Error) => void) | null = null;

  constructor() {
    this.#gunzip.on('readable', () => this.#drain());
    this.#gunzip.on('end', () => {
      this.#ended = true;
    });
    this.#gunzip.on('error', (error) => {
      this.#failure = error;
      this.#fail?.(error);
    });
  }

  /** True for damaged or incomplete packed data, false for everything else that can be thrown. */
  static isFault(error: unknown): boolean {
    return error instanceof Error && 'code' in error && /^Z_(DATA|BUF|STREAM|NEED_DICT)/.test(String(error.code));
  }

  write(packed: Buffer): Promise<Buffer[]> {
    return this.#step((done) => this.#gunzip.write(packed, done));
  }

  /** Rejects with a fault when the packed data stop before their end. */
  end(): Promise<Buffer[]> {
    // Its own callback comes before zlib has looked at whether the data are complete; the end of the output does not.
    return this.#step((done) => this.#gunzip.once('end', done).end());
  }

  close(): void {
    this.#gunzip.destroy();
  }

  async #step(start: (done: (error?: Error | null) => void) => unknown): Promise<Buffer[]> {
    if (this.#failure !== null) throw this.#failure;
    if (this.#ended) return [];
    try {
      await new Promise<void>((resolve, reject) => {
        this.#fail = reject;
        start((error) => (error ? reject(error) : resolve()));
      });
    } catch (error) {
      // Bytes after the last member: the stream has ended its output, which is the only way to meet this code.
      if (error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PUSH_AFTER_EOF') this.#ended = true;
      else throw this.#failure ?? error;
    } finally {
      this.#fail = null;
    }
    this.#drain();
    const output = this.#output;
    this.#output = [];
    return output;
  }

  #drain(): void {
    for (let chunk = this.#gunzip.read(); chunk !== null; chunk = this.#gunzip.read()) this.#output.push(chunk);
  }
}
