//! The node as it may behave, well or badly: a scripted peer that speaks raw bytes.
