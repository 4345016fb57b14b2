/* tslint:disable */
/* eslint-disable */

/**
 * A sealed file whose header has been read.
 */
export class SealedFile {
    private constructor();
    free(): void;
    [Symbol.dispose](): void;
    /**
     * Where the payload begins in the file.
     */
    payload_start(): number;
    /**
     * Reads the beginning of a file: as many bytes as there are, at most [`prefix_len`].
     *
     * # Errors
     * `malformed-header` and its kin; `not-a-recipient` for a file that no password opens;
     * `work-factor-too-high`.
     */
    static read(prefix: Uint8Array | number[]): SealedFile;
    /**
     * Derives the key, which takes from half a second to many, and begins to open.
     *
     * # Errors
     * `wrong-password`, `out-of-memory`, `tampered`.
     */
    unlock(password: string): Unlocked;
}

/**
 * A file that is being opened. What [`Unlocked::push`] gives waits for [`Unlocked::finish`].
 */
export class Unlocked {
    private constructor();
    free(): void;
    [Symbol.dispose](): void;
    /**
     * Opens the last chunk: from here on the content is whole.
     *
     * # Errors
     * As [`Unlocked::push`].
     */
    finish(): Whole;
    /**
     * Takes the next bytes of the payload; gives content that is not yet known to be whole.
     *
     * # Errors
     * `tampered`, `truncated`: what was given is to be thrown away.
     */
    push(sealed: Uint8Array | number[]): Uint8Array;
}

/**
 * What a whole content says of itself. Nothing proves it.
 */
export class Whole {
    private constructor();
    free(): void;
    [Symbol.dispose](): void;
    /**
     * Whether it is a file: its bytes are not to be shown as text.
     */
    is_file(): boolean;
    /**
     * Whether it is a letter: there is nothing to save as a file.
     */
    is_text(): boolean;
    /**
     * The name that a file claims, fit to be offered.
     */
    name(): string | undefined;
    /**
     * The last bytes of the content.
     */
    rest(): Uint8Array;
    /**
     * The subject that a letter claims.
     */
    subject(): string | undefined;
    /**
     * The content as text, where it is nothing else. `content` is all of it.
     */
    text(content: Uint8Array | number[]): string | undefined;
}

export function __wbg_reset_state(): void;

/**
 * The first whole letter in a text, as the bytes of an age file. The text may be a page that
 * speaks of such blocks before it has one.
 *
 * # Errors
 * `nothing-found`, and what is wrong with the block.
 */
export function find_letter(text: string): Uint8Array;

/**
 * A name to save under, made fit: what the person typed may be anything.
 */
export function fit_name(typed: string): string | undefined;

/**
 * How many bytes of a file [`SealedFile::read`] may need.
 */
export function prefix_len(): number;

export type InitInput = RequestInfo | URL | Response | BufferSource | WebAssembly.Module;

export interface InitOutput {
    readonly memory: WebAssembly.Memory;
    readonly __wbg_sealedfile_free: (a: number, b: number) => void;
    readonly __wbg_unlocked_free: (a: number, b: number) => void;
    readonly __wbg_whole_free: (a: number, b: number) => void;
    readonly find_letter: (a: number, b: number) => [number, number, number, number];
    readonly fit_name: (a: number, b: number) => [number, number];
    readonly prefix_len: () => number;
    readonly sealedfile_payload_start: (a: number) => number;
    readonly sealedfile_read: (a: number, b: number) => [number, number, number];
    readonly sealedfile_unlock: (a: number, b: number, c: number) => [number, number, number];
    readonly unlocked_finish: (a: number) => [number, number, number];
    readonly unlocked_push: (a: number, b: number, c: number) => [number, number, number, number];
    readonly whole_is_file: (a: number) => number;
    readonly whole_is_text: (a: number) => number;
    readonly whole_name: (a: number) => [number, number];
    readonly whole_rest: (a: number) => [number, number];
    readonly whole_subject: (a: number) => [number, number];
    readonly whole_text: (a: number, b: number, c: number) => [number, number];
    readonly __wbindgen_externrefs: WebAssembly.Table;
    readonly __wbindgen_malloc: (a: number, b: number) => number;
    readonly __wbindgen_realloc: (a: number, b: number, c: number, d: number) => number;
    readonly __wbindgen_free: (a: number, b: number, c: number) => void;
    readonly __externref_table_dealloc: (a: number) => void;
    readonly __wbindgen_start: () => void;
}

export type SyncInitInput = BufferSource | WebAssembly.Module;

/**
 * Instantiates the given `module`, which can either be bytes or
 * a precompiled `WebAssembly.Module`.
 *
 * @param {{ module: SyncInitInput }} module - Passing `SyncInitInput` directly is deprecated.
 *
 * @returns {InitOutput}
 */
export function initSync(module: { module: SyncInitInput } | SyncInitInput): InitOutput;

/**
 * If `module_or_path` is {RequestInfo} or {URL}, makes a request and
 * for everything else, calls `WebAssembly.instantiate` directly.
 *
 * @param {{ module_or_path: InitInput | Promise<InitInput> }} module_or_path - Passing `InitInput` directly is deprecated.
 *
 * @returns {Promise<InitOutput>}
 */
export default function __wbg_init (module_or_path: { module_or_path: InitInput | Promise<InitInput> } | InitInput | Promise<InitInput>): Promise<InitOutput>;
