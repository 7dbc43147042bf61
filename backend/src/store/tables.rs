//! Every table: tag, key, row. Keys sort by their fields from left to right; numbers are big-endian. Tags are never
//! used twice. Nothing here is plaintext of what must be sealed.

