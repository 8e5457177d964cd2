//! Bugs that were fixed, each in a test named after what went wrong.
