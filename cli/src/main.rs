//! The program `sealward`.

fn main() {}
