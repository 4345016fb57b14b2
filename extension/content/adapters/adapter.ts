/**
 * What can be read off a page about messages.
 *
 * All of it is written by the page: suggestions for the person, never decisions. An adapter knows
 * one webmail; the generic one knows how forms are usually made.
 */

import type { PageAddress, PageField } from "../../generated/protocol.ts"

/** What the page says about the message that a block stands in. */
export interface MessageAround {
    from: string[]
    /** In ms since the epoch, where the page gives an exact date. */
    date: number | undefined
}

export type Around = (node: Node) => MessageAround

/** The fields of the message that is being written. */
export interface Fields {
    addresses: PageAddress[]
    /** The page's plaintext subject, where it has such a field. */
    subject: HTMLInputElement | HTMLTextAreaElement | undefined
}

export interface Adapter {
    /** Whether the adapter knows this page. */
    knows(doc: Document): boolean
    around(node: Node): MessageAround
    fields(doc: Document): Fields
    /** The address under which the page gives the bytes of the file that a link stands for. */
    download(link: HTMLAnchorElement): string
    /** The field of the page that takes attachments of the message that is being written. */
    attachments(doc: Document): HTMLInputElement | undefined
}

/** More addresses than this are no suggestion. */
const ADDRESSES_MAX = 128
const ADDRESS = /[^\s<>()[\],;:"'\\@]{1,128}@[^\s<>()[\],;:"'\\@]{1,190}/gu

/** The addresses in a text such as `Bob <bob@mail.example>, carol@mail.example`. */
export function addressesIn(text: string): string[] {
    return text.slice(0, 16_384).match(ADDRESS)?.slice(0, ADDRESSES_MAX) ?? []
}

export function addressed(field: PageField, texts: readonly string[]): PageAddress[] {
    const found = new Set(texts.flatMap(addressesIn).map((address) => address.toLowerCase()))
    return [...found].slice(0, ADDRESSES_MAX).map((address) => ({ address, field }))
}
