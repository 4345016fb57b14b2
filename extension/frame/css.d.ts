/** A style sheet that stands in the script as text (`--loader:.css=text`). */
declare module "*.css" {
    const text: string
    export = text
}
