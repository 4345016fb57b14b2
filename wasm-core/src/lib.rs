//! Bindings of `sotto-core` for the browser.
