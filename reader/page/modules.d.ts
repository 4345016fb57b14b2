/** The bundler puts the bytes of a packed module into the script. */
declare module "*.gz" {
    const bytes: Uint8Array<ArrayBuffer>
    // biome-ignore lint/style/noDefaultExport: the bundler's loader exports so
    export default bytes
}
