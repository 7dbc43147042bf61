//! The page: what people see. It holds no key.

fn main() {
    sealward_frontend::page::run();
}
