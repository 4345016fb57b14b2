// `cargo xtask bench chat`: ten seconds of scrolling through a conversation of 100,000 messages, in
// Chromium, with the chat page as it is and a stand-in for the background.

import { runBundled } from "../ui/bundled.mjs"

await runBundled("scroll")
