//! Every shipped policy loads, and its table of cases holds.
