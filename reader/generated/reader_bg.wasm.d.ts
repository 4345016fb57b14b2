/* tslint:disable */
/* eslint-disable */
export const memory: WebAssembly.Memory;
export const __wbg_sealedfile_free: (a: number, b: number) => void;
export const __wbg_unlocked_free: (a: number, b: number) => void;
export const __wbg_whole_free: (a: number, b: number) => void;
export const find_letter: (a: number, b: number) => [number, number, number, number];
export const fit_name: (a: number, b: number) => [number, number];
export const prefix_len: () => number;
export const sealedfile_payload_start: (a: number) => number;
export const sealedfile_read: (a: number, b: number) => [number, number, number];
export const sealedfile_unlock: (a: number, b: number, c: number) => [number, number, number];
export const unlocked_finish: (a: number) => [number, number, number];
export const unlocked_push: (a: number, b: number, c: number) => [number, number, number, number];
export const whole_is_file: (a: number) => number;
export const whole_is_text: (a: number) => number;
export const whole_name: (a: number) => [number, number];
export const whole_rest: (a: number) => [number, number];
export const whole_subject: (a: number) => [number, number];
export const whole_text: (a: number, b: number, c: number) => [number, number];
export const __wbindgen_externrefs: WebAssembly.Table;
export const __wbindgen_malloc: (a: number, b: number) => number;
export const __wbindgen_realloc: (a: number, b: number, c: number, d: number) => number;
export const __wbindgen_free: (a: number, b: number, c: number) => void;
export const __externref_table_dealloc: (a: number) => void;
export const __wbindgen_start: () => void;
