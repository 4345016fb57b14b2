/** The bundler puts the bytes of a WASM module into the script. */
declare module "*.wasm" {
    const bytes: Uint8Array<ArrayBuffer>
    // biome-ignore lint/style/noDefaultExport: the bundler's loader exports so
    export default bytes
}
