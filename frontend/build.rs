//! The stack of the programs. Statements and envelopes hold post-quantum keys of more than a kibibyte each, and decoding them
//! keeps many beside each other: the linker's one mebibyte is not enough for that below a long chain of calls.

/// Bytes of stack.
const STACK: u32 = 4 << 20;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    if std::env::var("CARGO_CFG_TARGET_ARCH").is_ok_and(|target| target == "wasm32") {
        println!("cargo:rustc-link-arg=-zstack-size={STACK}");
    }
}
