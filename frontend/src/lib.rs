//! The web app: a Leptos page and the worker that holds the keys.
